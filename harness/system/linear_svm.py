"""A linear support vector machine on the words of claim and evidence, with probabilities calibrated out of fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.schema import Question
from harness.system import System
from harness.system.margin import train_calibrated
from harness.system.tfidf import Words, table


@dataclass(frozen=True)
class LinearSvm:
    """Words of claim and of evidence, kept apart (TF-IDF), in a linear support vector machine calibrated out of fold."""

    estimator: Any
    """A scikit-learn classifier with `decision_function`; copies are fitted."""
    words: Words
    """What counts as a word, and how."""
    n_folds: int = 5
    """Folds of the calibration, inside the training questions; fewer where there are fewer clusters."""
    seed: int = 0
    """Of these folds."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """As `fit_clusters`, with each question a cluster of its own."""
        return self.fit_clusters(questions, gold, {question.id: question.id for question in questions})

    def fit_clusters(
        self, questions: Sequence[Question], gold: Mapping[str, str], clusters: Mapping[str, str]
    ) -> System:
        """Fit words, margins and calibration."""
        steps = (self.words.columns(questions), self.estimator)
        return train_calibrated(questions, gold, clusters, table, *steps, n_folds=self.n_folds, seed=self.seed)
