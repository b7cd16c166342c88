"""The recall of one label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Facts, Floats
from harness.metric.answers import Answers
from harness.metric.label_counts import of_label, over


@dataclass(frozen=True)
class ClassRecall:
    """Of the questions whose gold is this label, the share that is found; 0 where it is never gold."""

    label: str
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Of the questions whose gold is this label, the share that is found; 0 where it is never gold.",
        "scikit-learn: recall_score(labels=[label], average=None, zero_division=0)",
    )

    @property
    def name(self) -> str:
        """For example `recall[refuted]`."""
        return f"recall[{self.label}]"

    def on(self, answers: Answers) -> Additive | None:
        """Rows: one-hot gold, predicted and both, K numbers each; raises ConfigError for a label that the task does not have."""
        return of_label(answers, self.label, "recall", _value)


def _value(gold: Floats, given: Floats, both: Floats) -> Floats:  # noqa: ARG001 - one signature for all
    return over(both, gold, 0.0)
