"""A table's rows as examples: what a question is made of, its gold, and where it stands in the files.

for example in Examples(table, Task.STANCE):
    example.claim, example.gold, example.texts, example.where
"""

from __future__ import annotations

import logging
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from harness.dataset.column import AbsentError, column, key, optional, plain, text, walk, whole
from harness.dataset.mapping import EvidenceMap, Join
from harness.dataset.rows import rows
from harness.dataset.table import Table
from harness.errors import InputError
from harness.label import Task

log = logging.getLogger(__name__)

TWICE = "which an earlier row has; expected every id once"
TOLD = 5  # faults that an error names; a count stands for the rest
Row = Mapping[str, Any]


class Example(NamedTuple):
    """One row, mapped."""

    id: str
    split: str
    claim: str
    gold: str
    """A label that the questions allow."""
    native: str
    """The dataset's own."""
    texts: tuple[tuple[str, str], ...]
    """Id and words of each text of evidence."""
    cluster: str
    row: Row
    """The row itself, for what only some readers need."""
    where: str
    """File and line."""


@dataclass(frozen=True)
class Examples:
    """The examples of one task, in the order of the files; every pass reads the files anew."""

    table: Table
    task: Task

    def __iter__(self) -> Iterator[Example]:
        """Give each, and when all were read raise InputError for faults, and for counts that are not as expected."""
        reading = Reading(self)
        for place, row in self.rows(reading.faults):
            example = reading.take(place, row)
            if example is not None:
                yield example
        reading.end()

    def rows(self, faults: Faults) -> Iterator[tuple[str, Row]]:
        """Every row with its place, joined, and one for each element of a nested list where the axis says so."""
        joins = [(join, Joined(self.table, join, faults)) for join in self.table.dataset.map.joins]
        each = self.table.axis(self.task).each
        down = walk(each) if each else None
        for file in self.table.dataset.map.files:
            path, place = self.table.root / file.path, -1
            own = {"_split": file.split, "_file": file.path}
            here = [joined for join, joined in joins if join.split in {None, file.split}]
            for line, row in rows(path, self.table.dataset.map.format):
                where = f"{path} line {line}"
                place += 1
                if isinstance(row, str):
                    faults.add(where, row)
                    continue
                row |= own
                row["_row"] = place
                try:
                    for joined in here:
                        row |= joined.of(row)
                    if down is None:
                        yield where, row
                    else:
                        for inner in down(row):
                            yield where, inner
                except AbsentError as error:
                    faults.no_column(where, str(error.args[0]), row)


class Reading:
    """One pass over the rows: what was counted, which ids were there, what is wrong."""

    def __init__(self, examples: Examples) -> None:
        self._examples, self._table = examples, examples.table
        self.axis, self.shape = self._table.axis(examples.task), Shape(examples)
        self.faults = Faults(self._table)
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.hashes = array("q")
        """Of the ids: eight bytes each, where a set of a million ids takes a hundred million."""
        self._seen: Counter[str] = Counter()
        columns = self.axis.columns
        self.kind = "none" if columns.id is None else "one" if isinstance(columns.id, str) else "several"
        self._strict = self.kind == "several" or (self.kind == "one" and self._table.dataset.faults == "skip")

    def take(self, place: str, row: Row) -> Example | None:
        """The example of a row; `None` for one that has a fault or is not asked about."""
        shape, columns, dataset = self.shape, self.axis.columns, self._table.dataset
        try:
            native = plain(shape.gold(row))
            claim, split = shape.claim(row), shape.split(row)
            found, id_ = shape.texts(row), shape.id(row)
            cluster = shape.cluster(row) or claim
        except AbsentError as error:
            self.faults.no_column(place, str(error.args[0]), row)
            return None
        label = shape.labels.get(native, "")
        if label == "" and whole(native) != native:
            native = whole(native)
            label = shape.labels.get(native, "")
        if label == "":
            told = f"has {columns.gold} {native!r}; expected {shape.expected}" if native else f"has no {columns.gold}"
            self.faults.add(place, told)
            return None
        self.counts[split][native] += 1
        if label is None or (dataset.splits is not None and split not in dataset.splits):
            return None
        if not claim or not id_:
            self.faults.add(place, f"has no {columns.claim if not claim else columns.id}")
            return None
        if self._strict:
            self._seen[id_] += 1
            if self._seen[id_] > 1:
                if self.kind == "one":
                    self.faults.add(place, f"has {columns.id} {id_!r}, {TWICE}")
                    return None
                id_ = f"{id_}-{self._seen[id_]}"
        elif self.kind == "one":
            self.hashes.append(hash(id_))
        return Example(id_, split, claim, label, native, found, cluster, row, place)

    def end(self) -> None:
        """Raise InputError for faults, or log them; then compare the counts with what the map expects."""
        if self.hashes and (twice := self._twice()):
            self._tell_twice(twice)
        self.faults.tell()
        self._verify(self.counts)

    def _twice(self) -> set[int]:
        import numpy as np

        values, n = np.unique(np.frombuffer(self.hashes, dtype=np.int64), return_counts=True)
        return {int(value) for value in values[n > 1]}

    def _tell_twice(self, hashes: set[int]) -> None:
        """Read once more for the lines; two ids with one hash are no fault."""
        seen: set[str] = set()
        for place, row in self._examples.rows(Faults(self._table)):
            try:
                id_ = self.shape.id(row)
            except AbsentError:
                continue
            if hash(id_) in hashes:
                if id_ in seen:
                    self.faults.add(place, f"has {self.axis.columns.id} {id_!r}, {TWICE}")
                seen.add(id_)

    def _verify(self, counts: Mapping[str, Counter[str]]) -> None:
        """Compare with what the map expects; raises InputError, or warns, with the difference."""
        expected = self.axis.expected
        found = {f"rows of {split}": n.total() for split, n in counts.items()} | {
            f"{label} of {split}": n for split, labels in counts.items() for label, n in labels.items()
        }
        should = {f"rows of {split}": n for split, n in expected.rows.items()} | {
            f"{label} of {split}": n for split, labels in expected.labels.items() for label, n in labels.items()
        }
        wrong = [f"{found.get(what, 0):,} {what} for {n:,}" for what, n in should.items() if found.get(what, 0) != n]
        if wrong:
            name = self._table.name
            self._table.dataset.differ(
                f"dataset {name} has {', '.join(wrong[:TOLD])}{' and more' if len(wrong) > TOLD else ''} expected (a reader that takes "
                "quotation marks for quotes swallows rows: dataset.format.quoting=none)"
            )


class Shape:
    """The getters of an axis, made once."""

    def __init__(self, examples: Examples) -> None:
        table = examples.table
        axis, space = table.axis(examples.task), table.dataset.space
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


class Faults:
    """What is wrong with rows, by file and line."""

    def __init__(self, table: Table) -> None:
        self._table, self._first, self._n = table, [], 0  # type: ignore[var-annotated]

    def add(self, where: str, words: str) -> None:
        """Note one."""
        self._n += 1
        if len(self._first) < TOLD:
            self._first.append(f"{where} {words}")

    def no_column(self, where: str, name: str, row: Row) -> None:
        """Raise InputError at once for a column that the very first rows do not have; note it where only some lack it."""
        known = ", ".join(name for name in row if not name.startswith("_"))
        self.add(where, f"has no column {name!r}; expected one of {known}")
        if self._n >= TOLD:
            self.tell(skip=False)

    def tell(self, *, skip: bool | None = None) -> None:
        """Raise InputError with the first of them, or log them where rows with faults are skipped."""
        if not self._n:
            return
        more = f"; and {self._n - len(self._first)} more" if self._n > len(self._first) else ""
        words = "; ".join(self._first) + more
        if self._table.dataset.faults == "skip" and skip is not False:
            log.warning("%d rows are left out: %s", self._n, words)
            return
        raise InputError(f"{words}: mend the rows or the map, or leave them out by dataset.faults=skip")


class Joined:
    """The rows of a second file by key, held in memory."""

    def __init__(self, table: Table, join: Join, faults: Faults) -> None:
        self._join, self._faults = join, faults
        self._get = text(join.by)
        self._path = table.root / join.path
        self._form = table.dataset.map.format.model_copy(update={"header": None})

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        name, found = text(self._join.key or self._join.by), {}
        for line, row in rows(self._path, self._form):
            if isinstance(row, str):
                raise InputError(f"{self._path} line {line} {row}")
            try:
                found[name(row)] = row
            except AbsentError as error:
                raise InputError(
                    f"{self._path} has no column {error.args[0]!r}; expected one of {', '.join(row)}"
                ) from error
        return found

    def of(self, row: Row) -> dict[str, Any]:
        """The columns of the row that this one names; its own stay as they are. Raises InputError where there is none."""
        try:
            other = self._rows[self._get(row)]
        except KeyError as error:
            if isinstance(error, AbsentError):
                raise
            raise InputError(
                f"{row['_file']} row {row['_row'] + 1} names {self._join.by} {self._get(row)!r}, which {self._path} does not have"
            ) from error
        return {name: value for name, value in other.items() if name not in row}
