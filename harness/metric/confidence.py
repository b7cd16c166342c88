"""How sure a system is of the label that it gives, and whether it is right."""

from __future__ import annotations

import numpy as np

from harness.metric import Floats
from harness.metric.answers import Answers


def confidence(answers: Answers) -> tuple[Floats, Floats, Floats] | None:
    """Probability of the label given, right (0 or 1) and use (1, or 0 without probabilities), float[n] each; `None` without any."""
    if answers.probabilities is None:
        return None
    sure = answers.probabilities[np.arange(len(answers.gold)), np.maximum(answers.predicted, 0)]
    use = (~np.isnan(sure) & (answers.predicted >= 0)).astype(np.float64)
    return np.where(use > 0, sure, 0.0), (answers.predicted == answers.gold).astype(np.float64), use


def surest_first(sure: Floats, right: Floats, use: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Weight and weight of the right ones in each group of equally sure answers, the surest first, float[B, groups] each.

    The first three are as `confidence` gives them, float[n]; weights float[B, n].
    """
    order = np.argsort(-sure, kind="stable")
    starts = np.flatnonzero(np.diff(sure[order], prepend=2.0))
    given = (weights * use)[:, order]
    return np.add.reduceat(given, starts, axis=1), np.add.reduceat(given * right[order], starts, axis=1)
