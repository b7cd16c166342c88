"""Whatever predicts a label: one module a system, made by Hydra from a YAML in `configs/system/`.

A system is a frozen dataclass. A zero-shot one has `predict`; one that is trained has `fit`, which gives a new object with
`predict` and changes nothing in itself. A zero-shot system is never handed gold, since it has nothing that takes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from harness.schema import Prediction, Question


class System(Protocol):
    """Answers questions, in any order, each exactly once."""

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question, as it is ready."""
        ...


@runtime_checkable
class Trainable(Protocol):
    """Learns from labelled questions before it predicts others."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Give a fitted system; `gold` maps the ids of `questions` to labels."""
        ...


@runtime_checkable
class ClusterTrainable(Protocol):
    """Learns from labelled questions, and holds some of them out by whole clusters to do so: calibration, early stopping."""

    def fit_clusters(
        self, questions: Sequence[Question], gold: Mapping[str, str], clusters: Mapping[str, str]
    ) -> System:
        """Give a fitted system; `clusters` maps the ids of the training questions, and of no others, to clusters."""
        ...


@runtime_checkable
class Joined(Protocol):
    """Has its answers from elsewhere, and joins them by id."""

    def join(self, known: Collection[str], asked: Sequence[str]) -> tuple[str, ...]:
        """Be told all ids of the task, and those that a run asks; gives those to ask. Raises InputError where its answers do not fit them."""
        ...


@runtime_checkable
class Polled(Protocol):
    """Is the crowd itself: made from the annotators' votes, never from gold."""

    def polled(self, ballots: Mapping[str, Sequence[tuple[str, str]]], labels: Sequence[str]) -> System:
        """Give the system that has these votes: annotator and label by question id; raises InputError where there are none."""
        ...


def fit(
    system: Trainable, questions: Sequence[Question], gold: Mapping[str, str], clusters: Mapping[str, str]
) -> System:
    """Fit a system, with the training questions' clusters where it asks for them."""
    if isinstance(system, ClusterTrainable):
        return system.fit_clusters(questions, gold, {q.id: clusters[q.id] for q in questions})
    return system.fit(questions, gold)
