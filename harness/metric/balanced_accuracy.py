"""Balanced accuracy: the mean of the labels' recall, so that guessing the commonest label gains nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Codes, Facts, Floats
from harness.metric.label_counts import label_counts, over, split


@dataclass(frozen=True)
class BalancedAccuracy:
    """Mean over the labels that are gold of TP / gold; a label without gold has no recall and is left out, as in scikit-learn."""

    name: ClassVar[str] = "balanced_accuracy"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean recall of the labels that are gold at least once.", "scikit-learn: balanced_accuracy_score"
    )

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Rows: one-hot gold, predicted and both, K numbers each."""
        return Additive(label_counts(gold, predicted, n_labels), _value)


def _value(sums: Floats) -> Floats:
    gold, _, both = split(sums)
    return over(over(both, gold, 0.0).sum(axis=-1), np.count_nonzero(gold > 0, axis=-1).astype(np.float64), np.nan)
