"""Whatever predicts a label: one module a system, made by Hydra from a YAML in `configs/system/`.

A system is a frozen dataclass. A zero-shot one has `predict`; one that is trained has `fit`, which gives a new object with
`predict` and changes nothing in itself. A zero-shot system is never handed gold, since it has nothing that takes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
