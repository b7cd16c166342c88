"""Intervals by leaving out one cluster at a time.

Claims of one sentence and their contrast sets are not independent: the cluster is the unit. Letters: n answers, G clusters, S sums.
Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 11.5; t(G-1) after Tukey (1958).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.metric import Additive, Floats, Scorer
from harness.statistics.student import quantile

LEVEL = 0.95
# Below these a reader is warned: simulations of the jackknife interval fall short of 95 % there (docs/statistics.md).
FEW_CLUSTERS = 30
FEW_CLUSTERS_OF_A_CLASS = 10
# Below it a standard error is the rounding of equal replicates, which say nothing of how far a value may lie off.
NO_SPREAD = 1e-12
# Sets of weights that are scored at once where a metric is no function of sums: 64 x 100,000 answers are 51 MB.
AT_ONCE = 64
MOST_WEIGHTS = 1 << 23  # in memory at once: 64 MiB


@dataclass(frozen=True)
class Interval:
    """A value with its interval, of 95 % unless asked otherwise; nan ends where there is no honest one."""

    value: float
    low: float
    high: float
    se: float
    """Standard error of the value."""
    n_clusters: int
    """Clusters that hold what the metric counts."""
    note: str = ""
    """Why there is no interval."""


def contributing(metric: Scorer, clusters: np.ndarray) -> tuple[Scorer, np.ndarray]:
    """The metric and clusters int[n] without the answers that add nothing to its sums, such as a claim without edits.

    A cluster of such answers alone is no trial, and lends no degree of freedom. A metric that is no function of sums keeps all.
    """
    if not isinstance(metric, Additive):
        return metric, clusters
    counts = metric.rows.any(axis=1)
    return Additive(metric.rows[counts], metric.value), clusters[counts]


def leave_one_out(clusters: np.ndarray) -> Floats:
    """Weights float[G, n]: row g has 0 on cluster g and 1 elsewhere. `clusters` are codes 0..G-1, int[n]."""
    weights: Floats = (clusters[None, :] != np.arange(clusters.max() + 1)[:, None]).astype(np.float64)
    return weights


def by_cluster(rows: Floats, codes: np.ndarray) -> Floats:
    """float[G, S]: the sums of rows float[n, S] over each cluster; codes are 0..G-1, int[n]."""
    n_clusters = int(codes.max()) + 1
    return np.stack([np.bincount(codes, column, n_clusters) for column in rows.T], axis=1)


def replicates(metric: Scorer, codes: np.ndarray) -> Floats:
    """float[G]: the metric without each cluster in turn; codes are 0..G-1, int[n]."""
    if isinstance(metric, Additive):
        sums = by_cluster(metric.rows, codes)
        return metric.value(sums.sum(axis=0) - sums)
    found = np.empty(int(codes.max()) + 1)
    at_once = max(1, min(AT_ONCE, MOST_WEIGHTS // len(codes)))
    for start in range(0, len(found), at_once):
        left_out = np.arange(start, min(start + at_once, len(found)))
        found[left_out] = metric.score((codes[None, :] != left_out[:, None]).astype(np.float64))
    return found


def standard_error(replicates: Floats) -> float:
    """Of a value from its G delete-one replicates: sqrt((G-1)/G sum (v_g - mean)^2)."""
    return float(spread(replicates))


def spread(replicates: Floats) -> Floats:
    """`standard_error` of each of many: float[..., G] to float[...]."""
    g = replicates.shape[-1]
    around = replicates - replicates.mean(axis=-1, keepdims=True)
    found: Floats = np.sqrt((g - 1) / g * np.square(around).sum(axis=-1))
    return found


def reach(g: int, level: float = LEVEL) -> float:
    """How many standard errors the ends lie off on the scale of `ends`."""
    return quantile((1 + level) / 2, g - 1)


def ends(
    value: Any, se: Any, g: int, low: float = 0.0, high: float = 1.0, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Ends of the intervals of many values, float[...]: t(G-1) on a scale on which the metric's range has no end.

    The scale is the logit of the place between low and high, the logarithm of the distance from the one end that there is, or
    the value itself. The standard error is carried there by the delta method, which also holds where a replicate is at an end.
    """
    value, steps = np.asarray(value, dtype=np.float64), np.array([-reach(g, level), reach(g, level)])
    off = np.asarray(se, dtype=np.float64)[..., None] * steps
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if math.isfinite(low) and math.isfinite(high):
            place, width = (value - low) / (high - low), high - low
            logit = np.log(place / (1 - place))
            found = low + width / (1 + np.exp(-(logit[..., None] + off / width / (place * (1 - place))[..., None])))
        elif math.isfinite(low):
            found = low + (value - low)[..., None] * np.exp(off / (value - low)[..., None])
        else:
            found = value[..., None] + off
    return found[..., 0], found[..., 1]


def interval(
    metric: Scorer,
    clusters: np.ndarray,
    *,
    is_proportion: bool,
    low: float = 0.0,
    high: float = 1.0,
    smooth: bool = True,
    level: float = LEVEL,
) -> Interval:
    """The interval of a metric in low..high by `ends`; on its own scale, cut off at the range, where it is not smooth.

    A proportion at 0 or 1 gets the exact interval of Clopper and Pearson (1934) with G trials; another metric at an end of its
    range gets none, and neither does one that does not move whatever cluster is left out. G counts the clusters that hold what
    the metric counts.
    """
    if len(clusters) == 0:
        return Interval(np.nan, np.nan, np.nan, np.nan, 0, "no answered question")
    metric, clusters = contributing(metric, clusters)
    n, g = len(clusters), len(np.unique(clusters))
    value = float(metric.score(np.ones((1, n)))[0])
    if g > 1 and is_proportion and value in {low, high}:
        return Interval(value, *clopper_pearson(value == high, g, level), np.nan, g)
    note, se = _why_none(value, g, *((low, high) if smooth else (-np.inf, np.inf))), np.nan
    if not note:
        found = replicates(metric, np.unique(clusters, return_inverse=True)[1])
        se = standard_error(found)
        if np.isnan(se):
            note = "no interval: without one of the clusters it is undefined"
        elif se < NO_SPREAD:
            note = "no interval: leaving out any one cluster gives the same value"
    if note:
        return Interval(value, np.nan, np.nan, np.nan, g, note)
    if not smooth:
        off = reach(g, level) * se
        return Interval(value, max(low, value - off), min(high, value + off), se, g)
    bottom, top = (float(end) for end in ends(value, se, g, low, high, level))
    return Interval(value, bottom, top, se, g)


def _why_none(value: float, g: int, low: float, high: float) -> str:
    """Why there can be no interval, or nothing."""
    if math.isnan(value):
        return "undefined on these answers"
    if g < 2:
        return "no interval from a single cluster"
    if value in {low, high}:
        return f"no interval at {value:.0%}" if (low, high) == (0, 1) else f"no interval at {value:g}"
    return ""


def clopper_pearson(all_right: bool, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of a proportion that is 1 or 0 in so many independent trials: clusters."""
    tail = ((1 - level) / 2) ** (1 / trials)
    return (tail, 1.0) if all_right else (0.0, 1 - tail)
