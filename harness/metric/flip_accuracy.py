"""Pairwise flip accuracy: a claim and its edit have other labels, and the system gets both right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers


@dataclass(frozen=True)
class FlipAccuracy:
    """Pairs of a claim and its edit with both answers right, over pairs whose gold labels differ."""

    name: ClassVar[str] = "flip_accuracy"
    is_proportion: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        "Share of the pairs of a claim and its minimal edit, with other gold labels, of which both are answered rightly.",
        "Kaushik, Hovy and Lipton (2020), Learning the difference that makes a difference; Gardner et al. (2020)",
    )

    def on(self, answers: Answers) -> Additive | None:
        """One number an edit, since a resampling takes its claim along; `None` without such pairs."""
        if answers.parents is None:
            return None
        parent = answers.parents
        counts = (parent >= 0) & (answers.gold != answers.gold[parent])
        if not counts.any():
            return None
        right = answers.predicted == answers.gold
        return mean(np.where(counts, right & right[parent], np.nan))
