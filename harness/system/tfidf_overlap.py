"""Words beside features of agreement: what each text says, and how the two fit, in one linear classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.schema import Question
from harness.system import System
from harness.system.classifier import train
from harness.system.pair_features import PairFeatures
from harness.system.tfidf import Words, table


@dataclass(frozen=True)
class TfidfOverlap:
    """Words of claim and of evidence (TF-IDF) beside features of how the two fit, in a linear classifier."""

    estimator: Any
    """A scikit-learn classifier of sparse rows; a copy is fitted."""
    words: Words = field(default_factory=Words)
    """What counts as a word, and how."""
    weight: float = 1.0
    """Of the features, which are standardised, beside the words, whose rows have length 1."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit the words' weights, the features' scale and a copy of the estimator."""
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.preprocessing import FunctionTransformer, StandardScaler

        scaled = make_pipeline(PairFeatures(), StandardScaler(), FunctionTransformer(times, kw_args={"n": self.weight}))
        return train(questions, gold, table, make_union(self.words.columns(questions), scaled), self.estimator)


def times(rows: Any, n: float) -> Any:
    """The rows, n times as large."""
    return rows * n
