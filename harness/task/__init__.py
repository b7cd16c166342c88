"""What is asked: a task makes questions, gold and groups from the dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from harness.dataset.corpus import Corpus
from harness.dataset.table import Table
from harness.errors import InputError
from harness.evidence import Setting
from harness.evidence.ranking import Retrieval
from harness.schema import Question


@dataclass(frozen=True)
class Items:
    """The questions of a task, and apart from them, by question id, what systems never see."""

    questions: tuple[Question, ...]
    """In the order of their ids."""
    labels: tuple[str, ...]
    """The allowed labels, in the schema's order."""
    gold: Mapping[str, str]
    """The label, in the order of the questions."""
    clusters: Mapping[str, str]
    """The cluster: what is not independent shares one."""
    folds: Mapping[str, int]
    """The dataset's own fold of that cluster, for seed 0."""
    slices: Mapping[str, Mapping[str, str]]
    """Field and value, for scores by slice; `-` where a field does not apply."""
    justification: Mapping[str, str]
    """Why the label holds."""
    families: Mapping[str, str] = field(default_factory=dict)
    """The claim that it descends from, itself included; empty where a task has no families."""
    parents: Mapping[str, str] = field(default_factory=dict)
    """The question that it is an edit of, where it is one."""
    passages: Mapping[str, str] = field(default_factory=dict)
    """The passage that a pair asks about; empty where questions share none."""
    claims: Mapping[str, str] = field(default_factory=dict)
    """The claim that a pair is about."""
    gold_evidence: Mapping[str, tuple[frozenset[str], ...]] = field(default_factory=dict)
    """Sets of passages, each of which alone settles the question; empty where the task asks for none."""
    votes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """How many annotators gave which label; empty where the dataset has no votes."""
    merged: Mapping[str, str] = field(default_factory=dict)
    """Labels that annotators chose from and the task takes together: the label for which each counts."""
    ballots: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Annotator and label of each vote, where a public dataset has them; for systems that are the crowd."""
    gold_passages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of the gold passages, whatever the evidence setting shows."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The words of the dataset's passages by id, but for those that are withheld."""
    retrieval: Retrieval | None = None
    """The rankings that the evidence was taken from; `None` where nothing was retrieved."""

    def __post_init__(self) -> None:
        if not self.questions:
            raise InputError(
                "the task has no question; expected at least one: check the dataset's split and task.content"
            )


class TaskBuilder(Protocol):
    """Makes the items of one task."""

    def items(self, corpus: Corpus | Table, setting: Setting) -> Items:
        """Give questions with the evidence that the setting allows, and their gold."""
        ...
