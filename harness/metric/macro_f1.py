"""Macro-F1: the plain mean of the labels' F1, so that rare labels count as much as frequent ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Codes, Facts, Floats
from harness.metric.label_counts import f1_by_label, label_counts, where_answered


@dataclass(frozen=True)
class MacroF1:
    """Mean over the K labels of the schema of 2 TP / (gold + predicted).

    A label that is neither in gold nor predicted counts 0, as in scikit-learn's `f1_score(labels=all K, zero_division=0)`.
    """

    name: ClassVar[str] = "macro_f1"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Plain mean over all labels of the schema of F1, the harmonic mean of precision and recall; "
        "a label that is neither in gold nor given counts 0.",
        "scikit-learn: f1_score(labels=all, average='macro', zero_division=0)",
    )

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Rows: one-hot gold, predicted and both, K numbers each."""
        return Additive(label_counts(gold, predicted, n_labels), _value)


def _value(sums: Floats) -> Floats:
    return where_answered(sums, f1_by_label(sums).mean(axis=-1))
