"""Harmonic mean of evidence precision and evidence recall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, Floats
from harness.metric.answers import Answers
from harness.metric.evidence_match import matches


@dataclass(frozen=True)
class EvidenceF1:
    """Harmonic mean of evidence precision and evidence recall, over the first five passages and the questions that need evidence, as FEVER's scorer counts."""

    name: ClassVar[str] = "evidence_f1"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Harmonic mean of evidence precision and evidence recall, among the first five.",
        "Thorne et al. (2018), The fact extraction and verification shared task, official scorer",
    )

    def on(self, answers: Answers) -> Additive | None:
        """Rows: precision, completeness, one; `None` where no answer names a passage."""
        found = matches(answers)
        if found is None:
            return None
        precision, complete, use = found
        return Additive(np.stack([precision * use, complete * use, use], axis=1), _value)


def _value(sums: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = sums[..., 0] / sums[..., 2], sums[..., 1] / sums[..., 2]
        found: Floats = np.where(precision + recall > 0, 2 * precision * recall / (precision + recall), 0.0)
    return np.where(sums[..., 2] > 0, found, np.nan)
