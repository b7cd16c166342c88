"""FNC-1's points, as its official scorer prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Facts, Floats
from harness.metric.answers import Answers
from harness.metric.fnc_score import FncScore


def _points(sums: Floats) -> Floats:
    return sums[..., 0]


@dataclass(frozen=True)
class FncPoints:
    """The sum of points: it grows with the questions, and stands beside published figures alone."""

    name: ClassVar[str] = "fnc1_points"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Points of the Fake News Challenge: 0.25 for related against unrelated, 0.75 more for the right stance of a related pair.",
        "Pomerleau and Rao (2017), Fake News Challenge stage 1, official scorer",
        high=float("inf"),
        unit="points",
        smooth=False,
    )

    def on(self, answers: Answers) -> Additive | None:
        """Rows: points, possible points; `None` for a task without the label unrelated."""
        made = FncScore().on(answers)
        return None if made is None else Additive(made.rows, _points)
