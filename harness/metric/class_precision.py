"""The precision of one label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Facts, Floats
from harness.metric.answers import Answers
from harness.metric.label_counts import of_label, over


@dataclass(frozen=True)
class ClassPrecision:
    """Of the answers that give this label, the share that is right; 0 where it is never given."""

    label: str
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Of the answers that give this label, the share that is right; 0 where it is never given.",
        "scikit-learn: precision_score(labels=[label], average=None, zero_division=0)",
    )

    @property
    def name(self) -> str:
        """For example `precision[refuted]`."""
        return f"precision[{self.label}]"

    def on(self, answers: Answers) -> Additive | None:
        """Rows: one-hot gold, predicted and both, K numbers each; raises ConfigError for a label that the task does not have."""
        return of_label(answers, self.label, "precision", _value)


def _value(gold: Floats, given: Floats, both: Floats) -> Floats:  # noqa: ARG001 - one signature for all
    return over(both, given, 0.0)
