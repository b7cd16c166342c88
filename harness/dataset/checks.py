"""What makes the dataset sound: checks with a figure and a bar, each of which can fail; `bars` has those of size and agreement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from harness.dataset.source import Source
from harness.label import Edit, Form, Origin, Veracity
from harness.record import Record
from harness.schema import Claim, Pair

# What a claim must not lean on: a pronoun or a relative date that only the article resolves.
UNRESOLVED = re.compile(
    r"^(?:he|she|it(?! (?:was|is)\b.*\b(?:that|who|which)\b)|they|his|her|its|their|this|that|these|those)\b|\b(?:today|yesterday|tomorrow|the same day|the article|last (?:week|month|year)|next (?:week|month|year))\b",
    re.IGNORECASE,
)
QUOTED = re.compile(r'"[^"]*"')


class Check(Record):
    """One check with what was found."""

    name: str
    """What is checked."""
    figure: str
    """What was found."""
    bar: str
    """What was expected."""
    passed: bool
    """Whether it holds."""
    reason: str = ""
    """Why it is known to be missed; empty where it is not."""


def checks(source: Source, tables: Mapping[str, Sequence[Record]]) -> list[Check]:
    """All checks of this version of the dataset."""
    claims = cast("Sequence[Claim]", tables["claims"])
    pairs = cast("Sequence[Pair]", tables["pairs"])
    return [
        _all("articles that claims were taken from", len({c.article for c in claims}), len(source.articles)),
        none("passages that are no exact substring at their offsets", _moved(source)),
        none("characters of an article in no passage", _uncovered(source)),
        none("spans that are not inside their passage", _outside(source, claims)),
        none("extracted claims with a parent or edit, contrast claims without", _misplaced(claims)),
        none(
            "texts that stand twice",
            [text for text, n in Counter(claim.text.casefold() for claim in claims).items() if n > 1],
        ),
        none(
            "pairs that stand twice",
            [str(key) for key, n in Counter((p.claim, p.passage, p.holder) for p in pairs).items() if n > 1],
        ),
        none(
            "claims that lean on an unresolved pronoun or date",
            [c.id for c in claims if UNRESOLVED.search(QUOTED.sub("", c.text))],
        ),
        none("clusters in two folds", _split_clusters(claims)),
        _crossed(claims),
    ]


def at_least(name: str, figure: int, bar: int) -> Check:
    """A count that must reach a bar."""
    return Check(name=name, figure=str(figure), bar=f">= {bar}", passed=figure >= bar)


def _all(name: str, figure: int, bar: int) -> Check:
    return Check(name=name, figure=f"{figure} of {bar}", bar="all", passed=figure == bar)


def none(name: str, found: Sequence[str]) -> Check:
    """Faults by id, of which there must be none; the first three are named."""
    shown = f" ({', '.join(found[:3])}{', ...' if len(found) > 3 else ''})" if found else ""
    return Check(name=name, figure=f"{len(found)}{shown}", bar="0", passed=not found)


def _moved(source: Source) -> list[str]:
    return [p.id for p in source.passages.values() if source.articles[p.article][p.start : p.end] != p.text]


def _uncovered(source: Source) -> list[str]:
    """Articles that have a letter outside every passage."""
    left = []
    for article, text in source.articles.items():
        covered = {i for p in source.passages.values() if p.article == article for i in range(p.start, p.end)}
        if any(char.isalpha() and i not in covered for i, char in enumerate(text)):
            left.append(article)
    return left


def _outside(source: Source, claims: Sequence[Claim]) -> list[str]:
    inside = source.passages
    return [
        c.id for c in claims for s in c.spans if not inside[s.passage].start <= s.start < s.end <= inside[s.passage].end
    ]


def _misplaced(claims: Sequence[Claim]) -> list[str]:
    return [c.id for c in claims if {c.parent is None, c.edit is None} != {c.origin is Origin.EXTRACTED}]


def _split_clusters(claims: Sequence[Claim]) -> list[str]:
    folds: dict[str, set[int]] = {}
    for claim in claims:
        folds.setdefault(claim.cluster, set()).add(claim.fold)
    return sorted(cluster for cluster, found in folds.items() if len(found) > 1)


def _crossed(claims: Sequence[Claim]) -> Check:
    """Within each kind of edit and form, supported contrast claims against refuted ones."""
    counts: Counter[tuple[Edit, Form, Veracity]] = Counter()
    for claim in claims:
        if claim.edit is not None:
            counts[claim.edit, claim.form, claim.veracity] += 1
    # A paraphrase keeps its label, so it has no refuted counterpart by design.
    cells = {(edit, form) for edit, form, _ in counts if edit is not Edit.PARAPHRASE}
    off = sum(abs(counts[e, f, Veracity.SUPPORTED] - counts[e, f, Veracity.REFUTED]) for e, f in cells)
    total = sum(counts[e, f, v] for e, f in cells for v in (Veracity.SUPPORTED, Veracity.REFUTED))
    return Check(
        name="contrast claims whose label their edit kind and form give away (supported minus refuted, in absolute value)",
        figure=f"{off} of {total}",
        bar="<= 10 %",
        passed=total > 0 and off <= 0.1 * total,
    )
