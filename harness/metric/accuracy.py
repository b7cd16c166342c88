"""Accuracy: the share of questions whose label is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Codes, Floats


@dataclass(frozen=True)
class Accuracy:
    """Right answers over all answers."""

    name: ClassVar[str] = "accuracy"
    is_proportion: ClassVar[bool] = True

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:  # noqa: ARG002 - the seam's own signature
        """Rows: right, one."""
        right = (gold == predicted).astype(np.float64)
        return Additive(np.stack([right, np.ones_like(right)], axis=1), _value)


def _value(sums: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Floats = sums[:, 0] / sums[:, 1]
    return share
