"""Two systems on the same questions: the difference, its interval, and a swap test, all by cluster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.metric import Additive, Floats
from harness.statistics.jackknife import LEVEL, NO_SPREAD, leave_one_out, standard_error

# Up to 2^14 swaps are enumerated; beyond, 10,000 draws give a Monte Carlo error of a p near .05 of 0.0022.
EXACT_CLUSTERS = 14
N_DRAWS = 10_000
POWER = 0.8


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


def paired(a: Additive, b: Additive, clusters: np.ndarray, rng: np.random.Generator) -> Paired:
    """Compare two systems whose rows are of the same n questions in the same order; clusters are int[n].

    The interval is the jackknife's with t(G-1); the test exchanges the two systems' answers of whole clusters, which is exact
    under the hypothesis that the systems are exchangeable (Pitman 1937). With fewer than 2 clusters only the value is given;
    where leaving out any one cluster gives the same difference there is no interval.
    """
    from scipy import stats

    n = len(clusters)
    if n == 0:
        return Paired(np.nan, np.nan, np.nan, np.nan, False, np.nan, 0, 0)
    codes = np.unique(clusters, return_inverse=True)[1]
    g = int(codes.max()) + 1
    one = np.ones((1, n))
    value = float((a.score(one) - b.score(one))[0])
    if g < 2:
        return Paired(value, np.nan, np.nan, np.nan, False, np.nan, n, g)
    weights = leave_one_out(codes)
    se = standard_error(a.score(weights) - b.score(weights))
    p, exact = _swap(a, b, codes, value, rng)
    if se < NO_SPREAD:  # Three wins to none would have the interval 1 to 1 beside p = .25.
        return Paired(value, np.nan, np.nan, p, exact, np.nan, n, g)
    t = stats.t.ppf((1 + LEVEL) / 2, g - 1)
    detectable = (t + stats.t.ppf(POWER, g - 1)) * se
    return Paired(value, value - t * se, value + t * se, p, exact, float(detectable), n, g)


def _swap(a: Additive, b: Additive, codes: np.ndarray, value: float, rng: np.random.Generator) -> tuple[float, bool]:
    per_cluster = (codes[None, :] == np.arange(codes.max() + 1)[:, None]).astype(np.float64)
    rows_a, rows_b = per_cluster @ a.rows, per_cluster @ b.rows
    differing = np.flatnonzero((rows_a != rows_b).any(axis=1))
    if len(differing) == 0:
        return 1.0, True
    delta = (rows_b - rows_a)[differing]
    exact = len(differing) <= EXACT_CLUSTERS
    if exact:
        swapped = (np.arange(2 ** len(differing))[:, None] >> np.arange(len(differing)) & 1).astype(np.float64)
    else:
        swapped = rng.integers(0, 2, size=(N_DRAWS, len(differing))).astype(np.float64)
    moved: Floats = swapped @ delta
    differences = a.value(rows_a.sum(axis=0) + moved) - b.value(rows_b.sum(axis=0) - moved)
    # A tie with what was observed counts; 1e-12 is above the rounding of sums of a few thousand ones.
    reached = int(np.count_nonzero(np.abs(differences) >= abs(value) - 1e-12))
    return (reached / len(swapped), True) if exact else ((reached + 1) / (N_DRAWS + 1), False)
