"""TF-IDF of claim, evidence and holder, each in columns of its own: the classic bag-of-words checker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from harness.schema import Question
from harness.system import System
from harness.system.classifier import train


@dataclass(frozen=True)
class Words:
    """What is counted, and how."""

    analyzer: Literal["word", "char_wb", "char"] = "word"
    """Words of two letters or more, or characters: within words (char_wb) or across them."""
    shortest: int = 1
    """The shortest n-gram."""
    longest: int = 2
    """The longest n-gram."""
    min_n: int = 1
    """An n-gram counts where it is in this many training texts or more."""
    sublinear: bool = False
    """1 + log of a count in place of the count: for long texts."""

    def vectorizer(self) -> Any:
        """An unfitted scikit-learn vectoriser."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer(
            analyzer=self.analyzer,
            ngram_range=(self.shortest, self.longest),
            min_df=self.min_n,
            sublinear_tf=self.sublinear,
        )

    def columns(self, questions: Sequence[Question]) -> Any:
        """An unfitted transformer of `table`, with columns for each field that has any word in these questions."""
        from sklearn.compose import ColumnTransformer

        # A field without any word (evidence in a closed book, the holder of a veracity question) has no vocabulary.
        fields = [i for i, texts in enumerate(table(questions).T) if any(re.search(r"\w\w", text) for text in texts)]
        return ColumnTransformer(
            [(str(i), self.vectorizer(), i) for i in fields],
            sparse_threshold=1.0,  # sparse, however dense a small vocabulary makes the rows
        )


@dataclass(frozen=True)
class Tfidf:
    """Words or characters of claim and of evidence, kept apart (TF-IDF), in a linear classifier."""

    estimator: Any
    """A scikit-learn classifier of sparse rows; a copy is fitted."""
    words: Words = Words()
    """What counts as a word, and how."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit the words' weights and a copy of the estimator."""
        return train(questions, gold, table, self.words.columns(questions), self.estimator)


def table(questions: Sequence[Question]) -> npt.NDArray[np.object_]:
    """Strings [n, 3]: claim, evidence, holder; empty where a question has none."""
    rows = [(q.claim, "\n".join(text.text for text in q.evidence), q.holder or "") for q in questions]
    return np.array(rows, dtype=object).reshape(-1, 3)
