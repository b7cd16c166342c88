"""Reliability and risk against coverage, from the probabilities that systems give.

Confidence is the probability of the label given. Reliability: DeGroot and Fienberg (1983); risk and coverage: El-Yaniv and Wiener (2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from harness.finding import Bin, Curve
from harness.score import Comparison, System

N_BINS = 10
STEPS = 20
"""Points of the risk curve: every 5 % of the answers."""


def curves(comparison: Comparison) -> tuple[Curve, ...]:
    """One for each system that gives probabilities, in the order of the systems."""
    gold = {item.id: item.gold for item in comparison.items}
    found = ((system, _sure(system, gold)) for system in comparison.systems)
    return tuple(_curve(system.name, sure) for system, sure in found if sure)


def _sure(system: System, gold: dict[str, str]) -> list[tuple[float, bool]]:
    """Confidence and rightness of each answer with probabilities, the surest first."""
    rows = [
        (p.probabilities[p.label], p.label == gold[p.id])
        for p in system.predictions.values()
        if p.label is not None and p.probabilities is not None and p.label in p.probabilities and p.id in gold
    ]
    return sorted(rows, reverse=True)


def _curve(name: str, sure: Sequence[tuple[float, bool]]) -> Curve:
    parts: dict[int, list[tuple[float, bool]]] = {}
    for row in sure:
        parts.setdefault(min(int(N_BINS * row[0]), N_BINS - 1), []).append(row)
    bins = [
        Bin(confidence=sum(c for c, _ in part) / len(part), right=sum(r for _, r in part) / len(part), n=len(part))
        for _, part in sorted(parts.items())
    ]
    coverage = [step / STEPS for step in range(1, STEPS + 1)]
    risk = [_wrong(sure, share * len(sure)) / (share * len(sure)) for share in coverage]
    return Curve(system=name, bins=tuple(bins), coverage=tuple(coverage), risk=tuple(risk), n=len(sure))


def _wrong(sure: Sequence[tuple[float, bool]], kept: float) -> float:
    """Wrong answers among the first `kept`, a broken number counted in part; equally sure ones count by their mean."""
    wrong, before = 0.0, 0.0
    for _, tied in groupby(sure, key=lambda row: row[0]):
        rights = [right for _, right in tied]
        part = min(len(rights), kept - before)
        wrong += part * rights.count(False) / len(rights)
        before += part
        if before >= kept:
            break
    return wrong
