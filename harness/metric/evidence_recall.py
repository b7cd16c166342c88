"""Share of the questions for which a complete set of gold passages is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers
from harness.metric.evidence_match import matches


@dataclass(frozen=True)
class EvidenceRecall:
    """Share of the questions for which a complete set of gold passages is named, over the first five passages and the questions that need evidence, as FEVER's scorer counts."""

    name: ClassVar[str] = "evidence_recall"
    is_proportion: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        "Share of the questions for which a complete set of gold passages is named, among the first five.",
        "Thorne et al. (2018), The fact extraction and verification shared task, official scorer",
    )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number a question that needs evidence; `None` where no answer names a passage."""
        found = matches(answers)
        return None if found is None else mean(np.where(found[2] > 0, found[1], np.nan))
