"""FNC-1's own score: a quarter of the credit for related or unrelated, the rest for the stance of related pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Additive, Facts, ratio
from harness.metric.answers import Answers

UNRELATED = "unrelated"


@dataclass(frozen=True)
class FncScore:
    """Points over possible points: .25 for an unrelated pair told as such, .25 for a related one told as related, .75 more for its stance."""

    name: ClassVar[str] = "fnc1_score"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Weighted accuracy of the Fake News Challenge: 0.25 points for related against unrelated, 0.75 more for the right "
        "stance of a related pair, as a share of the points possible.",
        "Pomerleau and Rao (2017), Fake News Challenge stage 1, official scorer",
    )

    def on(self, answers: Answers) -> Additive | None:
        """Rows: points, possible points; `None` for a task without the label unrelated."""
        if UNRELATED not in answers.labels:
            return None
        unrelated = answers.labels.index(UNRELATED)
        related = answers.gold != unrelated
        right = answers.predicted == answers.gold
        both_related = related & (answers.predicted >= 0) & (answers.predicted != unrelated)
        points = np.where(related, 0.75 * right + 0.25 * both_related, 0.25 * right)
        return Additive(np.stack([points, np.where(related, 1.0, 0.25)], axis=1), ratio)
