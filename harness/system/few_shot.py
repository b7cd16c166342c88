"""A language model with worked examples from other clusters: the only part of it that is trained is the choice of examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.errors import ConfigError
from harness.schema import Question
from harness.shot import Drawn, Shot, ShotPrompt, drawn
from harness.system import System
from harness.system.llm import LlmFactChecker, Prompt


@dataclass(frozen=True)
class FewShot:
    """A language model that is shown questions of the training folds with their labels: none is of the question's own cluster."""

    checker: LlmFactChecker
    """What is asked; its prompt has no examples of its own."""
    n: int = 4
    """Examples."""
    seed: int = 0
    """Of the draw."""

    def __post_init__(self) -> None:
        if not isinstance(self.checker.prompt, Prompt) or self.n < 1:
            raise ConfigError(
                f"the few-shot system has n {self.n} and a {type(self.checker.prompt).__name__}; "
                "expected 1 or more, and a prompt without examples"
            )

    @property
    def about(self) -> str:
        """What it is, with the model's name."""
        name = self.checker.client.name
        return f"The language model {name}, shown {self.n} answered questions of other clusters."

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Draw the examples; the same for all questions of a fold."""
        shots = drawn([Shot(q, gold[q.id]) for q in questions], self.n, self.seed)
        prompt = self.checker.prompt
        if not isinstance(prompt, Prompt):
            raise ConfigError("the few-shot system's prompt has examples of its own; expected one without")
        return replace(self.checker, prompt=ShotPrompt(prompt, Drawn(shots), self.n, self.seed))
