"""Contrast consistency: a family of minimally edited claims counts when all of it is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers


@dataclass(frozen=True)
class ContrastConsistency:
    """Families all of whose answers are right, over families with two answers or more."""

    name: ClassVar[str] = "contrast_consistency"
    is_proportion: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        "Of the families (a claim and its minimal edits) with two answered questions or more, the share whose answers are all right; "
        "what a family was asked and did not answer is left out.",
        "Gardner et al. (2020), Evaluating models' local decision boundaries via contrast sets, section 2",
    )

    def on(self, answers: Answers) -> Additive | None:
        """One number a family, on its first row, since a resampling takes families whole; `None` without families of two."""
        if answers.families is None:
            return None
        _, first, codes = np.unique(answers.families, return_index=True, return_inverse=True)
        size = np.bincount(codes)
        wrong = np.bincount(codes, answers.predicted != answers.gold)
        if not (size > 1).any():
            return None
        values = np.full(len(answers.ids), np.nan)
        values[first] = np.where(size > 1, wrong == 0, np.nan)
        return mean(values)
