"""The tables behind the leaderboard: differences of pairs, slices, confusion."""

from __future__ import annotations

from collections.abc import Sequence

from harness.report.figure import CORRECTED, count, interval, p_value, percent, sample
from harness.report.leaderboard import metrics, ranked, verdict_cell
from harness.report.table import Cell, Column, Row, Table, find
from harness.report.text import heading, words
from harness.score import CORRECTION, Comparison, Difference, System
from harness.statistics.worst_slice import MIN_CLUSTERS

AT_ONCE = "The intervals hold for all slices of a system at once with 95 % (Bonferroni)."


def breakdown(comparison: Comparison) -> list[Table]:
    """All metrics, differences and slices, without the tables that would be empty or repeat the leaderboard."""
    shown = {comparison.metric, "accuracy"}
    more = any(score.metric not in shown for system in comparison.systems for score in system.scores)
    tables = [*[metrics(comparison)] * more, differences(comparison), slices(comparison)]
    return [table for table in tables if table.rows]


def detectable(comparison: Comparison) -> str:
    """What the dataset can show about its top pair, in a sentence; empty where that is unknown."""
    top = {system.name for system in ranked(comparison)[:2]}
    for d in comparison.differences:
        if {d.a, d.b} == top and d.detectable is not None:
            return (
                f"With {sample(d.n, d.n_clusters)}, a difference of {percent(d.detectable)} points between {d.a} and {d.b} "
                "would show in 80 of 100 repetitions; most smaller ones stay unseen."
            )
    return ""


def differences(comparison: Comparison) -> Table:
    """A row for each pair of systems."""
    corrected = f"{CORRECTION[comparison.correction]} p"
    numbers = ("p", corrected, "Detectable, points", "n", "Clusters")
    return Table(
        "differences",
        "Pairwise differences",
        sample(comparison.n, comparison.n_clusters),
        f"{heading(comparison.metric)} of the first system minus that of the second, on the questions that both answered, "
        "with 95 % intervals. p: swap test by cluster. "
        f"{corrected}: corrected for all pairs here by {CORRECTED[comparison.correction]}. "
        "Detectable: the smallest difference that these clusters would show in 80 of 100 repetitions.",
        (
            *(Column(name, numeric=False) for name in ("System", "minus")),
            Column("Difference, points"),
            *(Column(name) for name in numbers),
            Column("Told apart?", numeric=False),
        ),
        (("", tuple(_difference_row(d) for d in comparison.differences)),),
    )


def _difference_row(d: Difference) -> Row:
    ends = interval(d.low, d.high, signed=True)
    return (
        Cell(d.a),
        Cell(d.b),
        Cell(percent(d.value, signed=True), ends if d.value is not None else "", d.value),
        Cell(p_value(d.p), "exact" if d.exact else "", d.p),
        Cell(p_value(d.p_corrected), sort=d.p_corrected),
        Cell(percent(d.detectable), sort=d.detectable),
        Cell(count(d.n), sort=d.n),
        Cell(count(d.n_clusters), sort=d.n_clusters),
        Cell(verdict_cell(d).text),
    )


def slices(comparison: Comparison) -> Table:
    """The headline metric of each system on each slice, grouped by field."""
    scores = (score for system in comparison.systems for score in system.scores)
    names = dict.fromkeys(s.slice for s in scores if s.slice != "all" and s.metric == comparison.metric)
    fields: dict[str, list[Row]] = {}
    for name in names:
        field, _, value = name.rpartition("=")
        cells = (_slice_cell(comparison, system, name) for system in comparison.systems)
        fields.setdefault(words(field), []).append((Cell(words(value)), *cells))
    return Table(
        "slices",
        "By slice",
        sample(comparison.n, comparison.n_clusters),
        f"{heading(comparison.metric)} in percent, with the answered questions n. {AT_ONCE} "
        f'"-": undefined, or of fewer than {MIN_CLUSTERS} clusters.',
        (Column("Slice", numeric=False), *(Column(system.name) for system in comparison.systems)),
        tuple((heading(field), tuple(rows)) for field, rows in fields.items()),
    )


def _slice_cell(comparison: Comparison, system: System, name: str) -> Cell:
    score = find(system, comparison.metric, name)
    if score is None:
        return Cell("-", title="no question of this slice was asked")
    size = f"n {count(score.n_answered)}"
    clusters = f"{count(score.n_clusters)} clusters"
    if score.value is None or score.n_clusters < MIN_CLUSTERS:
        return Cell("-", size, title=score.note or f"{clusters}: too few")
    return Cell(
        percent(score.value), size, score.value, f"{interval(score.low_corrected, score.high_corrected)}, {clusters}"
    )


def confusion(labels: Sequence[str], system: System) -> Table:
    """A row for each gold label, a column for each label given."""
    rows = (
        (Cell(words(label)), *(Cell(count(n), sort=n) for n in counts), Cell(count(sum(counts))))
        for label, counts in zip(labels, system.confusion, strict=True)
    )
    return Table(
        "confusion",
        system.name,
        sample(system.headline.n_answered, system.headline.n_clusters),
        f"{system.name}: rows are gold labels, columns are the labels given.",
        (Column("gold", numeric=False), *(Column(words(label)) for label in labels), Column("all")),
        (("", tuple(rows)),),
    )
