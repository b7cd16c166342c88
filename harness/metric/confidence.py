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
