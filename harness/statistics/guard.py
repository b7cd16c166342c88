"""When an interval by cluster is not to be relied on: what a reader is warned of, and why.

The bars are those at which simulated intervals of accuracy and macro-F1 keep 93-97 % (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.metric import Codes
from harness.statistics.jackknife import FEW_CLUSTERS, FEW_CLUSTERS_OF_A_CLASS

FEW_CLUSTERS_WITH_ERRORS = 5


def guard(gold: Codes, predicted: Codes, clusters: np.ndarray, labels: Sequence[str]) -> list[str]:
    """Warnings about the intervals of these answers, int[n] each; none where they hold."""
    notes = []
    n = len(np.unique(clusters))
    if n < FEW_CLUSTERS:
        notes.append(f"only {n} clusters: the interval may be too narrow")
    for code, label in enumerate(labels):
        n_of = len(np.unique(clusters[gold == code]))
        if n_of == 0:
            notes.append(f"no question has gold {label}: its F1 counts 0 unless it is left alone")
        elif n_of < FEW_CLUSTERS_OF_A_CLASS:
            notes.append(f"gold {label} comes from only {n_of} clusters")
    for what, mask in (("errors", gold != predicted), ("right answers", gold == predicted)):
        n_with = len(np.unique(clusters[mask]))
        if n and n_with < FEW_CLUSTERS_WITH_ERRORS:
            notes.append(f"only {n_with} clusters hold {what}: the interval may be too narrow")
    return notes
