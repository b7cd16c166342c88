"""The items of a table dataset: one question an example, in the dataset's own labels or in ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.dataset.ballots import ballots
from harness.dataset.column import column, plain
from harness.dataset.example import Example, Examples, Reading
from harness.dataset.rows import rows
from harness.dataset.shape import Shape
from harness.dataset.table import Table
from harness.errors import ConfigError, InputError
from harness.evidence import ClosedBook, Gold, Setting
from harness.label import Task
from harness.schema import Question
from harness.task import Items


@dataclass(frozen=True)
class Questions:
    """The questions of a table, made as they are asked for: of a million rows one is in memory at a time."""

    table: Table
    task: Task
    closed: bool
    """Whether the evidence is taken away."""

    def __iter__(self) -> Iterator[Question]:
        return (question for question, _, _ in self.labelled())

    def labelled(self) -> Iterator[tuple[Question, str, str]]:
        """Each question with its gold and its cluster. Raises as `pairs` does.

        Rows whose columns are all plain words go a short way: no more than what a question needs is looked up and made.
        """
        examples = Examples(self.table, self.task)
        names = flat(self.table, examples)
        if names is None:
            yield from ((question, example.gold, example.cluster) for question, example in self.pairs())
            return
        reading, make = Reading(examples), Question.__pydantic_validator__.validate_python
        claim, gold, id_, words, group = names
        labels, hashes = reading.shape.labels, reading.hashes
        fixed = self._fixed() | ({"holder": "voice"} if self.task is Task.STANCE else {})
        for file in self.table.dataset.map.files:
            path, counts = self.table.root / file.path, reading.counts[file.split]
            for line, row in rows(path, self.table.dataset.map.format):
                try:
                    said, native, text = row[claim], row[gold], row[words] if words else ""  # type: ignore[index]
                    label, name = labels[native], row[id_]  # type: ignore[index]
                    if not (said and label and name):
                        raise KeyError
                    shown = ({"id": "0", "text": text},) if text and not self.closed else ()
                    question = make({"id": name, "claim": said, "evidence": shown, **fixed})
                    cluster = plain(row[group]) or said if group else said  # type: ignore[index]
                except (
                    KeyError,
                    TypeError,
                    ValueError,
                ):  # it may be a number, be missing, or be a fault: the long way says which
                    where = f"{path} line {line}"
                    if isinstance(row, str):
                        reading.faults.add(where, row)
                    elif taken := reading.take(where, row | {"_split": file.split, "_file": file.path, "_row": line}):
                        yield self._question(taken, reading.shape), taken.gold, taken.cluster
                    continue
                counts[native] += 1
                hashes.append(hash(name))
                yield question, label, cluster
        reading.end()

    def _fixed(self) -> dict[str, Any]:
        allowed = self.table.axis(self.task).allowed(self.table.dataset.space)
        return {"task": self.task, "labels": allowed, "as_of": self.table.as_of}

    def _question(self, example: Example, shape: Shape) -> Question:
        """One question, the long way; raises InputError for a date that is none."""
        columns = self.table.axis(self.task).columns
        fields = self._fixed() | {
            "id": example.id,
            "claim": example.claim,
            "evidence": () if self.closed else tuple({"id": id_, "text": said} for id_, said in example.texts),
        }
        try:
            if columns.date is not None:
                fields["as_of"] = shape.date(example.row)
        except InputError as error:
            raise InputError(f"{example.where} {error}") from error
        if self.task is Task.STANCE:
            fields["holder"] = (shape.holder(example.row) if columns.holder else "") or "voice"
        return Question.model_validate(fields)

    def pairs(self) -> Iterator[tuple[Question, Example]]:
        """Each question with what it was made of. Raises InputError as `Examples` does, and for a date that is none."""
        examples = Examples(self.table, self.task)
        shape = Shape(self.table, self.task)
        return ((self._question(example, shape), example) for example in examples)


def flat(table: Table, examples: Examples) -> tuple[str, str, str | None, str | None, str | None] | None:
    """The columns of claim, gold, id, evidence and cluster, where each is one plain column and a row is one question."""
    axis, dataset = table.axis(examples.task), table.dataset
    columns, layout = axis.columns, axis.evidence
    asked = (columns.claim, columns.gold, columns.id, columns.cluster, layout.text if layout else None)
    simple = not (axis.each or dataset.map.joins or dataset.splits or columns.split or columns.date or columns.holder)
    nested = layout is not None and (layout.each is not None or layout.id is not None)
    names = [name for name in asked if name is not None]
    if (
        not simple
        or nested
        or columns.id is None
        or dataset.faults == "skip"
        or not all(isinstance(name, str) and "." not in name for name in names)
    ):
        return None
    claim, gold, id_, group, words = (str(name) if name is not None else None for name in asked)
    return str(claim), str(gold), id_, words, group


def mapped(table: Table, task: Task, setting: Setting) -> Items:
    """One question an example, with the texts of its own row as evidence. Raises ConfigError for another evidence setting."""
    if not isinstance(setting, Gold | ClosedBook):
        raise ConfigError(
            f"evidence is {type(setting).__name__} and dataset {table.name} has no collection to search; expected evidence=gold "
            "(the texts of each row) or evidence=none"
        )
    axis, shape = table.axis(task), Shape(table, task)
    vote = ballots(table, axis.votes, shape.labels) if axis.votes else None
    sets = column(axis.evidence.sets) if axis.evidence and axis.evidence.sets else None
    questions, found = [], _Found()
    for question, example in Questions(table, task, isinstance(setting, ClosedBook)).pairs():
        questions.append(question)
        found.add(example, shape, vote(example.row) if vote else (), sets(example.row) if sets else None)
    if not questions:
        raise InputError(f"dataset {table.name} has no row to ask about; expected some in its splits and labels")
    ids = [question.id for question in questions]
    return Items(
        questions=tuple(sorted(questions, key=lambda question: question.id)),
        labels=axis.allowed(table.dataset.space),
        gold=found.gold,
        clusters=found.clusters,
        folds=dict.fromkeys(ids, 0),
        slices=found.slices,
        justification=found.justification,
        gold_evidence=found.sets if sets else {},
        gold_passages=found.passages,
        votes={id_: dict(Counter(label for _, label in cast)) for id_, cast in found.ballots.items()},
        ballots=found.ballots,
    )


class _Found:
    """What is kept of every example, by id."""

    def __init__(self) -> None:
        self.gold: dict[str, str] = {}
        self.clusters: dict[str, str] = {}
        self.slices: dict[str, Mapping[str, str]] = {}
        self.justification: dict[str, str] = {}
        self.passages: dict[str, tuple[str, ...]] = {}
        self.sets: dict[str, tuple[frozenset[str], ...]] = {}
        self.ballots: dict[str, tuple[tuple[str, str], ...]] = {}

    def add(self, example: Example, shape: Shape, cast: tuple[tuple[str, str], ...], sets: Any) -> None:
        id_, row = example.id, example.row
        self.gold[id_] = example.gold
        self.clusters[id_] = example.cluster
        self.slices[id_] = {"split": example.split} | {name: get(row) or "-" for name, get in shape.slices.items()}
        self.justification[id_] = shape.justification(row)
        self.passages[id_] = tuple(name for name, _ in example.texts)
        if cast:
            self.ballots[id_] = cast
        if sets is not None:
            self.sets[id_] = tuple(frozenset(map(str, one)) for one in sets if one)
