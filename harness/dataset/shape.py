"""The getters of an axis, made once: from a row to claim, gold, evidence, cluster, id and date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from harness.dataset.column import column, key, optional, text, walk
from harness.dataset.mapping import EvidenceMap
from harness.dataset.table import Table
from harness.errors import InputError
from harness.label import Task

Row = Mapping[str, Any]


class Shape:
    """The getters of an axis, made once."""

    def __init__(self, table: Table, task: Task) -> None:
        axis, space = table.axis(task), table.dataset.space
        columns = axis.columns
        self.gold = column(columns.gold)
        self.claim = text(columns.claim)
        self.split = text(columns.split or "_split")
        self.cluster: Callable[[Row], str] = key(columns.cluster) if columns.cluster else lambda _: ""
        self.id: Callable[[Row], str] = key(columns.id) if columns.id else _numbered
        self.labels: dict[str, str | None] = dict(axis.of(space))
        self.expected = f"{', '.join(self.labels)}, or a row for it in dataset.labels"
        self.texts = texts(axis.evidence)
        self.date = _dated(columns.date, columns.date_format, table.as_of)
        self.holder = text(columns.holder)
        self.justification = optional(columns.justification)
        self.slices = {name: optional(path) for name, path in columns.slices.items()}


def _numbered(row: Row) -> str:
    place = f"{row['_split']}-{row['_row']}"
    return f"{place}-{row['_n']}" if "_n" in row else place


def texts(layout: EvidenceMap | None) -> Callable[[Row], tuple[tuple[str, str], ...]]:
    """Id and words of each text of a row."""
    if layout is None:
        return lambda _: ()
    words, name = (optional if layout.each else text)(layout.text), optional(layout.id) if layout.id else None
    if layout.each is None:

        def one(row: Row) -> tuple[tuple[str, str], ...]:
            found = words(row)
            return ((name(row) if name else "0", found),) if found else ()

        return one
    down = walk(layout.each)

    def nested(row: Row) -> tuple[tuple[str, str], ...]:
        found: dict[str, str] = {}
        for number, inner in enumerate(down(row)):
            if said := words(inner):
                own = name(inner) if name else ""
                found[own if own and own not in found else f"{own}-{number}".lstrip("-")] = said
        return tuple(found.items())

    return nested


def _dated(path: str | None, form: str | None, otherwise: date) -> Callable[[Row], date]:
    if path is None:
        return lambda _: otherwise
    get = optional(path)

    def dated(row: Row) -> date:
        found = get(row)
        if not found:
            return otherwise
        try:
            return datetime.strptime(found, form).date() if form else date.fromisoformat(found[:10])  # noqa: DTZ007 - a day, no time
        except ValueError as error:
            raise InputError(
                f"has {path} {found!r}, which is no date like {form or '2026-01-31'}: dataset.columns.date_format"
            ) from error

    return dated
