"""The recall of one label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.errors import ConfigError
from harness.metric import Additive, Facts, Floats
from harness.metric.answers import Answers
from harness.metric.label_counts import label_counts, over, split, where_answered


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
        if self.label not in answers.labels:
            raise ConfigError(f"metric recall has label {self.label!r}; expected one of {', '.join(answers.labels)}")
        code = answers.labels.index(self.label)

        def value(sums: Floats) -> Floats:
            gold, _, both = (part[..., code] for part in split(sums))
            return where_answered(sums, over(both, gold, 0.0))

        return Additive(label_counts(answers.gold, answers.predicted, len(answers.labels)), value)
