"""What is asked: a task makes questions, gold and groups from the dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from harness.dataset.corpus import Corpus
from harness.errors import InputError
from harness.evidence import Setting
from harness.schema import Evidence, Question


@dataclass(frozen=True)
class Items:
    """The questions of a task, and apart from them, by question id, what systems never see."""

    questions: tuple[Question, ...]
    """In the order of their ids."""
    labels: tuple[str, ...]
    """The allowed labels, in the schema's order."""
    gold: Mapping[str, str]
    """The label."""
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

    def __post_init__(self) -> None:
        if not self.questions:
            raise InputError(
                "the task has no question; expected at least one: check the dataset's split and task.content"
            )


class TaskBuilder(Protocol):
    """Makes the items of one task."""

    def items(self, corpus: Corpus, setting: Setting) -> Items:
        """Give questions with the evidence that the setting allows, and their gold."""
        ...


def texts(corpus: Corpus, passages: tuple[str, ...]) -> tuple[Evidence, ...]:
    """The passages' texts, in the order of the articles; raises InputError where one is withheld."""
    found = []
    for passage in sorted(passages, key=lambda id_: (corpus.passages[id_].article, corpus.passages[id_].start)):
        text = corpus.passages[passage].text
        if text is None:
            raise InputError(
                f'passage "{passage}" has no text in {corpus.path}; expected it for a passage that a question uses'
            )
        found.append(Evidence(id=passage, text=text))
    return tuple(found)
