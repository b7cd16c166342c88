"""A language model asked the same question several times: the shares of its verdicts are the probabilities.

Wang et al., "Self-consistency improves chain of thought reasoning in language models" (ICLR 2023). Two things differ: a tie draws further
samples, one at a time, and one that stays is told, where the paper takes the first; and samples without a verdict are no votes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from harness.ballot_box import combined, leaders, vote_shares, without_verdict
from harness.client import Client, Remote, Request
from harness.engine import Ask, Engine, Reading
from harness.errors import ConfigError
from harness.schema import Prediction, Question
from harness.system.llm import Words, read_completion


@dataclass(frozen=True)
class SelfConsistency:
    """Verdicts drawn at a temperature above 0, k at once; each is found in the cache by its number."""

    client: Client | Remote
    prompt: Words
    k: int = 5
    """Samples."""
    more: int = 2
    """Further ones that a tie may draw, one at a time."""
    temperature: float | None = 0.7
    """Of the samples; `None` takes the client's own."""
    engine: Engine = field(default_factory=Engine)

    def __post_init__(self) -> None:
        if self.k < 2 or self.more < 0:
            raise ConfigError(
                f"self-consistency has k {self.k} and more {self.more}; expected 2 or more, and 0 or more"
            )
        if getattr(self._sampled, "temperature", None) == 0:
            raise ConfigError(
                f"the samples of {self.client.name} have temperature 0, so all would be the same; expected one above 0, "
                "such as system.temperature=0.7"
            )

    @property
    def about(self) -> str:
        """What it is, with the model's name."""
        return f"The language model {self.client.name}, asked {self.k} times; the shares of its verdicts are the probabilities."

    @cached_property  # writes to __dict__, which a frozen dataclass allows; one object, since the engine knows a model by it
    def _sampled(self) -> Client | Remote:
        if self.temperature is None or not hasattr(self.client, "temperature"):  # recorded answers have none
            return self.client
        asked: Any = self.client
        drawn: Client | Remote = replace(asked, temperature=self.temperature)
        return drawn

    def clients(self) -> tuple[Client | Remote, ...]:
        """The one model."""
        return (self._sampled,)

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question; its raw answer is a JSON object of the samples' by number."""
        return self.engine.predict(self, questions)

    async def check(self, question: Question, ask: Ask) -> Reading:
        """Draw the samples, and count."""
        messages, schema = self.prompt.messages(question, "json"), self.prompt.schema(question)
        replies = await ask([Request(self._sampled, messages, schema, sample=k) for k in range(self.k)])
        drawn = [read_completion(reply, question) for reply in replies]
        while len(drawn) < self.k + self.more and _tied(drawn, question):
            (reply,) = await ask([Request(self._sampled, messages, schema, sample=len(drawn))])
            drawn.append(read_completion(reply, question))
        shares = None if without_verdict(drawn) else vote_shares(drawn, question.labels)
        return combined({str(k): reading for k, reading in enumerate(drawn)}, question, shares, "samples")


def _tied(drawn: list[Reading], question: Question) -> bool:
    return without_verdict(drawn) is None and len(leaders(vote_shares(drawn, question.labels))) > 1
