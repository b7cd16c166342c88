"""All pairs of systems at a glance: who is ahead of whom, how sure that is, and what would have shown."""

from __future__ import annotations

from harness.report.figure import CORRECTED, interval, p_value, percent, sample
from harness.report.table import Cell, Column, Table
from harness.report.text import heading
from harness.score import Comparison, Difference

AHEAD, BEHIND, OPEN = "▲", "▼", "·"
"""Signs before a difference, so that colour alone says nothing."""


def pairs(comparison: Comparison) -> Table:
    """A row and a column for each system; a cell is the row's value minus the column's."""
    found = {(d.a, d.b): d for d in comparison.differences}
    names = [system.name for system in comparison.systems]
    rows = tuple((Cell(a), *(_cell(comparison, found, a, b) for b in names)) for a in names) if found else ()
    return Table(
        "pairs",
        "Who is ahead of whom",
        sample(comparison.n, comparison.n_clusters),
        f"{heading(comparison.metric)} of the row's system minus that of the column's, in points. {AHEAD} ahead and {BEHIND} behind by more "
        f"than luck explains, {OPEN} not told apart. Below: the p of {CORRECTED[comparison.correction]}, and the smallest difference that these clusters would show in 80 of 100 "
        "repetitions (MDD).",
        (Column("System", numeric=False), *(Column(name) for name in names)),
        (("", rows),),
    )


def _cell(comparison: Comparison, found: dict[tuple[str, str], Difference], a: str, b: str) -> Cell:
    d, sign = found.get((a, b)), 1
    if d is None:
        d, sign = found.get((b, a)), -1
    if d is None or d.value is None:
        return Cell("" if a == b else "-")
    value = sign * d.value
    better = d.shown_better(comparison.sign)
    mark = OPEN if better is None else AHEAD if better == a else BEHIND
    ends = (d.low, d.high) if sign > 0 else (_minus(d.high), _minus(d.low))
    return Cell(
        f"{mark} {percent(value, signed=True)}",
        f"p {p_value(d.p_corrected)}, MDD {percent(d.detectable)}",
        value,
        f"95 % interval {interval(*ends, signed=True)}",
    )


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
