"""What an answer costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers


@dataclass(frozen=True)
class Cost:
    """Mean of the known costs; an unknown cost is left out and never 0."""

    name: ClassVar[str] = "cost"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean cost of an answer, of the answers whose cost is known.", "the provider's prices",
        higher_is_better=False, high=float("inf"), unit="US dollars",
    )  # fmt: skip

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer."""
        return None if answers.cost is None else mean(answers.cost)
