"""Every pair of systems on the questions that both answered, and what follows for all of them: ties, ranks, the chance of being best."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from harness.errors import ConfigError
from harness.metric import Additive, AnyMetric, Floats, bind
from harness.metric.answers import Answers
from harness.record import number
from harness.score import ENOUGH_COVERAGE, Difference, System
from harness.scoring import answers
from harness.statistics.benjamini_hochberg import benjamini_hochberg
from harness.statistics.crossed import fewest, variance
from harness.statistics.equivalence import equivalence
from harness.statistics.holm import holm
from harness.statistics.jackknife import reach
from harness.statistics.paired import Paired, all_pairs
from harness.statistics.panel import panel
from harness.statistics.power import ALPHA, detectable
from harness.statistics.ranks import probability_of_best, rank_intervals
from harness.statistics.resample import resampled
from harness.statistics.ties import letters
from harness.task import Items

CORRECTIONS = ("holm", "bh")


@dataclass(frozen=True)
class Rules:
    """How systems are compared, declared before anyone looks."""

    correction: str = "holm"
    """holm: no false finding among all pairs, with 95 %; bh: at most 5 % false ones among the findings."""
    margin: float = 0.02
    """How much worse still counts as no worse, in the metric's unit."""
    seed: int = 0
    """Of the swap test's draws and of resamples."""

    def __post_init__(self) -> None:
        if self.correction not in CORRECTIONS:
            raise ConfigError(f"correction is {self.correction!r}; expected {' or '.join(CORRECTIONS)}")
        if not isinstance(self.margin, int | float) or not 0 < self.margin < math.inf:
            raise ConfigError(f"margin is {self.margin!r}; expected a number above 0, such as 0.02 for two points")


def differences(rows: Sequence[System], items: Items, metric: AnyMetric, rules: Rules) -> list[Difference]:
    """A difference for each pair, in the order of the rows; pairs that share the same questions are compared in one pass."""
    pairs = list(combinations(rows, 2))
    shared: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    answered = [row.answered for row in rows]
    for a, b in combinations(range(len(rows)), 2):
        shared[tuple(sorted(answered[a] & answered[b]))].append((a, b))
    tests: dict[tuple[int, int], Paired] = {}
    crossed: dict[tuple[int, int], float] = {}
    for ids, of in shared.items():
        tests |= _tested(ids, of, rows, items, metric, rules)
        if items.passages and ids:
            crossed |= _crossed(ids, of, rows, items, metric)
    ordered = [tests[pair] for pair in combinations(range(len(rows)), 2)]
    p_holm, p_bh = (correct([test.p for test in ordered]) for correct in (holm, benjamini_hochberg))
    n_tests, sign = sum(not math.isnan(test.p) for test in ordered), metric.facts.sign
    return [
        _difference(a.name, b.name, test, of_holm, of_bh, n_tests, rules, off, sign)
        for (a, b), test, of_holm, of_bh, off in zip(
            pairs,
            ordered,
            p_holm,
            p_bh,
            [crossed.get(p, math.nan) for p in combinations(range(len(rows)), 2)],
            strict=True,
        )
    ]


def _tested(
    ids: tuple[str, ...],
    pairs: Sequence[tuple[int, int]],
    rows: Sequence[System],
    items: Items,
    metric: AnyMetric,
    rules: Rules,
) -> dict[tuple[int, int], Paired]:
    if not ids:
        return dict.fromkeys(pairs, Paired(np.nan, np.nan, np.nan, np.nan, False, np.nan, 0, 0))
    involved = sorted({system for pair in pairs for system in pair})
    joined = [answers(items, rows[system].predictions, ids) for system in involved]
    table = panel((bound(metric, each) for each in joined), joined[0].clusters)
    found = dict(zip(combinations(involved, 2), all_pairs(table, len(ids), rules.seed), strict=True))
    # Two of these systems may share more questions than those of this pass: their own pass compares them.
    return {pair: found[pair] for pair in pairs}


def bound(metric: AnyMetric, joined: Answers) -> Additive:
    """The metric on these answers; raises ConfigError for one that cannot be tested by swaps."""
    made = bind(metric, joined)
    if not isinstance(made, Additive):
        raise ConfigError(
            f"the headline metric is {metric.name}, which "
            + (
                "these answers do not carry what it needs for"
                if made is None
                else "is no function of sums over questions"
            )
            + "; expected one such as macro_f1 or accuracy, so that differences can be tested: metric.headline"
        )
    return made


def _crossed(
    ids: tuple[str, ...], pairs: Sequence[tuple[int, int]], rows: Sequence[System], items: Items, metric: AnyMetric
) -> dict[tuple[int, int], float]:
    """How far the ends lie off where passages repeat as well as claims."""
    found = {}
    joined = {m: answers(items, rows[m].predictions, ids) for m in sorted({m for pair in pairs for m in pair})}
    for a, b in pairs:
        passages = joined[a].passages
        assert passages is not None  # noqa: S101 - the task has them
        groups = joined[a].clusters, passages
        g = fewest(groups)
        if g > 1:
            both = bound(metric, joined[a]), bound(metric, joined[b])
            found[a, b] = reach(g) * math.sqrt(variance(groups, both))
    return found


def _difference(
    a: str, b: str, test: Paired, p_holm: float, p_bh: float, n_tests: int, rules: Rules, off: float, sign: int
) -> Difference:
    no_worse = equivalence(sign * test.value, test.se, test.n_clusters, rules.margin)
    shown = not math.isnan(test.low)
    return Difference(
        a=a,
        b=b,
        value=number(test.value),
        low=number(test.low),
        high=number(test.high),
        p=number(test.p),
        p_holm=number(p_holm),
        exact=test.exact,
        detectable=number(test.detectable),
        n=test.n,
        n_clusters=test.n_clusters,
        p_t=number(test.p_t),
        p_bh=number(p_bh),
        se=number(test.se),
        n_discordant=test.n_discordant if test.n else None,
        detectable_holm=number(detectable(test.se, test.n_clusters, ALPHA / max(1, n_tests))),
        clusters_needed=number(test.clusters_needed) if math.isfinite(test.clusters_needed) else None,
        p_not_worse=number(no_worse.p_not_worse),
        p_equivalent=number(no_worse.p_equivalent),
        low_crossed=number(test.value - off) if shown else None,
        high_crossed=number(test.value + off) if shown else None,
        correction=rules.correction,
    )


def placed(
    rows: Sequence[System], found: Sequence[Difference], items: Items, metric: AnyMetric, rules: Rules
) -> tuple[System, ...]:
    """The rows with tie letters, rank intervals and the chance of being best."""
    names, sign = [row.name for row in rows], metric.facts.sign
    apart = [(d.a, d.b) if d.shown_better(sign) == d.a else (d.b, d.a) for d in found if d.told_apart]
    marks, ranks = letters(names, apart), rank_intervals(names, apart)
    best = _best(rows, items, metric, rules)
    return tuple(
        row.model_copy(
            update={
                "tie": marks[row.name],
                "rank_low": ranks[row.name][0],
                "rank_high": ranks[row.name][1],
                "p_best": best.get(row.name),
            }
        )
        for row in rows
    )


def _best(rows: Sequence[System], items: Items, metric: AnyMetric, rules: Rules) -> Mapping[str, float]:
    """Among the systems that answered nearly all that any was asked, on what all of them answered."""
    n = len({id_ for row in rows for id_ in row.predictions})
    whole = [row for row in rows if len(row.answered) >= ENOUGH_COVERAGE * n]
    ids = sorted(frozenset.intersection(*(row.answered for row in whole))) if whole else []
    if not ids:
        return {}
    joined = [answers(items, row.predictions, ids) for row in whole]
    table = panel((bound(metric, each) for each in joined), joined[0].clusters)
    if table.n_units < 2:
        return {}
    sums = resampled(table, rules.seed)
    values: Floats = np.stack([table.value(m, sums) for m in range(len(whole))], axis=1)
    chances = probability_of_best(values, higher_is_better=metric.facts.higher_is_better)
    return {
        row.name: float(chance) for row, chance in zip(whole, chances, strict=True) if not math.isnan(float(chance))
    }
