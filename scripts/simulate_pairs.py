"""How often paired tests find a difference that is not there; one JSON line a cell, into docs/statistics-pairs.jsonl.

    python scripts/simulate_pairs.py                  # about an hour on one core
    python scripts/simulate_pairs.py --runs 500 --families 50 --out look.jsonl
    python scripts/tabulate_statistics.py             # then the tables of docs/statistics.md

Two systems have the same true accuracy, or the same true macro-F1 with confusions that differ (one errs alike on all labels, the
other leans to the commonest label). Clusters hold 1 to 8 questions; the errors of a cluster are correlated (Gaussian copula),
and half of what makes a question hard is common to both systems. The family-wise rate is of 20 systems without any difference.
Every data set goes through `harness.statistics` as a user's would.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from harness.metric import Codes, Floats, Metric
from harness.metric.accuracy import Accuracy
from harness.metric.label_counts import f1_by_label
from harness.metric.macro_f1 import MacroF1
from harness.statistics.holm import holm
from harness.statistics.jackknife import reach
from harness.statistics.paired import all_pairs
from harness.statistics.panel import panel

K, SHARES, MAX_SIZE, COMMON = 4, np.array([0.4, 0.3, 0.2, 0.1]), 8, 0.5
DRAWS = 999  # the add-one test is exact with any number; 999 lose little power at 5 %
ENOUGH_DISCORDANT = 25


def even(recall: float) -> Floats:
    """Confusion, a row a gold label, of a system that errs alike on all labels."""
    found: Floats = np.eye(K) * recall + (1 - np.eye(K)) * (1 - recall) / (K - 1)
    return found


def leaning(recall: float) -> Floats:
    """Of one that leans to the commonest label."""
    of = np.clip(recall + np.array([0.25, 0.0, -0.2, -0.3]), 0.0, 0.99)
    wrong = np.zeros((K, K))
    wrong[:, 0], wrong[0] = 1, np.eye(K)[1]
    found: Floats = np.diag(of) + (1 - of)[:, None] * wrong
    return found


def macro_f1(confusion: Floats) -> float:
    """Of a population with such confusions."""
    return float(f1_by_label(np.concatenate([SHARES, SHARES @ confusion, SHARES * np.diag(confusion)])).mean())


def data(
    rng: np.random.Generator, g: int, correlation: float, confusions: list[Floats]
) -> tuple[Codes, list[Codes], Codes]:
    """Gold, each system's labels and the clusters of one data set."""
    clusters = np.repeat(np.arange(g), rng.integers(1, MAX_SIZE + 1, g))
    n = len(clusters)
    gold = rng.choice(K, n, p=SHARES)

    def latent() -> Floats:
        found: Floats = np.sqrt(correlation) * rng.standard_normal(g)[clusters]
        found += np.sqrt(1 - correlation) * rng.standard_normal(n)
        return found

    hard, given = latent(), []
    for confusion in confusions:
        sure = ndtr(np.sqrt(COMMON) * hard + np.sqrt(1 - COMMON) * latent())
        wrong = confusion * (1 - np.eye(K))
        steps = (wrong / wrong.sum(axis=1, keepdims=True)).cumsum(axis=1)
        other = (rng.random(n)[:, None] > steps[gold]).sum(axis=1).clip(0, K - 1)
        given.append(np.where(sure < np.diag(confusion)[gold], gold, other))
    return gold, given, clusters


def pair(metric: Metric, g: int, correlation: float, confusions: list[Floats], runs: int, seed: int) -> dict[str, Any]:
    """False positives at 5 % of two systems without a difference."""
    rng = np.random.default_rng([seed, g, int(100 * correlation)])
    found = {"swap": 0, "jackknife_t": 0, "mcnemar": 0, "enough": 0, "swap_enough": 0, "covered": 0}
    for run in range(runs):
        gold, (a, b), clusters = data(rng, g, correlation, confusions)
        test = all_pairs(
            panel([metric.of(gold, a, K), metric.of(gold, b, K)], clusters), len(gold), [seed, run], DRAWS
        )[0]
        enough = test.n_discordant >= ENOUGH_DISCORDANT
        found["swap"] += test.p <= 0.05
        found["jackknife_t"] += test.p_t <= 0.05
        found["mcnemar"] += _mcnemar(a == gold, b == gold) <= 0.05
        found["enough"] += enough
        found["swap_enough"] += enough and test.p <= 0.05
        found["covered"] += abs(test.value) <= reach(g) * test.se
    enough_runs = found.pop("enough")
    shares: dict[str, Any] = {name: int(n) / runs for name, n in found.items()}
    shares["swap_enough"] = int(found["swap_enough"]) / enough_runs if enough_runs else None
    return shares | {"enough": enough_runs / runs, "runs": runs}


def _mcnemar(right_a: Any, right_b: Any) -> float:
    """As someone would who takes questions for independent; ours refuses to."""
    from scipy.stats import binom

    wins, losses = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return min(1.0, 2 * float(binom.cdf(min(wins, losses), wins + losses, 0.5)))


def family(g: int, correlation: float, n_systems: int, runs: int, seed: int) -> dict[str, Any]:
    """How often Holm's correction over all pairs of systems without a difference finds any."""
    rng = np.random.default_rng([seed, g, n_systems])
    swap = t = uncorrected = 0
    for run in range(runs):
        gold, given, clusters = data(rng, g, correlation, [even(0.7)] * n_systems)
        tests = all_pairs(panel((MacroF1().of(gold, one, K) for one in given), clusters), len(gold), [seed, run])
        swap += min(holm([test.p for test in tests])) <= 0.05
        t += min(holm([test.p_t for test in tests])) <= 0.05
        uncorrected += min(test.p for test in tests) <= 0.05
    return {"swap_holm": swap / runs, "t_holm": t / runs, "uncorrected": uncorrected / runs, "runs": runs}


def cells(runs: int, families: int, seed: int) -> Iterator[dict[str, Any]]:
    """Every cell with what it found."""
    lean = leaning(brentq(lambda r: macro_f1(leaning(r)) - macro_f1(even(0.7)), 0.3, 0.95))
    kinds: dict[str, tuple[Metric, list[Floats]]] = {
        "accuracy, equal confusions": (Accuracy(), [even(0.7), even(0.7)]),
        "macro-F1, equal confusions": (MacroF1(), [even(0.7), even(0.7)]),
        "macro-F1 equal, confusions unequal": (MacroF1(), [even(0.7), lean]),
    }
    for g, correlation in ((60, 0.3), (60, 0.0)):
        if families:
            yield {"what": "20 systems", "clusters": g, "correlation": correlation} | family(
                g, correlation, 20, families, seed
            )
    for (what, (metric, confusions)), g, correlation in product(kinds.items(), (30, 60, 120), (0.0, 0.3, 0.8)):
        yield {"what": what, "clusters": g, "correlation": correlation} | pair(
            metric, g, correlation, confusions, runs, seed
        )


def main() -> None:
    """Simulate and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--families", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("docs/statistics-pairs.jsonl"))
    given = parser.parse_args()
    with given.out.open("w", encoding="utf-8") as file:
        for found in cells(given.runs, given.families, given.seed):
            file.write(json.dumps(found, sort_keys=True) + "\n")
            file.flush()
            sys.stdout.write(f"{found}\n")


if __name__ == "__main__":
    main()
