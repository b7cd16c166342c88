"""Accuracy: the share of questions whose label is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Codes, Facts, ratio


@dataclass(frozen=True)
class Accuracy:
    """Right answers over all answers."""

    name: ClassVar[str] = "accuracy"
    is_proportion: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts("Share of the answers whose label is right.", "scikit-learn: accuracy_score")

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:  # noqa: ARG002 - the seam's own signature
        """Rows: right, one."""
        right = (gold == predicted).astype(np.float64)
        return Additive(np.stack([right, np.ones_like(right)], axis=1), ratio)
