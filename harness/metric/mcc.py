"""Matthews correlation coefficient for any number of labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Codes, Facts, Floats
from harness.metric.label_counts import label_counts, over, split, where_answered


@dataclass(frozen=True)
class Mcc:
    """Correlation of gold and given labels; 0 where either is one label throughout. No label counts as a label of its own."""

    name: ClassVar[str] = "mcc"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Correlation of gold and given labels: 1 is all right, 0 is no better than guessing by shares or naming one label.",
        "Gorodkin (2004), Comparing two K-category assignments; scikit-learn: matthews_corrcoef",
        low=-1.0,
        unit="",
    )

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Rows: one-hot gold, predicted and both, K numbers each."""
        return Additive(label_counts(gold, predicted, n_labels), _value)


def _value(sums: Floats) -> Floats:
    gold, predicted, both = split(sums)
    n = gold.sum(axis=-1)
    none = n - predicted.sum(axis=-1)
    above = both.sum(axis=-1) * n - (gold * predicted).sum(axis=-1)
    of_gold = n**2 - np.square(gold).sum(axis=-1)
    of_predicted = n**2 - np.square(predicted).sum(axis=-1) - none**2
    return where_answered(sums, over(above, np.sqrt(np.maximum(of_gold * of_predicted, 0.0)), 0.0))
