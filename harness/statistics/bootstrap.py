"""Bootstrap intervals by cluster: percentile and BCa; where questions are independent, by multinomial draws of the count table.

Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 and 14. The standard error is the standard deviation of
the replicates: it is never divided by the square root of their number. Letters: B replicates, U rows, G units.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.metric import Additive, Codes, Floats, Metric, Scorer
from harness.statistics.jackknife import LEVEL, NO_SPREAD, Interval, clopper_pearson, replicates
from harness.statistics.panel import Panel, panel
from harness.statistics.resample import N_REPLICATES, resampled


def bootstrap(
    metric: Scorer,
    clusters: np.ndarray,
    seed: Any,
    *,
    method: str = "bca",
    is_proportion: bool = False,
    n_replicates: int = N_REPLICATES,
) -> Interval:
    """The interval of a metric by `percentile` or `bca`, resampling whole clusters int[n]."""
    codes = np.unique(clusters, return_inverse=True)[1]
    if isinstance(metric, Additive):
        table = panel([metric], clusters)
        return of_all(table, seed, method=method, is_proportion=is_proportion, n_replicates=n_replicates)[0]
    g = int(codes.max()) + 1
    value = float(metric.score(np.ones((1, len(codes))))[0])
    rng, drawn = np.random.default_rng(seed), []
    for start in range(0, n_replicates, 64):
        weights = rng.multinomial(g, np.full(g, 1 / g), size=min(64, n_replicates - start)).astype(np.float64)
        drawn.append(metric.score(weights[:, codes]))
    return ends(value, np.concatenate(drawn), replicates(metric, codes), np.ones(g, dtype=np.intp), method)


def of_labels(
    metric: Metric,
    gold: Codes,
    predicted: Codes,
    n_labels: int,
    seed: Any,
    *,
    method: str = "bca",
    n_replicates: int = N_REPLICATES,
) -> Interval:
    """The interval of a metric of labels where every question is independent: the table of counts is resampled, not the rows."""
    cell = gold * (n_labels + 1) + predicted + 1
    cells = np.bincount(cell, minlength=n_labels * (n_labels + 1))
    seen = np.flatnonzero(cells)
    bound = metric.of(seen // (n_labels + 1), seen % (n_labels + 1) - 1, n_labels)
    table = Panel(bound.rows, cells[seen], (np.arange(bound.rows.shape[1]),), (bound.value,))
    return of_all(table, seed, method=method, is_proportion=metric.is_proportion, n_replicates=n_replicates)[0]


def of_all(
    table: Panel, seed: Any, *, method: str = "bca", is_proportion: bool = False, n_replicates: int = N_REPLICATES
) -> list[Interval]:
    """The intervals of all systems of a panel, on the same resamples; the trials of a proportion at 0 or 1 are what it counts."""
    if table.n_units == 0:
        return [Interval(value, np.nan, np.nan, np.nan, 0, "undefined on these answers") for value in table.observed()]
    observed, sums, left_out = table.observed(), resampled(table, seed, n_replicates), table.left_out()
    found = []
    for system, value in enumerate(observed.tolist()):
        if is_proportion and value in {0.0, 1.0}:
            trials = table.trials(system)
            found.append(Interval(value, *clopper_pearson(value == 1, trials), np.nan, trials))
        else:
            found.append(ends(value, table.value(system, sums), left_out[system], table.counts, method))
    return found


def ends(value: float, drawn: Floats, left_out: Floats, counts: Codes, method: str) -> Interval:
    """Both ends from replicates float[B]; BCa takes its acceleration from delete-one values float[U] that stand for counts int[U]."""
    g = int(counts.sum())
    se = float(np.std(drawn, ddof=1))
    if np.isnan(drawn).any():
        return Interval(value, np.nan, np.nan, np.nan, g, "no interval: in some resamples it is undefined")
    if se < NO_SPREAD:
        return Interval(value, np.nan, np.nan, np.nan, g, "no interval: all resamples give the same value")
    at = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    low, high = np.quantile(drawn, bca_places(value, drawn, left_out, counts, at) if method == "bca" else at)
    return Interval(value, float(low), float(high), se, g)


def bca_places(value: float, drawn: Floats, left_out: Floats, counts: Codes, at: Floats) -> Floats:
    """Where the ends lie among the replicates once bias and skewness are allowed for; ties count half. float[2]."""
    from scipy.special import ndtr, ndtri

    below = (np.count_nonzero(drawn < value) + np.count_nonzero(drawn <= value)) / (2 * len(drawn))
    bias = ndtri(np.clip(below, 0.5 / len(drawn), 1 - 0.5 / len(drawn)))
    off = np.average(left_out, weights=counts) - left_out
    acceleration = (counts * off**3).sum() / (6 * (counts * off**2).sum() ** 1.5)
    z = bias + ndtri(at)
    found: Floats = ndtr(bias + z / (1 - acceleration * z))
    return found
