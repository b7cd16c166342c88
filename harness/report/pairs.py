"""All pairs of systems at a glance: who is ahead of whom, how sure that is, and what would have shown."""

from __future__ import annotations

from harness.report.figure import interval, p_value, percent, sample
from harness.report.table import Cell, Column, Table
from harness.report.text import heading
from harness.score import Comparison, Difference

AHEAD, BEHIND, OPEN = "▲", "▼", "·"
"""Signs before a difference, so that colour alone says nothing."""


def pairs(comparison: Comparison) -> Table:
    """A row and a column for each system; a cell is the row's value minus the column's."""
    found = {(d.a, d.b): d for d in comparison.differences}
    names = [system.name for system in comparison.systems]
    p = "p of Benjamini and Hochberg" if comparison.correction == "bh" else "Holm's p"
    rows = tuple((Cell(a), *(_cell(found, a, b) for b in names)) for a in names) if found else ()
    return Table(
        "pairs",
        "Who is ahead of whom",
        sample(comparison.n, comparison.n_clusters),
        f"{heading(comparison.metric)} of the row's system minus that of the column's, in points. {AHEAD} ahead and {BEHIND} behind by more "
        f"than luck explains, {OPEN} not told apart. Below: {p}, and the smallest difference that these clusters would show in 80 of 100 "
        "repetitions (MDD).",
        (Column("System", numeric=False), *(Column(name) for name in names)),
        (("", rows),),
    )


def _cell(found: dict[tuple[str, str], Difference], a: str, b: str) -> Cell:
    d, sign = found.get((a, b)), 1
    if d is None:
        d, sign = found.get((b, a)), -1
    if d is None or d.value is None:
        return Cell("" if a == b else "-")
    value = sign * d.value
    mark = OPEN if not d.told_apart else AHEAD if value > 0 else BEHIND
    p = p_value(d.p_bh if d.correction == "bh" else d.p_holm)
    ends = (d.low, d.high) if sign > 0 else (_minus(d.high), _minus(d.low))
    return Cell(
        f"{mark} {percent(value, signed=True)}",
        f"p {p}, MDD {percent(d.detectable)}",
        value,
        f"95 % interval {interval(*ends, signed=True)}",
    )


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
