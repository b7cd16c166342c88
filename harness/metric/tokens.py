"""How many tokens an answer takes, read and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers


@dataclass(frozen=True)
class Tokens:
    """Mean of the known numbers of tokens."""

    name: ClassVar[str] = "tokens"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean number of tokens read and written for an answer, of those that are known.", "the model's own count",
        higher_is_better=False, high=float("inf"), unit="tokens",
    )  # fmt: skip

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer."""
        return None if answers.tokens is None else mean(answers.tokens)
