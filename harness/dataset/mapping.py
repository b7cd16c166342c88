"""The map of a public or a user's own dataset into questions, as a YAML in `configs/dataset/` writes it.

Column names are as in `harness.dataset.column`; beside a row's own there are `_split`, `_file` and `_row` (its place in its file, from 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field, ValidationError

from harness.dataset.rows import Format
from harness.errors import ConfigError
from harness.label import Stance, Task, Veracity
from harness.record import Record, in_words

Name = str | tuple[str, ...]
OURS: dict[Task, tuple[str, ...]] = {Task.VERACITY: tuple(Veracity), Task.STANCE: tuple(Stance)}


class File(Record):
    """A file of rows."""

    path: str
    """Below the dataset's folder, or absolute."""
    split: str = "all"
    """The part that its rows are of, unless `columns.split` says so row by row."""
    sha256: str | None = None
    """Of its bytes; `None` where nobody has counted it."""


class Join(Record):
    """Columns from a second file, which is held in memory: FNC-1's bodies."""

    path: str
    by: str
    """The column of the rows that names a row of this file."""
    key: str | None = None
    """The column of this file that it names; `None` is `by`."""
    split: str | None = None
    """Joined to the rows of this split alone; `None` to all."""
    sha256: str | None = None


class Columns(Record):
    """Which column is what."""

    claim: Name
    """The claim's text; several are joined by a space."""
    gold: str
    """The label."""
    id: Name | None = None
    """`None` gives `<split>-<place in the file>`; of several columns a hash is taken, and what is there again gets a number."""
    cluster: Name | None = None
    """What must stay together; `None` keeps rows of the same claim together."""
    split: str | None = None
    """The part; `None` is that of the file."""
    holder: str | None = None
    """Whose stance is asked."""
    date: str | None = None
    """The claim's date, by which it is to be judged; `None` is the dataset's `as_of`."""
    date_format: str | None = None
    """As for strptime, `%d-%m-%Y`; `None` is ISO."""
    justification: Name | None = None
    """Why the label holds."""
    slices: dict[str, str] = Field(default_factory=dict)
    """Fields that scores are broken down by, and their columns."""
    metadata: tuple[str, ...] = ()
    """Columns that no system reads; the audit asks whether they give the label away."""


class EvidenceMap(Record):
    """What is evidence in a row, and how it is laid out."""

    text: Name
    """Its words; several columns are joined by a space."""
    each: str | None = None
    """Nested lists with one text an element: `questions[].answers[]`; `None` is one text a row."""
    id: Name | None = None
    """`None` is its number in the row, from 0."""
    sets: str | None = None
    """A list of lists of ids, each of which alone settles the claim; `None` is all of the row's texts."""
    url: str | None = None
    """Where it was found; for the audit."""
    date: str | None = None
    """Its date; for the audit."""


class Votes(Record):
    """The labels that annotators gave, one by one."""

    label: str
    """The column of the label, in the dataset's own words."""
    each: str | None = None
    """A list in the row with one vote an element; `None` where `path` is given."""
    annotator: str = "_n"
    """The column of who voted; the place in the list where people are not told apart."""
    path: str | None = None
    """A file with one vote a row."""
    by: str | None = None
    """The column of the rows that the file's `key` names."""
    key: str | None = None
    """Of the file; `None` is `by`."""
    labels: dict[str, str | None] = Field(default_factory=dict)
    """Words of the votes and the gold's words for them; `None` leaves a vote out."""
    sha256: str | None = None


class Expected(Record):
    """Counts that the files must have, taken before anything is left out."""

    rows: dict[str, int] = Field(default_factory=dict)
    """By split."""
    labels: dict[str, dict[str, int]] = Field(default_factory=dict)
    """By split and label."""


class Axis(Record):
    """One question that a dataset's rows are asked: a task with its columns and labels."""

    task: Task
    """Veracity or stance."""
    kind: str | None = None
    """In a few words, whose stance toward what, or true by what."""
    each: str | None = None
    """Nested lists with one question an element; `None` is one question a row."""
    columns: Columns
    labels: dict[str, str | None] | None = None
    """The dataset's labels in their order, and ours for them; `None` for a label leaves its rows out of `space=ours`. `None` instead
    of a table: the labels are ours."""
    dropped: tuple[str, ...] = ()
    """Labels whose rows are left out."""
    losses: str | None = None
    """What the table of labels loses."""
    evidence: EvidenceMap | None = None
    votes: Votes | None = None
    expected: Expected = Expected()

    def of(self, space: Literal["native", "ours"]) -> dict[str, str | None]:
        """The dataset's labels and those that questions allow for them. Raises ConfigError for labels that are not ours."""
        ours = OURS[self.task]
        table = dict.fromkeys(ours, "") if self.labels is None else self.labels
        table = {name: name if self.labels is None or space == "native" else to for name, to in table.items()}
        table |= dict.fromkeys(self.dropped)
        strange = sorted({str(to) for to in (self.labels or {}).values() if to is not None} - set(ours))
        if strange:
            raise ConfigError(
                f"dataset.labels maps to {strange[0]!r}; expected {', '.join(ours)}, or null for a label that has no counterpart"
            )
        if len({to for to in table.values() if to is not None}) < 2:
            raise ConfigError("dataset.labels leaves fewer than two labels; expected two or more")
        return table

    def allowed(self, space: Literal["native", "ours"]) -> tuple[str, ...]:
        """The labels that questions allow: the dataset's in the order of the table, or those of ours that it reaches."""
        reached = [to for to in self.of(space).values() if to is not None]
        native = space == "native" and self.labels is not None
        return (
            tuple(dict.fromkeys(reached)) if native else tuple(label for label in OURS[self.task] if label in reached)
        )


class Map(Record):
    """A whole dataset."""

    name: str
    version: str = "1"
    """Of the data: a release or a commit."""
    as_of: date
    """The day on which verdicts are to hold, where rows have no date of their own."""
    files: tuple[File, ...] = Field(min_length=1)
    format: Format = Format()
    joins: tuple[Join, ...] = ()
    axes: tuple[Axis, ...]
    """The first is the one that the YAML is written for."""
    source: str | None = None
    """Where to get it."""
    hub: str | None = None
    """Its id at the Hugging Face hub."""
    revision: str | None = None
    """The commit there, or at the source."""
    licence: str | None = None
    citation: str | None = None

    def axis(self, task: Task) -> Axis:
        """The axis of a task; raises ConfigError for one that the dataset does not have."""
        for axis in self.axes:
            if axis.task is task:
                return axis
        known = " or ".join(f"task={axis.task}" for axis in self.axes)
        raise ConfigError(f"dataset {self.name} has no labels of {task}; expected {known}")


def parsed(given: Mapping[str, Any], also: Mapping[str, Any]) -> Map:
    """The map from a YAML's keys; what `also` says of another task stands over what the file says of its own.

    Raises ConfigError naming the key.
    """
    shared = {name: given[name] for name in Axis.model_fields if given.get(name) is not None}
    axes = [
        shared,
        *(shared | {"expected": {}, "dropped": ()} | dict(over) | {"task": task} for task, over in also.items()),
    ]
    whole = {name: value for name, value in given.items() if name in Map.model_fields and value is not None}
    try:
        return Map.model_validate(_strings(whole | {"axes": axes}))
    except ValidationError as error:
        raise ConfigError(f"dataset {in_words(error)}") from error


def _strings(node: Any) -> Any:
    """Keys as strings, since YAML reads true, false and numbers: a table of labels is of words."""
    if isinstance(node, Mapping):
        return {str(key): _strings(value) for key, value in node.items()}
    return [_strings(value) for value in node] if isinstance(node, list | tuple) else node
