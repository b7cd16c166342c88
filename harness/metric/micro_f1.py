"""Micro-F1: F1 of all labels' decisions taken together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Codes, Facts, Floats
from harness.metric.label_counts import label_counts, over, split, where_answered


@dataclass(frozen=True)
class MicroF1:
    """2 TP / (gold + predicted) with each summed over labels; accuracy where every question has a label."""

    name: ClassVar[str] = "micro_f1"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "F1 of all labels' decisions taken together; equals accuracy where every question has an answer.",
        "scikit-learn: f1_score(labels=all, average='micro', zero_division=0)",
    )

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Rows: one-hot gold, predicted and both, K numbers each."""
        return Additive(label_counts(gold, predicted, n_labels), _value)


def _value(sums: Floats) -> Floats:
    gold, predicted, both = (part.sum(axis=-1) for part in split(sums))
    return where_answered(sums, over(2 * both, gold + predicted, 0.0))
