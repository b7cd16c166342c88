"""What a comparison says in words: which system is ahead, whether that can be told from chance, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Sequence

from harness.run import Manifest
from harness.score import Comparison, Difference, System

# Below this share of answered questions a score says more about what was left out than about the system.
ENOUGH_COVERAGE = 0.9
NAMES = {"macro_f1": "macro-F1", "accuracy": "accuracy"}


def answer(made: Comparison) -> str:
    """One to three sentences with figures."""
    ranked = [
        row for row in made.systems if row.headline.value is not None and row.headline.coverage >= ENOUGH_COVERAGE
    ]
    if not ranked:
        return f"No system answered {ENOUGH_COVERAGE:.0%} of its questions, so none is ranked."
    best, metric = ranked[0], NAMES.get(made.metric, made.metric)
    said = [f"{best.name} has the highest {metric}: {_value(best)}."]
    if len(ranked) > 1:
        said.append(_against(_between(made, best.name, ranked[1].name), metric))
    floors = [row for row in ranked if row.floor and row.name != best.name]
    if floors and ranked[1:] and not ranked[1].floor:
        said.append(_floor(made, best, floors[0], metric))
    if best.floor:
        said.append(f"{best.name} is a floor: no system here does better than it.")
    return " ".join(said)


def warnings(made: Comparison, manifests: Sequence[Manifest]) -> tuple[str, ...]:
    """What must be known before the table is believed."""
    found = []
    for row in made.systems:
        if row.headline.coverage < ENOUGH_COVERAGE:
            found.append(
                f"{row.name} answered {row.headline.n_answered} of {row.headline.n} questions: too few for a headline figure."
            )
        if row.n_declared < made.n:
            found.append(
                f"{row.name} was asked a sample of {row.n_declared} of {made.n} questions; comparisons with it are on the shared ones."
            )
    notes = dict.fromkeys(
        note for row in made.systems if row.n_declared == made.n for note in row.headline.note.split("; ") if note
    )
    found += [f"{note[0].upper()}{note[1:]}." for note in notes if not note.startswith("no interval")]
    settings = sorted({row.evidence for row in made.systems})
    if len(settings) > 1:
        found.append(f"The systems had unequal evidence: {', '.join(settings)}.")
    commits = sorted({manifest.commit or "an installed package" for manifest in manifests})
    if len(commits) > 1:
        found.append(f"The runs were made by different code: {', '.join(commit[:12] for commit in commits)}.")
    found += [
        f"{m.name} was stopped before it was complete; the same evaluate command finishes it."
        for m in manifests
        if m.ended is None
    ]
    return tuple(found)


def _between(made: Comparison, a: str, b: str) -> Difference:
    return next(d for d in made.differences if (d.a, d.b) == (a, b))


def _value(row: System) -> str:
    head = row.headline
    return f"{_percent(head.value)} ({_ends(head.low, head.high)}) on {head.n_answered} questions in {head.n_clusters} clusters"


def _against(d: Difference, metric: str) -> str:
    if d.value is None or d.p_holm is None:
        return f"{d.a} and {d.b} cannot be compared: they share {d.n} answered questions in {d.n_clusters} clusters."
    figures = f"{_points(d.value)} points of {metric}, {_ends(d.low, d.high)}, Holm p {_p(d.p_holm)}, n = {d.n}"
    if d.told_apart:
        return f"It leads {d.b}, the next, by {figures}: more than chance explains."
    least = (
        f"; these data would show a difference of {_points(d.detectable)} points or more"
        if d.detectable is not None
        else ""
    )
    return f"Its lead over {d.b}, the next, cannot be told from chance ({figures}{least})."


def _floor(made: Comparison, best: System, floor: System, metric: str) -> str:
    d = _between(made, best.name, floor.name)
    if d.value is None or d.p_holm is None:
        return f"It shares no answered question with the floor {floor.name}."
    told = "is above" if d.told_apart and d.value > 0 else "cannot be told from"
    return f"It {told} the better floor, {floor.name} ({_points(d.value)} points of {metric}, Holm p {_p(d.p_holm)})."


def _ends(low: float | None, high: float | None) -> str:
    return "no interval" if low is None else f"95 % interval {_points(low)} to {_points(high)}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def _points(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
