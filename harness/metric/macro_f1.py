"""Macro-F1: the plain mean of the labels' F1, so that rare labels count as much as frequent ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Codes, Floats


@dataclass(frozen=True)
class MacroF1:
    """Mean over the K labels of the schema of 2 TP / (gold + predicted).

    A label that is neither in gold nor predicted counts 0, as in scikit-learn's `f1_score(labels=all K, zero_division=0)`.
    """

    name: ClassVar[str] = "macro_f1"
    is_proportion: ClassVar[bool] = False

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Rows: one-hot gold, predicted and both, K numbers each."""
        is_gold = (gold[:, None] == np.arange(n_labels)).astype(np.float64)
        is_predicted = (predicted[:, None] == np.arange(n_labels)).astype(np.float64)
        return Additive(np.hstack([is_gold, is_predicted, is_gold * is_predicted]), _value)


def _value(sums: Floats) -> Floats:
    gold, predicted, both = np.split(sums, 3, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.where(gold + predicted > 0, 2 * both / (gold + predicted), 0.0)
    # No answer at all leaves the metric undefined, which is not the same as 0.
    macro: Floats = np.where(gold.sum(axis=1) > 0, f1.mean(axis=1), np.nan)
    return macro
