"""The items of a table dataset: one question an example, in the dataset's own labels or in ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.dataset.ballots import ballots
from harness.dataset.column import column
from harness.dataset.example import Example, Examples, Shape
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
        return (question for question, _ in self.pairs())

    def pairs(self) -> Iterator[tuple[Question, Example]]:
        """Each question with what it was made of. Raises InputError as `Examples` does, and for a date that is none."""
        examples = Examples(self.table, self.task)
        shape, make = Shape(examples), Question.__pydantic_validator__.validate_python
        fixed: dict[str, Any] = {
            "task": self.task,
            "labels": self.table.axis(self.task).allowed(self.table.dataset.space),
        }
        dated = self.table.axis(self.task).columns.date is not None
        held = self.table.axis(self.task).columns.holder is not None
        stance = self.task is Task.STANCE
        as_of = self.table.as_of
        for example in examples:
            try:
                fields = {
                    "id": example.id,
                    "claim": example.claim,
                    "evidence": ()
                    if self.closed
                    else tuple([{"id": id_, "text": said} for id_, said in example.texts]),
                    "as_of": shape.date(example.row) if dated else as_of,
                    **fixed,
                }
                if stance:
                    fields["holder"] = (shape.holder(example.row) if held else "") or "voice"
                yield make(fields), example
            except InputError as error:
                raise InputError(f"{example.where} {error}") from error


def mapped(table: Table, task: Task, setting: Setting) -> Items:
    """One question an example, with the texts of its own row as evidence. Raises ConfigError for another evidence setting."""
    if not isinstance(setting, Gold | ClosedBook):
        raise ConfigError(
            f"evidence is {type(setting).__name__} and dataset {table.name} has no collection to search; expected evidence=gold "
            "(the texts of each row), evidence=none, or evidence=retrieved_folder"
        )
    axis, shape = table.axis(task), Shape(Examples(table, task))
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
