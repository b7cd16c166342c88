"""A label drawn by the training shares, whatever is asked: the floor of macro-averaged scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.schema import Prediction, Question
from harness.system.classifier import answer, labelled, shares


@dataclass(frozen=True)
class Chance:
    """A label drawn by the training shares."""

    floor: ClassVar[bool] = True
    """No contender: what any system must beat."""

    seed: int
    """Not negative; with a question's id it settles the draw, so that order and shards do not matter."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> FittedChance:
        """Count the labels."""
        _, labels = labelled(questions, gold)
        return FittedChance(shares(labels), self.seed)


@dataclass(frozen=True)
class FittedChance:
    """Draws from known shares."""

    shares: Mapping[str, float]
    """The training share of each label."""
    seed: int
    """As in `Chance`."""

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question, in their order."""
        for question in questions:
            rng = np.random.default_rng([self.seed, *question.id.encode()])
            weights = [self.shares.get(label, 0.0) for label in question.labels]
            yield answer(question, self.shares, question.labels[rng.choice(len(weights), p=weights)])
