"""Brier score: the squared distance of the probabilities from what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers


@dataclass(frozen=True)
class Brier:
    """Mean over answers of the sum over labels of (probability - is gold) squared: Brier's own form, 0..2."""

    name: ClassVar[str] = "brier"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean squared distance of the probabilities of all labels from 1 for gold and 0 for the others.",
        "Brier (1950), Verification of forecasts expressed in terms of probability; scikit-learn: brier_score_loss(scale_by_half=False)",
        higher_is_better=False,
        high=2.0,
        unit="",
    )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer; answers without probabilities are left out."""
        if answers.probabilities is None:
            return None
        is_gold = answers.gold[:, None] == np.arange(len(answers.labels))
        return mean(np.square(answers.probabilities - is_gold).sum(axis=1))
