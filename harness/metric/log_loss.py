"""Log loss: how surprised the probabilities are by gold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers

# scikit-learn's own: without a floor one certain error makes the mean infinite.
FLOOR = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class LogLoss:
    """Mean of -ln of gold's probability, which is taken to be at least 2.2e-16."""

    name: ClassVar[str] = "log_loss"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean of minus the natural logarithm of the probability given to gold (at least 2.2e-16).",
        "Good (1952), Rational decisions; scikit-learn: log_loss",
        higher_is_better=False,
        high=float("inf"),
        unit="nats",
    )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer; answers without probabilities are left out."""
        if answers.probabilities is None:
            return None
        p = answers.probabilities[np.arange(len(answers.gold)), answers.gold]
        return mean(-np.log(np.clip(p, FLOOR, 1 - FLOOR)))
