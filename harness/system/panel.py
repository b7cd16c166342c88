"""Several fact-checkers that judge each question on their own; a majority, or the mean of their probabilities, decides.

Verga et al., "Replacing judges with juries" (2024). A tie is told and never broken: such a question has no verdict.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from harness.ballot_box import combined, mean_probabilities, vote_shares, without_verdict
from harness.client import Client, ClientError, Remote
from harness.engine import Ask, Checker, Engine, Reading, forms
from harness.errors import ConfigError
from harness.schema import Prediction, Question


@dataclass(frozen=True)
class Panel:
    """Fact-checkers by name; by the rule "majority" each has one vote, by "mean" its probabilities count."""

    members: Mapping[str, Checker]
    rule: Literal["majority", "mean"] = "majority"
    engine: Engine = field(default_factory=Engine)

    def __post_init__(self) -> None:
        if self.rule not in {"majority", "mean"}:
            raise ConfigError(f'the panel\'s rule is "{self.rule}"; expected majority or mean')
        if len(self.members) < 2:
            raise ConfigError(f"the panel has {len(self.members)} members; expected 2 or more")
        seen: dict[str, Checker] = {}
        for name, member in self.members.items():
            twin = next((other for other, known in seen.items() if known == member), None)
            if twin is not None:
                raise ConfigError(
                    f"the panel's members {twin} and {name} are the same, so one model would have two votes; expected another "
                    f"model, prompt or form of answer: 'client@{name}=openai' '{name}.model=NAME'"
                )
            seen[name] = member

    @property
    def about(self) -> str:
        """Who sits on it."""
        told = ", ".join(f"{name} ({', '.join(c.name for c in m.clients())})" for name, m in self.members.items())
        return f"A panel of {len(self.members)}, {self.rule}: {told}."

    @cached_property  # writes to __dict__, which a frozen dataclass allows; it is no field, so equality ignores it
    def _judges(self) -> dict[str, Checker]:
        """The members; those with equal clients share one object, so that a model is loaded once and has one set of slots."""
        known: list[Client | Remote] = []
        judges: dict[str, Checker] = {}
        for name, member in self.members.items():
            made: Any = member
            client = getattr(member, "client", None)
            if client is not None:
                same = next((other for other in known if other == client), None)
                known += [client] if same is None else []
                made = member if same is None else replace(made, client=same)
            judges[name] = made
        return judges

    def clients(self) -> tuple[Client | Remote, ...]:
        """All models, each once."""
        return tuple({id(client): client for judge in self._judges.values() for client in judge.clients()}.values())

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question; its raw answer is a JSON object of the members' by name."""
        return self.engine.predict(self, questions)

    async def check(self, question: Question, ask: Ask) -> Reading:
        """Ask all at once; a member that fails fails the question, which then is asked again, since its vote might decide."""
        self._fits(question)
        judges = self._judges
        found = await asyncio.gather(*(judge.check(question, ask) for judge in judges.values()), return_exceptions=True)
        errors = [error for error in found if isinstance(error, BaseException)]
        for error in sorted(errors, key=lambda e: isinstance(e, ClientError)):  # what ends the run comes first
            raise error
        readings = dict(zip(judges, (reading for reading in found if isinstance(reading, Reading)), strict=True))
        shares = None
        bare = [n for n, r in readings.items() if r.label is not None and r.probabilities is None]
        if self.rule == "mean" and bare:
            raise ConfigError(
                f"the panel's rule is mean, and its member {bare[0]} gave no probabilities; expected members that give them, or "
                "system.rule=majority"
            )
        if without_verdict(list(readings.values())) is None:
            pool = mean_probabilities if self.rule == "mean" else vote_shares
            shares = pool(list(readings.values()), question.labels)
        return combined(readings, question, shares, "members")

    def form(self, question: Question) -> tuple[str, ...]:
        """How the members' answers are read."""
        return tuple(dict.fromkeys(form for member in self._judges.values() for form in forms(member, question)))

    def _fits(self, question: Question) -> None:
        if self.rule == "mean" and "json" in self.form(question):
            name = next(name for name, member in self.members.items() if "json" in forms(member, question))
            raise ConfigError(
                f"the panel's rule is mean, and its member {name} answers by json, which gives no probabilities; "
                f"expected system.members.{name}.answer=logprobs, or system.rule=majority"
            )
