"""TF-IDF of claim, evidence and holder, each in columns of its own: the classic bag-of-words checker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.schema import Question
from harness.system import System
from harness.system.classifier import train


@dataclass(frozen=True)
class Tfidf:
    """Words and pairs of words of claim and of evidence, kept apart (TF-IDF), in a linear classifier."""

    estimator: Any
    """A scikit-learn classifier of sparse rows; a copy is fitted."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit the words' weights and a copy of the estimator."""
        from sklearn.compose import ColumnTransformer
        from sklearn.feature_extraction.text import TfidfVectorizer

        # A field without any word (evidence in a closed book, the holder of a veracity question) has no vocabulary.
        fields = [i for i, texts in enumerate(table(questions).T) if any(re.search(r"\w\w", text) for text in texts)]
        words = ColumnTransformer(
            [(str(i), TfidfVectorizer(ngram_range=(1, 2)), i) for i in fields],
            sparse_threshold=1.0,  # sparse, however dense a small vocabulary makes the rows
        )
        return train(questions, gold, table, words, self.estimator)


def table(questions: Sequence[Question]) -> npt.NDArray[np.object_]:
    """Strings [n, 3]: claim, evidence, holder; empty where a question has none."""
    rows = [(q.claim, "\n".join(text.text for text in q.evidence), q.holder or "") for q in questions]
    return np.array(rows, dtype=object).reshape(-1, 3)
