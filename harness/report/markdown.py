"""Comparisons as Markdown: the twin of the page, in the same order and with the same numbers.

`headline_table` is what a terminal prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from harness.errors import InputError
from harness.report.breakdown import breakdown, confusion, detectable
from harness.report.claim import disagreements
from harness.report.figure import percent, sample
from harness.report.leaderboard import leaderboard, runs
from harness.report.table import Table
from harness.report.text import clipped, heading, visible, words
from harness.score import Comparison, Item

MAX_CLAIMS = 20
"""Claims shown for each task: what one reads; the page has them all."""


def render(
    comparisons: Sequence[Comparison],
    made: Mapping[str, str],
    kept: Mapping[str, Sequence[Table]] = MappingProxyType({}),
) -> str:
    """The document; `made` says how it was made (version, command, ...), `kept` has more tables by task. The same input gives the same text."""
    if not comparisons:
        raise InputError("there is no comparison to report; expected one for each task: compare at least one run")
    first = comparisons[0]
    parts = [f"# {_safe(first.dataset)} {_safe(first.version)}: which system to trust"]
    for comparison in comparisons:
        parts += _answer(comparison)
    for comparison in comparisons:
        parts += _task(comparison, kept.get(comparison.task, ()))
    return "\n\n".join([*parts, *_made(comparisons, made)]) + "\n"


def headline_table(comparison: Comparison) -> list[list[str]]:
    """The leaderboard, heading first, without what each system is."""
    table = leaderboard(comparison)
    rows = [[column.name for column in table.columns], *([row[0].text, *map(str, row[1:])] for row in table.rows)]
    return [[visible(text) for text in row] for row in rows]


def _answer(comparison: Comparison) -> Iterator[str]:
    size = sample(comparison.n, comparison.n_clusters)
    yield f"## {_name(comparison)}: the answer ({size}, {len(comparison.systems)} systems)"
    yield f"**{_safe(comparison.answer)}**"
    yield from filter(None, [_safe(detectable(comparison))])
    if comparison.warnings:
        yield "Before you believe it:"
        yield "\n".join(f"- {_safe(warning)}" for warning in comparison.warnings)


def _task(comparison: Comparison, kept: Sequence[Table]) -> Iterator[str]:
    name = _name(comparison)
    for table in (leaderboard(comparison), *breakdown(comparison), *kept):
        yield f"## {name}: {table.title[0].lower()}{table.title[1:]} ({table.size})"
        yield from _table(table)
    yield f"## {name}: confusion (of {sample(comparison.n, comparison.n_clusters)})"
    for system in comparison.systems:
        table = confusion(comparison.labels, system)
        yield f"### {_safe(table.title)} ({table.size})"
        yield from _table(table)
    yield from _claims(comparison)


def _claims(comparison: Comparison) -> Iterator[str]:
    items = disagreements(comparison)
    size = sample(comparison.n, comparison.n_clusters)
    yield f"## {_name(comparison)}: claims on which systems differ ({len(items):,} of {size})"
    if len(items) > MAX_CLAIMS:
        yield f"The first {MAX_CLAIMS}; the HTML page has all, with the messages sent and the raw answers."
    for item in items[:MAX_CLAIMS]:
        yield from _claim(comparison, item)


def _claim(comparison: Comparison, item: Item) -> Iterator[str]:
    yield f"### {_safe(item.id)}"
    yield _safe(clipped(item.claim))
    if item.holder:
        yield f"Holder: {_safe(item.holder)}"
    if item.evidence:
        yield "\n".join(f"- {_safe(e.id)}: {_safe(clipped(e.text))}" for e in item.evidence)
    yield f"Gold: **{_safe(words(item.gold))}**. {_safe(clipped(item.justification))}".rstrip()
    rows = [["System", "Label", "Outcome", "Probability %", "Rationale"]]
    for system in comparison.systems:
        p = system.predictions.get(item.id)
        if p is None:
            rows.append([system.name, "not asked", "-", "-", "-"])
            continue
        own = (p.probabilities or {}).get(p.label) if p.label else None
        rows.append([system.name, words(p.label or "-"), p.outcome, percent(own), clipped(p.rationale or "-")])
    yield _grid(rows, [False, False, False, True, False])


def _made(comparisons: Sequence[Comparison], made: Mapping[str, str]) -> Iterator[str]:
    yield "## How it was made"
    data = (
        f"- {_name(c)} data: {_safe(c.dataset)} {_safe(c.version)}, {sample(c.n, c.n_clusters)}, sha256 {_safe(c.sha256)}"
        for c in comparisons
    )
    yield "\n".join([*data, *(f"- {_safe(name)}: {_safe(value)}" for name, value in made.items())])
    for comparison in comparisons:
        table = runs(comparison)
        yield f"### {_name(comparison)} runs ({table.size})"
        yield from _table(table)


def _name(comparison: Comparison) -> str:
    return heading(comparison.task)


def _table(table: Table) -> Iterator[str]:
    rows = [[column.name for column in table.columns]]
    for group, cells in table.groups:
        rows += [[f"{group}: {row[0]}" if group else str(row[0]), *map(str, row[1:])] for row in cells]
    yield _safe(table.caption)
    yield _grid(rows, [column.numeric for column in table.columns])
    if table.notes:
        yield "\n".join(f"- {_safe(note)}" for note in table.notes)


def _grid(rows: Sequence[Sequence[str]], numeric: Iterable[bool]) -> str:
    head, *body = ("| " + " | ".join(map(_safe, row)) + " |" for row in rows)
    rule = "|" + "|".join("---:" if right else "---" for right in numeric) + "|"
    return "\n".join([head, rule, *body])


def _safe(text: str) -> str:
    """The text on one line, with nothing in it that Markdown or HTML would read as its own."""
    line = " ".join(visible(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*\[\]|~$]|(?<!\w)_|_(?!\w)|^[#+-](?= ))", r"\\\1", line)
