"""What a comparison says in words: which system is ahead, whether that can be told from chance, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harness.model_family import families, models
from harness.run import Manifest
from harness.score import CORRECTION, ENOUGH_COVERAGE, Comparison, System

NAMES = {"macro_f1": "macro-F1", "accuracy": "accuracy"}


def answer(made: Comparison) -> str:
    """Who is ahead, and whether the lead over the next contender and over the best floor is more than luck."""
    ranked = [
        row for row in made.systems if row.headline.value is not None and row.headline.coverage >= ENOUGH_COVERAGE
    ]
    if not ranked:
        return f"No system answered {ENOUGH_COVERAGE:.0%} of its questions, so none is ranked.".replace("%", " %")
    floors, contenders = [row for row in ranked if row.floor], [row for row in ranked if not row.floor]
    metric, best = NAMES.get(made.metric, made.metric), ranked[0]
    if best.floor:
        said = [
            f"No contender is ahead of the floors: {best.name}, which never holds claim and evidence together, has the best {metric}, {_value(best)}."
        ]
        return " ".join(said + [_against(made, best, row, "the best contender") for row in contenders[:1]])
    said = [f"{best.name} has the best {metric}: {_value(best)}."]
    said += [_against(made, best, row, "the next contender") for row in contenders[1:2]]
    said += [_against(made, best, row, "the best floor") for row in floors[:1]]
    return " ".join(said)


def warnings(made: Comparison, manifests: Sequence[Manifest], voters: Collection[str] = ()) -> tuple[str, ...]:
    """What must be known before the table is believed; `voters` are the models that voted on the labels."""
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
    found += _near_a_floor(made)
    found += _voted_itself(manifests, voters)
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


def _value(row: System) -> str:
    head = row.headline
    return f"{_percent(head.value)} ({_ends(head.low, head.high)}) on {head.n_answered} questions in {head.n_clusters} clusters"


def _against(made: Comparison, best: System, row: System, role: str) -> str:
    """The lead of the best over another, above 0 where it is one, whichever way the metric runs."""
    d = next(d for d in made.differences if (d.a, d.b) == (best.name, row.name))
    if d.value is None or d.p_corrected is None:
        return (
            f"It cannot be compared with {role}, {d.b}: they share {d.n} answered questions in {d.n_clusters} clusters."
        )
    low, high = (d.low, d.high) if made.sign > 0 else (_minus(d.high), _minus(d.low))
    figures = (
        f"{_points(made.sign * d.value)} points of {NAMES.get(made.metric, made.metric)}, {_ends(low, high)}, "
        f"{CORRECTION[d.correction]} p {p_in_words(d.p_corrected)}, n = {d.n}"
    )
    return f"Its lead over {role}, {d.b}, is {'more than luck explains' if d.told_apart else 'no more than luck may give'} ({figures})."


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _near_a_floor(made: Comparison) -> list[str]:
    """A warning that names the contenders which the tests cannot tell from the best floor."""
    floors = [row.name for row in made.systems if row.floor and row.headline.value is not None]
    contenders = {row.name for row in made.systems if not row.floor}
    if not floors:
        return []
    tests = [(d, d.b if d.a == floors[0] else d.a) for d in made.differences if floors[0] in {d.a, d.b}]
    near = [name for d, name in tests if name in contenders and d.shown_better(made.sign) != name]
    return (
        [f"Not shown to be better than {floors[0]}, which never holds claim and evidence together: {', '.join(near)}."]
        if near
        else []
    )


def _voted_itself(manifests: Sequence[Manifest], voters: Collection[str]) -> list[str]:
    """A warning for each family of models that is among the systems and voted on the labels."""
    voted = {family for name in voters for family in families(name)}
    asked: dict[str, dict[str, None]] = {}
    for manifest in manifests:
        for model in models(manifest.config.get("system")):
            for family in sorted(families(model) & voted):
                asked.setdefault(family, {})[f"{manifest.name} ({model})"] = None
    return [
        f"Models of the family {family} voted on the labels, and {', '.join(who)} asks one of it: it may agree with them for that "
        "reason, so its lead over other models is not shown."
        for family, who in asked.items()
    ]


def _ends(low: float | None, high: float | None) -> str:
    return "no interval" if low is None else f"95 % interval {_points(low)} to {_points(high)}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def _points(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def p_in_words(value: float) -> str:
    """Three decimals, or that it is below them."""
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
