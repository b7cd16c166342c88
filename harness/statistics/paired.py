"""Two systems on the same questions: the difference, its interval, and a swap test, all by cluster.

`paired` compares two; `all_pairs` compares every pair of many on the same draws, by one matrix product. Letters: see `panel`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from harness.metric import Additive, Floats
from harness.statistics.jackknife import NO_SPREAD, reach
from harness.statistics.panel import Panel, panel
from harness.statistics.power import clusters_needed, detectable
from harness.statistics.resample import N_REPLICATES, swapped

# Up to 2^14 swaps are enumerated; beyond, 10,000 draws give a Monte Carlo error of a p near .05 of 0.0022.
EXACT_CLUSTERS = 14
# A tie with what was observed counts; it is above the rounding of sums of a few thousand ones.
TIE = 1e-12


@dataclass(frozen=True)
class Paired:
    """The difference a - b of one metric on the questions that both answered."""

    value: float
    low: float
    high: float
    p: float
    """Two-sided, of the swap test; never 0."""
    exact: bool
    """Whether all swaps were enumerated."""
    detectable: float
    """The smallest true difference that such data show with 80 % power at the 5 % level."""
    n: int
    n_clusters: int
    se: float = np.nan
    """Standard error of the difference, by jackknife over clusters."""
    p_t: float = np.nan
    """Two-sided, of the jackknife's t(G-1)."""
    n_discordant: int = 0
    """Clusters in which the two differ: what the swap test has to go by."""
    clusters_needed: float = np.nan
    """How many clusters like these a test at 5 % would need to show a difference as large as the one observed with 80 % power."""


def paired(a: Additive, b: Additive, clusters: np.ndarray, seed: Any) -> Paired:
    """Compare two systems whose rows are of the same n questions in the same order; clusters are int[n].

    The interval is the jackknife's with t(G-1); the test exchanges the two systems' answers of whole clusters, which is exact
    under the hypothesis that the systems are exchangeable (Pitman 1937). With fewer than 2 clusters only the value is given;
    where leaving out any one cluster gives the same difference there is no interval.
    """
    if len(clusters) == 0:
        return Paired(np.nan, np.nan, np.nan, np.nan, False, np.nan, 0, 0)
    return all_pairs(panel([a, b], clusters), len(clusters), seed)[0]


def all_pairs(table: Panel, n: int, seed: Any, n_replicates: int = N_REPLICATES) -> list[Paired]:
    """Every pair of the systems of a panel over n questions, in the order of `itertools.combinations`.

    All pairs see the same draws, so that one pair's p does not depend on which others are compared.
    """
    pairs = list(combinations(range(len(table.values)), 2))
    observed, g = table.observed(), table.n_units
    if g < 2:
        return [Paired(observed[a] - observed[b], np.nan, np.nan, np.nan, False, np.nan, n, g) for a, b in pairs]
    left_out, differing = table.left_out(), {pair: _differing(table, *pair) for pair in pairs}
    drawn = any(table.counts[rows].sum() > EXACT_CLUSTERS for rows in differing.values())
    signed = swapped(table, seed, n_replicates) if drawn else np.zeros((0, table.columns.shape[1]))
    found = []
    for a, b in pairs:
        value = float(observed[a] - observed[b])
        rows = differing[a, b]
        p, exact = _swap(table, a, b, rows, value, signed)
        se = _spread(left_out[a] - left_out[b], table)
        found.append(_told(value, se, p, exact, n, g, int(table.counts[rows].sum())))
    return found


def _told(value: float, se: float, p: float, exact: bool, n: int, g: int, n_discordant: int) -> Paired:
    from scipy.special import stdtr

    if se < NO_SPREAD:  # Three wins to none would have the interval 1 to 1 beside p = .25.
        return Paired(value, np.nan, np.nan, p, exact, np.nan, n, g, n_discordant=n_discordant)
    off = reach(g) * se
    return Paired(
        value=value,
        low=value - off,
        high=value + off,
        p=p,
        exact=exact,
        detectable=detectable(se, g),
        n=n,
        n_clusters=g,
        se=se,
        p_t=float(2 * stdtr(g - 1, -abs(value) / se)),
        n_discordant=n_discordant,
        clusters_needed=clusters_needed(value, se, g),
    )


def _spread(left_out: Floats, table: Panel) -> float:
    """The jackknife's standard error of values float[U] that stand for `counts` units each."""
    g = table.n_units
    around = left_out - np.average(left_out, weights=table.counts)
    return float(np.sqrt((g - 1) / g * (table.counts * np.square(around)).sum()))


def _differing(table: Panel, a: int, b: int) -> Any:
    return np.flatnonzero((table.columns[:, table.places[a]] != table.columns[:, table.places[b]]).any(axis=1))


def _swap(table: Panel, a: int, b: int, rows: Any, value: float, signed: Floats) -> tuple[float, bool]:
    """P and whether it is exact. With signs s a swap moves half of the difference of the sums: (A + B ± s (a - b)) / 2."""
    units = np.repeat(rows, table.counts[rows])
    if len(units) == 0:
        return 1.0, True
    of_a, of_b = table.places[a], table.places[b]
    exact = len(units) <= EXACT_CLUSTERS
    if exact:
        # The first unit is never swapped: swapping all others instead gives the same size with the other sign.
        swaps = np.arange(2 ** (len(units) - 1))[:, None] >> np.arange(len(units)) & 1
        delta = (table.columns[units][:, of_a] - table.columns[units][:, of_b]).astype(np.float64)
        moved = (1 - 2.0 * swaps) @ delta
    else:
        moved = signed[:, of_a] - signed[:, of_b]
    total = table.total
    both = total[of_a] + total[of_b]
    differences = table.values[a]((both + moved) / 2) - table.values[b]((both - moved) / 2)
    reached = int(np.count_nonzero(np.abs(differences) >= abs(value) - TIE))
    return (reached / len(moved), True) if exact else ((reached + 1) / (len(moved) + 1), False)
