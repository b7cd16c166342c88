"""The rows of a second file, joined to those of the first: FNC-1's bodies to its stances."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from harness.dataset.column import AbsentError, text
from harness.dataset.mapping import Join
from harness.dataset.rows import rows
from harness.dataset.table import Table
from harness.errors import InputError

Row = Mapping[str, Any]


class Joined:
    """The rows of a second file by key, held in memory."""

    def __init__(self, table: Table, join: Join) -> None:
        self._join = join
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
