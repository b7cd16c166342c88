"""Krippendorff's alpha of the dataset's votes: how reliable the labels are that systems are held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.annotation.alpha import additive
from harness.metric import Additive, Facts
from harness.metric.answers import Answers


@dataclass(frozen=True)
class Alpha:
    """Agreement of the votes, nominal, items with two votes or more; no answer has a part in it."""

    name: ClassVar[str] = "krippendorff_alpha"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Agreement of the annotators' votes above chance, for labels without an order; 1 is perfect. The system has no part in it.",
        "Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C",
        low=-1.0,
    )

    def on(self, answers: Answers) -> Additive | None:
        """Rows: votes by label and disagreeing pairs; `None` without votes."""
        if answers.votes is None:
            return None
        several = answers.votes.sum(axis=1) >= 2
        made = additive(answers.votes[several])
        rows = np.zeros((len(several), made.rows.shape[1]))
        rows[several] = made.rows
        return Additive(rows, made.value)
