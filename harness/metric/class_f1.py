"""The f1 of one label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.errors import ConfigError
from harness.metric import Additive, Facts, Floats
from harness.metric.answers import Answers
from harness.metric.label_counts import label_counts, over, split, where_answered


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
        if self.label not in answers.labels:
            raise ConfigError(f"metric f1 has label {self.label!r}; expected one of {', '.join(answers.labels)}")
        code = answers.labels.index(self.label)

        def value(sums: Floats) -> Floats:
            gold, predicted, both = (part[..., code] for part in split(sums))
            return where_answered(sums, over(2 * both, gold + predicted, 0.0))

        return Additive(label_counts(answers.gold, answers.predicted, len(answers.labels)), value)
