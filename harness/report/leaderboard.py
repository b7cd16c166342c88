"""The tables with a row for each system: the leaderboard, all metrics, the runs."""

from __future__ import annotations

from harness.label import Outcome
from harness.report.figure import count, interval, p_value, percent, rate, sample
from harness.report.table import Cell, Column, Row, Table, find, n_cell, value_cell
from harness.report.text import heading, words
from harness.score import Comparison, Difference, Score, System
from harness.verdict import ENOUGH_COVERAGE


def ranked(comparison: Comparison) -> list[System]:
    """The systems that the answer ranks, best first: those that answered enough of their questions; else all."""
    enough = [s for s in comparison.systems if s.headline.value is not None and s.headline.coverage >= ENOUGH_COVERAGE]
    return enough or list(comparison.systems)


def leaderboard(comparison: Comparison) -> Table:
    """The headline metric, accuracy, coverage and sizes of each system, best first."""
    metric, leader = words(comparison.metric), ranked(comparison)[0].name
    bounds = any(system.headline.n_answered < system.headline.n for system in comparison.systems)
    accuracy = comparison.metric != "accuracy"
    numbers = [
        f"{heading(metric)} %",
        *["Bounds %"] * bounds,
        *["Accuracy %"] * accuracy,
        "Coverage %",
        "n",
        "Clusters",
        "Tokens/s",
    ]
    return Table(
        "leaderboard",
        "Leaderboard",
        sample(comparison.n, comparison.n_clusters),
        f"Best {metric} first: over the answered questions, with 95 % intervals. n: answered of asked. "
        "Trained: every prediction is out of fold; floor: reads no evidence, so no contender."
        + " Bounds: the value if every unanswered question counted as a miss, and as right." * bounds
        + f" Last column: whether {metric} differs from that of {leader}, with Holm's p.",
        (
            *(Column(name, numeric=False) for name in ("System", "Evidence")),
            *(Column(name) for name in numbers),
            Column("Differs from leader?"),
        ),
        (("", tuple(_row(comparison, system, bounds, accuracy) for system in comparison.systems)),),
        _notes(comparison),
    )


def _row(comparison: Comparison, system: System, bounds: bool, accuracy: bool) -> Row:
    score = system.headline
    return (
        Cell(system.name, system.about),
        Cell(
            words(system.evidence), ", ".join(["floor"] * system.floor + ["trained" if system.trained else "zero-shot"])
        ),
        value_cell(score),
        *[_bounds(score)] * bounds,
        *[value_cell(find(system, "accuracy"))] * accuracy,
        Cell(percent(score.coverage), _outcomes(system), score.coverage),
        n_cell(score),
        Cell(count(score.n_clusters), sort=score.n_clusters),
        Cell(rate(system.tokens_per_second), sort=system.tokens_per_second),
        _against_leader(comparison, system),
    )


def _bounds(score: Score) -> Cell:
    if score.n_answered == score.n:
        return Cell(percent(score.value), sort=score.value)
    return Cell(interval(score.all_wrong, score.all_right), sort=score.all_wrong)


def _outcomes(system: System) -> str:
    """How many ended how; for a system that answers in words, how many could not be read is told even where none."""
    told = {Outcome.UNPARSABLE} if any(p.raw is not None for p in system.predictions.values()) else set()
    return ", ".join(f"{count(system.outcomes.get(o, 0))} {o}" for o in Outcome if system.outcomes.get(o) or o in told)


def _against_leader(comparison: Comparison, system: System) -> Cell:
    leader = ranked(comparison)[0].name
    if system.name == leader:
        return Cell("leader", sort=2.0)
    pair = {leader, system.name}
    return next((verdict_cell(d) for d in comparison.differences if {d.a, d.b} == pair), Cell("-"))


def verdict_cell(difference: Difference) -> Cell:
    """Whether the two are told apart, with Holm's p below."""
    if difference.p_holm is None:
        return Cell("-")
    return Cell("yes" if difference.told_apart else "not shown", f"p {p_value(difference.p_holm)}", difference.p_holm)


def _notes(comparison: Comparison) -> tuple[str, ...]:
    """Each reservation once, with the systems that it holds for."""
    found: dict[str, dict[str, None]] = {}
    for system in comparison.systems:
        for score in system.scores:
            if score.slice == "all" and score.note:
                found.setdefault(score.note, {})[system.name] = None
    everyone = len(comparison.systems)
    return tuple(
        f"{note[0].upper()}{note[1:]} ({'all systems' if len(names) == everyone else ', '.join(names)})"
        for note, names in found.items()
    )


def metrics(comparison: Comparison) -> Table:
    """Every metric on all questions, a row a metric."""
    names = list(dict.fromkeys(score.metric for s in comparison.systems for score in s.scores if score.slice == "all"))
    return Table(
        "metrics",
        "All metrics",
        sample(comparison.n, comparison.n_clusters),
        "Over the answered questions, with 95 % intervals; fractions in percent. Which way is better stands beside the name.",
        (Column("Metric", numeric=False), *(Column(system.name) for system in comparison.systems)),
        (("", tuple(_metrics_row(comparison, name) for name in names)),),
    )


def _metrics_row(comparison: Comparison, name: str) -> Row:
    described = comparison.metrics.get(name)
    if described is None:
        head, as_percent = Cell(f"{heading(name)} %"), True
    else:
        as_percent = described.unit == "fraction"
        unit = " %" if as_percent else f", {described.unit}" if described.unit else ""
        better = "more is better" if described.higher_is_better else "less is better"
        head = Cell(heading(name) + unit, better, title=f"{described.definition} {described.source}")
    return head, *(_plain(find(system, name), as_percent) for system in comparison.systems)


def _plain(score: Score | None, as_percent: bool) -> Cell:
    if as_percent or score is None or score.value is None:
        return value_cell(score)
    ends = "-" if score.low is None or score.high is None else f"{score.low:.3g} to {score.high:.3g}"
    return Cell(f"{score.value:.3g}", ends, score.value, score.note)


def runs(comparison: Comparison) -> Table:
    """Where each system's row comes from."""
    return Table(
        "runs",
        "Runs",
        sample(comparison.n, comparison.n_clusters),
        "Directory and signature of each run; the same signature means the same numbers.",
        tuple(Column(name, numeric=False) for name in ("System", "Run", "Signature")),
        (("", tuple((Cell(s.name), Cell(s.run), Cell(s.signature)) for s in comparison.systems)),),
    )
