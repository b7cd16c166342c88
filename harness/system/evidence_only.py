"""A probe that never looks at the claim: what it scores above chance, the choice of evidence gives away.

The twin of `claim_only`: Gururangan et al. (2018) leave out the premise, this leaves out the hypothesis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from harness.schema import Question
from harness.system import System
from harness.system.classifier import train
from harness.system.tfidf import Words, table


@dataclass(frozen=True)
class EvidenceOnly:
    """The words and pairs of words of the evidence, and of the holder's name, without the claim (TF-IDF), in a linear classifier."""

    floor: ClassVar[bool] = True
    """No contender: what it scores is what the choice of evidence gives away."""

    estimator: Any
    """A scikit-learn classifier of sparse rows; a copy is fitted."""
    words: Words = field(default_factory=Words)
    """What counts as a word, and how."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit the words' weights and a copy of the estimator; without any evidence all questions are alike."""
        from sklearn.preprocessing import FunctionTransformer

        blank = [question.model_copy(update={"claim": ""}) for question in questions]
        columns = self.words.columns(blank)
        if not columns.transformers:
            columns = FunctionTransformer(_nothing)
        return train(questions, gold, table, columns, self.estimator)


def _nothing(rows: Any) -> Any:
    """float[n, 1] of zeros."""
    import numpy as np

    return np.zeros((len(rows), 1))
