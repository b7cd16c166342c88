"""How often intervals cover a known truth; one JSON line a cell, into docs/statistics-coverage.jsonl.

    python scripts/simulate_intervals.py                       # about ten minutes on one core
    python scripts/simulate_intervals.py --runs 500 --out look.jsonl
    python scripts/tabulate_statistics.py                      # then the tables of docs/statistics.md

Clusters hold 1 to 8 questions. Correctness of the questions of a cluster is correlated (beta-binomial with the intra-cluster
correlation named); gold labels have unequal shares; a wrong answer is any other label. The truth is the metric of the population.
Values, standard errors and ends are those of `harness.statistics` on whole arrays of data sets at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import brentq

from harness.metric import Floats, ratio
from harness.metric.label_counts import f1_by_label
from harness.statistics.guard import FEW_CLUSTERS_WITH_ERRORS
from harness.statistics.jackknife import (
    FEW_CLUSTERS,
    FEW_CLUSTERS_OF_A_CLASS,
    NO_SPREAD,
    clopper_pearson,
    ends,
    spread,
)

SHARES = {2: np.array([0.6, 0.4]), 4: np.array([0.4, 0.3, 0.2, 0.1])}
CLUSTERS, CORRELATIONS, SCORES, METRICS = (
    (20, 30, 60, 120, 500),
    (0.0, 0.2, 0.5, 0.8),
    (0.5, 0.7, 0.85, 0.95),
    ("accuracy", "macro_f1"),
)
MAX_SIZE = 8


@dataclass(frozen=True)
class Cell:
    """What one cell of the table found."""

    metric: str
    k: int
    clusters: int
    correlation: float
    score: float
    runs: int
    covered: float
    """Share of all runs whose interval covers the truth; a run without an interval does not."""
    independent: float
    """The same where every question is taken for independent."""
    warned: float
    """Share of the runs in which the guard warns."""
    without: float
    """Share of the runs without an interval."""


def population(metric: str, k: int, accuracy: float) -> float:
    """The metric of the population whose questions are right with that chance, whatever their label."""
    if metric == "accuracy":
        return accuracy
    share = SHARES[k]
    right = share * accuracy
    given = right + (share.sum() - share) * (1 - accuracy) / (k - 1)
    return float(f1_by_label(np.concatenate([share, given, right])).mean())


def value(metric: str, sums: Floats) -> Floats:
    """Of sums float[..., 3K]: gold, given and both."""
    if metric == "macro_f1":
        found: Floats = f1_by_label(sums).mean(axis=-1)
        return found
    k = sums.shape[-1] // 3
    return ratio(np.stack([sums[..., 2 * k :].sum(axis=-1), sums[..., :k].sum(axis=-1)], axis=-1))


def draw(rng: np.random.Generator, runs: int, g: int, k: int, accuracy: float, correlation: float) -> tuple[Any, ...]:
    """Gold, given and use, int[runs, g, 8]: that many data sets."""
    shape = (runs, g, MAX_SIZE)
    use = np.arange(MAX_SIZE) < rng.integers(1, MAX_SIZE + 1, (runs, g, 1))
    spread_ = (1 - correlation) / correlation if correlation else np.inf
    chance = rng.beta(accuracy * spread_, (1 - accuracy) * spread_, (runs, g, 1)) if correlation else accuracy
    gold = (rng.random(shape)[..., None] > SHARES[k].cumsum()[:-1]).sum(axis=-1)
    given = np.where(rng.random(shape) < chance, gold, (gold + rng.integers(1, k, shape)) % k)
    return gold, given, use


def sums_of(gold: Any, given: Any, use: Any, k: int) -> Floats:
    """float[runs, g, 3K]."""
    parts = [((gold == c) & use).sum(axis=-1) for c in range(k)]
    parts += [((given == c) & use).sum(axis=-1) for c in range(k)]
    parts += [((gold == c) & (given == c) & use).sum(axis=-1) for c in range(k)]
    return np.stack(parts, axis=-1).astype(np.float64)


def warns(sums: Floats, k: int) -> Any:
    """bool[runs]: what `harness.statistics.guard` would say of each data set."""
    gold, right = sums[..., :k], sums[..., 2 * k :].sum(axis=-1)
    few_of_class = ((gold > 0).sum(axis=1) < FEW_CLUSTERS_OF_A_CLASS).any(axis=-1)
    wrong = (gold.sum(axis=-1) > right).sum(axis=-1)
    few = (wrong < FEW_CLUSTERS_WITH_ERRORS) | ((right > 0).sum(axis=-1) < FEW_CLUSTERS_WITH_ERRORS)
    return (sums.shape[1] < FEW_CLUSTERS) | few_of_class | few


def intervals(metric: str, sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Value, low and high, float[runs], of the default interval; nan where there is none."""
    total, g = sums.sum(axis=1), sums.shape[1]
    found, se = value(metric, total), spread(value(metric, total[:, None] - sums))
    low, high = ends(found, se, g)
    none = (se < NO_SPREAD) | (found <= 0) | (found >= 1)
    low, high = np.where(none, np.nan, low), np.where(none, np.nan, high)
    if metric == "accuracy":
        for all_right in (True, False):
            exact = clopper_pearson(all_right, g)
            at_end = found == float(all_right)
            low, high = np.where(at_end, exact[0], low), np.where(at_end, exact[1], high)
    return found, low, high


def independent(metric: str, gold: Any, given: Any, use: Any, sums: Floats, k: int) -> tuple[Floats, Floats]:
    """Low and high where every question is a cluster of its own: leaving one of n out has K x K values, each as often as its cell."""
    total = sums.sum(axis=1)
    n = total[:, :k].sum(axis=-1)
    found, cells = value(metric, total), np.arange(k * k)
    code = np.where(use, gold * k + given, k * k).reshape(len(gold), -1)
    counts = np.stack([np.bincount(row, minlength=k * k + 1)[: k * k] for row in code])
    hole = np.concatenate(
        [np.eye(k)[cells // k], np.eye(k)[cells % k], np.eye(k)[cells // k] * (cells // k == cells % k)[:, None]],
        axis=1,
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        left = np.where(counts > 0, value(metric, total[:, None] - hole), 0.0)
    mean = (counts * left).sum(axis=1) / n
    se = np.sqrt((n - 1) / n * (counts * np.square(left - mean[:, None])).sum(axis=1))
    return ends(found, se, 10_000)


def cell(metric: str, k: int, g: int, correlation: float, score: float, runs: int, seed: int) -> Cell:
    """Simulate one cell."""
    accuracy = float(brentq(lambda a: population(metric, k, a) - score, 1e-6, 1 - 1e-9))
    rng = np.random.default_rng([seed, k, g, int(100 * correlation), int(100 * score), METRICS.index(metric)])
    counts, size = np.zeros(4), max(1, 40_000 // g)
    for start in range(0, runs, size):
        gold, given, use = draw(rng, min(size, runs - start), g, k, accuracy, correlation)
        sums = sums_of(gold, given, use, k)
        _, low, high = intervals(metric, sums)
        low_i, high_i = independent(metric, gold, given, use, sums, k)
        counts += [
            np.count_nonzero((low <= score) & (score <= high)),
            np.count_nonzero((low_i <= score) & (score <= high_i)),
            np.count_nonzero(warns(sums, k)),
            np.count_nonzero(np.isnan(low)),
        ]
    return Cell(metric, k, g, correlation, score, runs, *(float(c) / runs for c in counts))


def main() -> None:
    """Simulate the table of coverage, one JSON line a cell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("docs/statistics-coverage.jsonl"))
    given = parser.parse_args()
    with given.out.open("w", encoding="utf-8") as file:
        for metric, k, g, correlation, score in product(METRICS, SHARES, CLUSTERS, CORRELATIONS, SCORES):
            found = cell(metric, k, g, correlation, score, given.runs, given.seed)
            file.write(json.dumps(asdict(found), sort_keys=True) + "\n")
            file.flush()
            sys.stdout.write(f"{found}\n")


if __name__ == "__main__":
    main()
