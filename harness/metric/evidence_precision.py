"""Mean share of the named passages that are gold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers
from harness.metric.evidence_match import matches


@dataclass(frozen=True)
class EvidencePrecision:
    """Mean share of the named passages that are gold, over the first five passages and the questions that need evidence, as FEVER's scorer counts."""

    name: ClassVar[str] = "evidence_precision"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean share of the named passages that are gold, among the first five.",
        "Thorne et al. (2018), The fact extraction and verification shared task, official scorer",
    )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number a question that needs evidence; `None` where no answer names a passage."""
        found = matches(answers)
        return None if found is None else mean(np.where(found[2] > 0, found[0], np.nan))
