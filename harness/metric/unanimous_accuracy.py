"""Accuracy on the questions whose votes all agree with the label: what is left when doubtful gold is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, Floats, mean
from harness.metric.answers import Answers


@dataclass(frozen=True)
class UnanimousAccuracy:
    """Right answers over answers, on questions with two votes or more, all of them for gold."""

    name: ClassVar[str] = "unanimous_accuracy"
    is_proportion: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        "Accuracy on the questions with at least two votes, all of which are for the gold label.",
        "AVeriTeC issue 4; Seo et al. (2025), Verifying the verifiers (arXiv 2506.13342)",
    )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer; doubtful questions are left out."""
        if answers.votes is None:
            return None
        right = (answers.predicted == answers.gold).astype(np.float64)
        return mean(np.where(unanimous(answers.votes, answers.gold), right, np.nan))


def unanimous(votes: Floats, gold: np.ndarray) -> np.ndarray:
    """bool[n]: two votes or more, all for gold."""
    n_votes = votes.sum(axis=1)
    found: np.ndarray = (n_votes >= 2) & (votes[np.arange(len(gold)), gold] == n_votes)
    return found
