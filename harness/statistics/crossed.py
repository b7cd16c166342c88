"""Intervals where questions repeat two things at once: stance pairs share claims' clusters as well as passages.

Cameron, Gelbach and Miller (2011), Robust inference with multiway clustering: the variances by either grouping add up, less that by
both together. Where this is less than the larger of the two, that one stands (MacKinnon, Nielsen and Webb 2021), so that the
interval is never narrower than the one by cluster alone. Letters: G and H groups.
"""

from __future__ import annotations

import math

import numpy as np

from harness.metric import Floats, Scorer
from harness.statistics.jackknife import NO_SPREAD, Interval, contributing, ends, replicates, standard_error


def variance(groups: tuple[np.ndarray, np.ndarray], scorers: tuple[Scorer, ...]) -> float:
    """Of one metric, or of the difference of two, with clusters and passages int[n]; nan where it is undefined."""

    def by(codes: np.ndarray) -> float:
        found: Floats = replicates(scorers[0], codes)
        for other in scorers[1:]:
            found = found - replicates(other, codes)
        return standard_error(found) ** 2

    one, other = (np.unique(group, return_inverse=True)[1] for group in groups)
    both = np.unique(one * (other.max() + 1) + other, return_inverse=True)[1]
    by_one, by_other = by(one), by(other)
    return max(by_one + by_other - by(both), by_one, by_other)


def fewest(groups: tuple[np.ndarray, np.ndarray]) -> int:
    """The smaller number of groups, which the t distribution goes by."""
    return min(len(np.unique(group)) for group in groups)


def crossed(
    metric: Scorer, clusters: np.ndarray, passages: np.ndarray, low: float = 0.0, high: float = 1.0
) -> Interval:
    """The interval of a metric in low..high with t(min(G, H) - 1), on the same scale as the one by cluster."""
    passages = contributing(metric, passages)[1]
    metric, clusters = contributing(metric, clusters)
    g = fewest((clusters, passages))
    value = float(metric.score(np.ones((1, len(clusters))))[0])
    if g < 2 or value in {low, high} or math.isnan(value):
        return Interval(value, np.nan, np.nan, np.nan, g, "no interval by claim and passage")
    se = math.sqrt(variance((clusters, passages), (metric,)))
    if not se > NO_SPREAD:
        return Interval(value, np.nan, np.nan, np.nan, g, "no interval by claim and passage")
    bottom, top = ends(value, se, g, low, high)
    return Interval(value, float(bottom), float(top), se, g)
