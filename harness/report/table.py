"""A table as text, made once for all renderers, so that HTML, Markdown and the terminal show the same numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.report.figure import count, interval, percent
from harness.score import Score, System


@dataclass(frozen=True)
class Cell:
    """One cell."""

    text: str
    """What it says."""
    small: str = ""
    """What stands below it: the interval, n."""
    sort: float | None = None
    """What a numeric column is sorted by; `None` comes last."""
    title: str = ""
    """A remark that no reader needs in order to understand the table."""

    def __str__(self) -> str:
        """The cell in one line: "71.3 (66.0 to 76.1)"."""
        return f"{self.text} ({self.small})" if self.small else self.text


@dataclass(frozen=True)
class Column:
    """A column's heading."""

    name: str
    """In words, with the unit."""
    numeric: bool = True
    """Whether its cells are numbers: aligned at the right, sorted by value."""

    @property
    def key(self) -> str:
        """The name as a class of the page: only small letters and hyphens."""
        return re.sub("[^a-z]+", "-", self.name.lower()).strip("-") or "plain"


Row = tuple[Cell, ...]
"""The first cell of a row is its heading."""


@dataclass(frozen=True)
class Table:
    """A table that stands under a heading of its own."""

    name: str
    """For an address in the page."""
    title: str
    """In words."""
    size: str
    """On how many questions and clusters it is."""
    caption: str
    """How to read it."""
    columns: tuple[Column, ...]
    """As many as each row has cells."""
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    """Rows under a group's name; one group without a name is a plain table, which can be sorted."""
    notes: tuple[str, ...] = ()
    """Reservations on single values."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, whatever their group."""
        return tuple(row for _, rows in self.groups for row in rows)

    @property
    def sortable(self) -> bool:
        """Whether its rows may change places."""
        return len(self.groups) == 1 and len(self.rows) > 1


def find(system: System, metric: str, part: str = "all") -> Score | None:
    """The system's score of that metric on that slice, or None."""
    return next((s for s in system.scores if (s.metric, s.slice) == (metric, part)), None)


def value_cell(score: Score | None) -> Cell:
    """A value with its interval below it, or "-"."""
    if score is None or score.value is None:
        return Cell("-", title=score.note if score else "")
    return Cell(percent(score.value), interval(score.low, score.high), score.value, score.note)


def n_cell(score: Score) -> Cell:
    """Answered questions, with the asked ones below."""
    return Cell(count(score.n_answered), f"of {count(score.n)}", score.n_answered)
