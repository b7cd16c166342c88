"""The tables with a row for each system: the leaderboard, all metrics, the runs."""

from __future__ import annotations

from harness.label import Outcome
from harness.report.figure import CORRECTED, count, interval, p_value, percent, rate, sample
from harness.report.table import Cell, Column, Row, Table, find, n_cell, value_cell
from harness.report.text import heading, words
from harness.score import ENOUGH_COVERAGE, Comparison, Difference, Score, System


def ranked(comparison: Comparison) -> list[System]:
    """The systems that the answer ranks, best first: those that answered enough of their questions; else all."""
    enough = [s for s in comparison.systems if s.headline.value is not None and s.headline.coverage >= ENOUGH_COVERAGE]
    return enough or list(comparison.systems)


def leaderboard(comparison: Comparison) -> Table:
    """The headline metric, accuracy, coverage, sizes and place of each system, best first, after what annotators reach."""
    metric, leader = words(comparison.metric), ranked(comparison)[0].name
    shown = _shown(comparison)
    rows = [tuple(cell for _, cell in _cells(comparison, system, shown)) for system in comparison.systems]
    heads = [column for column, _ in _cells(comparison, comparison.systems[0], shown)]
    ceiling = [_ceiling(comparison, heads)] if comparison.ceiling and comparison.ceiling.value is not None else []
    return Table(
        "leaderboard",
        "Leaderboard",
        sample(comparison.n, comparison.n_clusters),
        f"Best {metric} first: over the answered questions, with 95 % intervals. n: answered of asked. "
        "Trained: every prediction is out of fold; floor: never holds claim and evidence together, so no contender."
        + " Bounds: the value if every unanswered question counted as a miss, and as right." * ("bounds" in shown)
        + f" Differs from leader: whether {metric} differs from that of {leader}, with the p of {CORRECTED[comparison.correction]}."
        + (
            " Tie: systems that share a letter were not told apart. Ranks: what the tests leave open. "
            "Best in %: resamples of the clusters in which it comes first."
        )
        * ("tie" in shown)
        + " Annotators: one vote drawn at random, against the gold that was made from the votes; accuracy is their agreement."
        * bool(ceiling),
        tuple(heads),
        (("", (*ceiling, *rows)),),
        _notes(comparison),
    )


def _shown(comparison: Comparison) -> set[str]:
    """The columns that say anything here."""
    systems = comparison.systems
    kinds = {
        "bounds": any(system.headline.n_answered < system.headline.n for system in systems),
        "accuracy": comparison.metric != "accuracy",
        "cost": any(system.cost is not None for system in systems),
        "seconds": any(system.seconds is not None for system in systems),
        "tokens": any(system.tokens_per_second is not None for system in systems),
        "tie": any(system.tie for system in systems),
    }
    return {name for name, useful in kinds.items() if useful}


def _cells(comparison: Comparison, system: System, shown: set[str]) -> list[tuple[Column, Cell]]:
    """Each column with the system's cell in it."""
    score = system.headline
    kind = ", ".join(["floor"] * system.floor + ["trained" if system.trained else "zero-shot"])
    ranks = "-" if system.rank_low is None else f"{system.rank_low}-{system.rank_high}"
    asked = max(1, len(system.predictions))
    cells = [
        ("", Column("System", numeric=False), Cell(system.name, system.about)),
        ("", Column("Evidence", numeric=False), Cell(words(system.evidence), kind)),
        ("", Column(f"{heading(words(comparison.metric))} %"), value_cell(score)),
        ("bounds", Column("Bounds %"), _bounds(score)),
        ("accuracy", Column("Accuracy %"), value_cell(find(system, "accuracy"))),
        ("", Column("Coverage %"), Cell(percent(score.coverage), _outcomes(system), score.coverage)),
        ("", Column("n"), n_cell(score)),
        ("", Column("Clusters"), Cell(count(score.n_clusters), sort=score.n_clusters)),
        ("tokens", Column("Tokens/s"), Cell(rate(system.tokens_per_second), sort=system.tokens_per_second)),
        ("seconds", Column("Time, s"), _each(system.seconds, asked, "s")),
        ("cost", Column("Cost, $"), _each(system.cost, asked, "$")),
        ("", Column("Differs from leader?"), _against_leader(comparison, system)),
        ("tie", Column("Tie", numeric=False), Cell(system.tie or "-")),
        ("tie", Column("Ranks"), Cell(ranks, sort=system.rank_low)),
        ("tie", Column("Best in %"), Cell(percent(system.p_best), sort=system.p_best)),
    ]
    return [(column, cell) for name, column, cell in cells if not name or name in shown]


def _each(total: float | None, asked: int, unit: str) -> Cell:
    """A sum, with the same for one question below."""
    if total is None:
        return Cell("-")
    return Cell(f"{total:,.2f}", f"{total / asked:.2g} {unit} a question", total)


def _ceiling(comparison: Comparison, heads: list[Column]) -> Row:
    """What annotators reach, as if they were a system."""
    top = comparison.ceiling
    if top is None:
        raise ValueError("there is no ceiling")
    metric = f"{heading(words(comparison.metric))} %"
    known = {
        "System": Cell("annotators", "ceiling: a vote drawn at random"),
        metric: Cell(percent(top.value), interval(top.low, top.high), top.value),
        "n": Cell(count(top.n), "with votes", top.n),
    }
    agreed = Cell(percent(top.agreement), interval(top.agreement_low, top.agreement_high), top.agreement)
    return tuple(({"Accuracy %": agreed} | known).get(head.name, Cell("-")) for head in heads)


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
    """Whether the two are told apart, with the corrected p below."""
    p = difference.p_corrected
    return Cell("-") if p is None else Cell("yes" if difference.told_apart else "not shown", f"p {p_value(p)}", p)


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
