"""Soft-label cross-entropy: how well the probabilities match the annotators' own shares of votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers
from harness.metric.log_loss import FLOOR


@dataclass(frozen=True)
class SoftCrossEntropy:
    """Mean of -sum q ln p, with q the shares of the votes on the item and p at least 2.2e-16."""

    name: ClassVar[str] = "soft_cross_entropy"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean cross-entropy of the annotators' shares of votes and the probabilities (at least 2.2e-16).",
        "Peterson et al. (2019), Human uncertainty makes classification more robust; Uma et al. (2021), Learning from disagreement, section 4",
        higher_is_better=False,
        high=float("inf"),
        unit="nats",
    )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer; answers without probabilities or votes are left out."""
        if answers.probabilities is None or answers.votes is None:
            return None
        n_votes = answers.votes.sum(axis=1, keepdims=True)
        shares = np.divide(answers.votes, n_votes, out=np.full(answers.votes.shape, np.nan), where=n_votes > 0)
        return mean(-(shares * np.log(np.clip(answers.probabilities, FLOOR, 1.0))).sum(axis=1))
