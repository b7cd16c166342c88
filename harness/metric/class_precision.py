"""The precision of one label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.errors import ConfigError
from harness.metric import Additive, Facts, Floats
from harness.metric.answers import Answers
from harness.metric.label_counts import label_counts, over, split, where_answered


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
        if self.label not in answers.labels:
            raise ConfigError(f"metric precision has label {self.label!r}; expected one of {', '.join(answers.labels)}")
        code = answers.labels.index(self.label)

        def value(sums: Floats) -> Floats:
            _, predicted, both = (part[..., code] for part in split(sums))
            return where_answered(sums, over(both, predicted, 0.0))

        return Additive(label_counts(answers.gold, answers.predicted, len(answers.labels)), value)
