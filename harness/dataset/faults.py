"""What is wrong with rows, by file and line, and the second files that they are joined to."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from harness.dataset.table import Table
from harness.errors import InputError

log = logging.getLogger(__name__)

TOLD = 5  # faults that an error names; a count stands for the rest
Row = Mapping[str, Any]


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
