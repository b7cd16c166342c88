"""Intervals by leaving out one cluster at a time.

Claims of one sentence and their contrast sets are not independent: the cluster is the unit. Letters: n answers, G clusters.
Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 11.5; t(G-1) after Tukey (1958).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.metric import Additive, Floats

LEVEL = 0.95
# Below these a reader is warned: simulations of the jackknife interval fall short of 95 % there.
FEW_CLUSTERS = 30
FEW_CLUSTERS_OF_A_CLASS = 10
# Below it a standard error is the rounding of equal replicates, which say nothing of how far a value may lie off.
NO_SPREAD = 1e-12


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval; nan ends where there is no honest one."""

    value: float
    low: float
    high: float
    se: float
    """Standard error of the value."""
    n_clusters: int
    note: str = ""
    """Why there is no interval."""


def leave_one_out(clusters: np.ndarray) -> Floats:
    """Weights float[G, n]: row g has 0 on cluster g and 1 elsewhere. `clusters` are codes 0..G-1, int[n]."""
    weights: Floats = (clusters[None, :] != np.arange(clusters.max() + 1)[:, None]).astype(np.float64)
    return weights


def standard_error(replicates: Floats) -> float:
    """Of a value from its G delete-one replicates: sqrt((G-1)/G sum (v_g - mean)^2)."""
    g = len(replicates)
    return float(np.sqrt((g - 1) / g * np.square(replicates - replicates.mean()).sum()))


def interval(metric: Additive, clusters: np.ndarray, *, is_proportion: bool) -> Interval:
    """The interval of a metric in 0..1, symmetric on the logit, with t(G-1).

    The standard error is carried to the logit by the delta method, se / (v (1 - v)), which also holds where a replicate is 0 or 1.
    A proportion at 0 or 1 gets the exact interval of Clopper and Pearson (1934) with G trials; another metric there gets none.
    """
    from scipy.special import stdtrit  # scipy.stats takes half a second and 46 MB more to import

    n, g = len(clusters), len(np.unique(clusters))
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, np.nan, 0, "no answered question")
    value = float(metric.score(np.ones((1, n)))[0])
    if g < 2:
        return Interval(value, np.nan, np.nan, np.nan, g, "no interval from a single cluster")
    if value in {0.0, 1.0}:
        if not is_proportion:
            return Interval(value, np.nan, np.nan, np.nan, g, f"no interval at {value:.0%}")
        tail = ((1 - LEVEL) / 2) ** (1 / g)
        low, high = (0.0, 1 - tail) if value == 0 else (tail, 1.0)
        return Interval(value, low, high, np.nan, g)
    codes = np.unique(clusters, return_inverse=True)[1]
    se = standard_error(metric.score(leave_one_out(codes)))
    if se < NO_SPREAD:
        return Interval(
            value, np.nan, np.nan, np.nan, g, "no interval: leaving out any one cluster gives the same value"
        )
    reach = stdtrit(g - 1, (1 + LEVEL) / 2) * se / (value * (1 - value))
    logit = np.log(value / (1 - value))
    ends = 1 / (1 + np.exp(-(logit + np.array([-reach, reach]))))
    return Interval(value, float(ends[0]), float(ends[1]), se, g)
