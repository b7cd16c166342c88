"""McNemar's exact test of two systems' accuracy, for independent questions alone.

On clustered questions it finds differences that are not there (how often: the last column of the pairs in docs/statistics.md, by
scripts/simulate_pairs.py), so that it refuses them.
McNemar (1947); exact by the binomial distribution of the discordant questions (Fagerland, Lydersen and Laake 2013).
"""

from __future__ import annotations

import numpy as np

from harness.errors import InputError


def mcnemar(right_a: np.ndarray, right_b: np.ndarray, clusters: np.ndarray) -> float:
    """Two-sided p of bool[n] and bool[n]; 1 without a discordant question.

    Raises InputError where two questions share a cluster.
    """
    from scipy.stats import binom

    n, g = len(clusters), len(np.unique(clusters))
    if g < n:
        raise InputError(
            f"McNemar's test takes questions for independent, and {n} questions are in {g} clusters; use the swap test by cluster"
        )
    wins, losses = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    if wins + losses == 0:
        return 1.0
    return float(min(1.0, 2 * binom.cdf(min(wins, losses), wins + losses, 0.5)))
