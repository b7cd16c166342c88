"""Cohen's kappa: accuracy beyond what the shares of labels give by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Codes, Facts, Floats
from harness.metric.label_counts import label_counts, over, split, where_answered


@dataclass(frozen=True)
class Kappa:
    """(observed - expected agreement) / (1 - expected); nan where both sides are one and the same label throughout."""

    name: ClassVar[str] = "kappa"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Agreement with gold beyond what the shares of labels would give by chance: 1 is all right, 0 is chance.",
        "Cohen (1960), A coefficient of agreement for nominal scales; scikit-learn: cohen_kappa_score",
        low=-1.0,
        unit="",
    )

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Rows: one-hot gold, predicted and both, K numbers each."""
        return Additive(label_counts(gold, predicted, n_labels), _value)


def _value(sums: Floats) -> Floats:
    gold, predicted, both = split(sums)
    n = gold.sum(axis=-1)
    by_chance = (gold * predicted).sum(axis=-1)
    return where_answered(sums, over(both.sum(axis=-1) * n - by_chance, n**2 - by_chance, np.nan))
