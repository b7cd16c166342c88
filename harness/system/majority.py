"""The most frequent training label, whatever is asked: the floor of accuracy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.schema import Question
from harness.system.classifier import Prior, labelled, shares


@dataclass(frozen=True)
class Majority:
    """The most frequent training label; of several, the first in the schema's order."""

    floor: ClassVar[bool] = True
    """No contender: what any system must beat."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> Prior:
        """Count the labels."""
        _, labels = labelled(questions, gold)
        return Prior(shares(labels))
