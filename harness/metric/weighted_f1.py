"""Weighted F1: the labels' F1, each weighted by how often the label is gold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Codes, Facts, Floats
from harness.metric.label_counts import f1_by_label, label_counts, over, split, where_answered


@dataclass(frozen=True)
class WeightedF1:
    """Mean of the labels' F1 with their gold counts as weights."""

    name: ClassVar[str] = "weighted_f1"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean of the labels' F1, each weighted by how often the label is gold.",
        "scikit-learn: f1_score(labels=all, average='weighted', zero_division=0)",
    )

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Rows: one-hot gold, predicted and both, K numbers each."""
        return Additive(label_counts(gold, predicted, n_labels), _value)


def _value(sums: Floats) -> Floats:
    gold = split(sums)[0]
    return where_answered(sums, over((gold * f1_by_label(sums)).sum(axis=-1), gold.sum(axis=-1), 0.0))
