"""A probe that never looks at evidence: what it scores above chance, the wording of the claims gives away.

Gururangan et al. (2018), "Annotation artifacts in natural language inference data", call it the hypothesis-only baseline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.schema import Question
from harness.system import System
from harness.system.classifier import train


@dataclass(frozen=True)
class ClaimOnly:
    """The words and pairs of words of the claim alone (TF-IDF) in a linear classifier."""

    floor: ClassVar[bool] = True
    """No contender: what it scores is what the wording of the claims gives away."""

    estimator: Any
    """A scikit-learn classifier of sparse rows; a copy is fitted."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit the words' weights and a copy of the estimator."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        return train(questions, gold, claims, TfidfVectorizer(ngram_range=(1, 2)), self.estimator)


def claims(questions: Sequence[Question]) -> list[str]:
    """The claims' texts."""
    return [question.claim for question in questions]
