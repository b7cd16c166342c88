"""Folds of whole clusters, and orders that look random and are the same everywhere."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping

from harness.errors import ConfigError


def assign(labels: Mapping[str, Counter[str]], n_folds: int, seed: int) -> dict[str, int]:
    """A fold for every cluster, large ones first, each into the fold that it keeps most even in labels.

    `labels` counts the labels of each cluster. The order among equals is drawn by a hash of seed and cluster, and so does not
    depend on the order of rows or on a library's version. Raises ConfigError for fewer clusters than folds.
    """
    if not 2 <= n_folds <= len(labels):
        raise ConfigError(f"protocol.n_folds is {n_folds}; expected 2 to {len(labels)}, the number of clusters")
    total: Counter[str] = sum(labels.values(), Counter())
    folds = [Counter[str]() for _ in range(n_folds)]
    made: dict[str, int] = {}

    def excess(fold: int, cluster: str) -> float:
        # Sum of squares of label shares: least where this cluster's labels are still rare in the fold.
        # fsum, for it does not depend on the order of the labels, which is that of the rows.
        return math.fsum(
            ((folds[fold][label] + n) / total[label]) ** 2 - (folds[fold][label] / total[label]) ** 2
            for label, n in labels[cluster].items()
        )

    for cluster in sorted(labels, key=lambda c: (-labels[c].total(), draw(seed, c))):
        made[cluster] = min(range(n_folds), key=lambda fold: (excess(fold, cluster), folds[fold].total(), fold))
        folds[made[cluster]] += labels[cluster]
    return made


def draw(seed: int, name: str) -> str:
    """A key for an order that looks random and is the same everywhere."""
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()
