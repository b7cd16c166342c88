"""The f1 of one label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Facts, Floats
from harness.metric.answers import Answers
from harness.metric.label_counts import of_label, over


@dataclass(frozen=True)
class ClassF1:
    """Harmonic mean of this label's precision and recall; 0 where it is neither gold nor given."""

    label: str
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Harmonic mean of this label's precision and recall; 0 where it is neither gold nor given.",
        "scikit-learn: f1_score(labels=[label], average=None, zero_division=0)",
    )

    @property
    def name(self) -> str:
        """For example `f1[refuted]`."""
        return f"f1[{self.label}]"

    def on(self, answers: Answers) -> Additive | None:
        """Rows: one-hot gold, predicted and both, K numbers each; raises ConfigError for a label that the task does not have."""
        return of_label(answers, self.label, "f1", _value)


def _value(gold: Floats, given: Floats, both: Floats) -> Floats:
    return over(2 * both, gold + given, 0.0)
