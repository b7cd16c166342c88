"""One label whatever is asked: the floor that a published table calls "all unrelated", or a split's own majority."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.errors import ConfigError
from harness.label import Outcome
from harness.schema import Prediction, Question


@dataclass(frozen=True)
class Constant:
    """The same label whatever is asked."""

    floor: ClassVar[bool] = True
    """No contender: it reads nothing."""

    label: str

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give it to each; raises ConfigError where a question does not allow it."""
        for question in questions:
            if self.label not in question.labels:
                raise ConfigError(f"system.label is {self.label!r}; expected {', '.join(question.labels)}")
            yield Prediction(id=question.id, outcome=Outcome.ANSWERED, label=self.label)
