"""Joint correctness: verdict, stances and evidence of a claim are all right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers
from harness.metric.evidence_match import matches


@dataclass(frozen=True)
class JointCorrectness:
    """Share of the claims with the right verdict, every stance toward them right, and a complete evidence set where any is named."""

    name: ClassVar[str] = "joint_correctness"
    is_proportion: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        "Share of the claims whose verdict is right together with every stance toward them that the same system was asked, "
        "and with a complete set of evidence if the system names evidence.",
        "Thorne et al. (2018), FEVER score, extended to stance as in Hanselowski et al. (2019), A richly annotated corpus",
    )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number a claim; `None` where the system's stances are not known."""
        if answers.stances_right is None or np.isnan(answers.stances_right).all():
            return None
        right = (answers.predicted == answers.gold) * answers.stances_right
        found = matches(answers)
        if found is not None:
            right = right * (found[1] * found[2] + 1 - found[2])
        return mean(right)
