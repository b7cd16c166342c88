"""FEVER's score: the label is right, and a whole set of evidence is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers
from harness.metric.evidence_match import matches


@dataclass(frozen=True)
class FeverScore:
    """Share of the answers with the right label and, unless gold is not_enough_evidence, a whole gold set among the first passages."""

    name: ClassVar[str] = "fever_score"
    is_proportion: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        "Share of the answers whose label is right and whose first five passages hold a complete set of evidence "
        "(not asked for where gold is not enough evidence).",
        "Thorne et al. (2018), The fact extraction and verification shared task, official scorer",
    )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer; `None` where no answer names a passage."""
        found = matches(answers)
        if found is None:
            return None
        _, complete, needs = found
        right = (answers.predicted == answers.gold).astype(float)
        return mean(right * (complete * needs + 1 - needs))
