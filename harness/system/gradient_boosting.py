"""Boosted trees over features of the pair: what claim and evidence share, where they clash, who hedges and who denies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.schema import Question
from harness.system import System
from harness.system.classifier import Fitted, threads, train
from harness.system.pair_features import PairFeatures
from harness.system.tfidf import table

FEW = 5000  # training questions


@dataclass(frozen=True)
class GradientBoosting:
    """Features of how claim and evidence fit (words, numbers with units, dates, names, negation, stance cues, places) in boosted trees."""

    estimator: Any
    """A scikit-learn classifier of dense rows; a copy is fitted."""
    n_topics: int = 0
    """Topics of claim and of evidence beside the features; with few training texts they are learnt by heart."""
    seed: int = 0
    """Of the topics."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit the words' rarity, the topics and a copy of the estimator."""
        # Threads wait for each other at every split of every tree: with few rows that is all that they do.
        with threads(1 if len(questions) < FEW else None):
            made = train(questions, gold, table, PairFeatures(self.n_topics, self.seed), self.estimator)
        return replace(made, threads=1) if isinstance(made, Fitted) else made
