"""A table's rows as examples: what a question is made of, its gold, and where it stands in the files.

for example in Examples(table, Task.STANCE):
    example.claim, example.gold, example.texts, example.where
"""

from __future__ import annotations

import logging
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from harness.dataset.column import AbsentError, plain, walk, whole
from harness.dataset.faults import TOLD, Faults
from harness.dataset.joined import Joined
from harness.dataset.rows import rows
from harness.dataset.shape import Shape
from harness.dataset.table import Table
from harness.label import Task

log = logging.getLogger(__name__)

TWICE = "which an earlier row has; expected every id once"
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
        joins = [(join, Joined(self.table, join)) for join in self.table.dataset.map.joins]
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
        self.axis, self.shape = self._table.axis(examples.task), Shape(self._table, examples.task)
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
