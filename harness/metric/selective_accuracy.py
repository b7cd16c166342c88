"""Accuracy on the answers that a system is surest of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.errors import ConfigError
from harness.metric import Facts, Floats
from harness.metric.answers import Answers
from harness.metric.confidence import confidence, surest_first


@dataclass(frozen=True)
class SelectiveAccuracy:
    """Accuracy at a coverage: on that share of the answers, the surest first; a tie at the border counts by its share."""

    coverage: float = 0.8
    is_proportion: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 0 < self.coverage <= 1:
            raise ConfigError(
                f"metric selective_accuracy has coverage {self.coverage}; expected more than 0 and at most 1"
            )

    @property
    def name(self) -> str:
        """For example `selective_accuracy@80`."""
        return f"selective_accuracy@{100 * self.coverage:g}"

    @property
    def facts(self) -> Facts:
        """Definition and source."""
        return Facts(
            f"Accuracy on the {100 * self.coverage:g} % of the answers that the system is surest of.",
            "El-Yaniv and Wiener (2010), On the foundations of noise-free selective classification",
        )

    def on(self, answers: Answers) -> BoundSelective | None:
        """Bind it; `None` without probabilities."""
        found = confidence(answers)
        return None if found is None else BoundSelective(*found, coverage=self.coverage)


@dataclass(frozen=True)
class BoundSelective:
    """The answers of `SelectiveAccuracy`."""

    sure: Floats
    right: Floats
    use: Floats
    coverage: float

    def score(self, weights: Floats) -> Floats:
        """float[B] for weights float[B, n]."""
        n, right = surest_first(self.sure, self.right, self.use, weights)
        room = self.coverage * n.sum(axis=1, keepdims=True)
        kept = np.clip(room - (np.cumsum(n, axis=1) - n), 0.0, n)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = np.where(n > 0, right * kept / n, 0.0).sum(axis=1) / room[:, 0]
        return found
