"""A claim is split into sub-claims, each is verified, and their labels compose the claim's.

The rule is the guidelines' V34: one refuted conjunct makes the claim refuted; otherwise one conflicting conjunct makes it conflicting;
otherwise one open conjunct leaves it open; supported needs every conjunct. So the claim's label is the first of `precedence` that a
sub-claim has, and the order can be written for other labels too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.answer import FENCE
from harness.client import Client, Completion, Remote, Request
from harness.engine import Ask, Engine, Reading
from harness.errors import ConfigError
from harness.label import Outcome
from harness.schema import Message, Prediction, Question
from harness.system.llm import HARMLESS, LlmFactChecker


@dataclass(frozen=True)
class Splitter:
    """What a model is told that splits a claim; `{claim}` in `user` stands for the claim in its tag."""

    system: str
    user: str
    most: int = 5
    """Sub-claims; where there are more, the answer is unparsable."""

    def __post_init__(self) -> None:
        if self.user.count("{claim}") != 1 or self.most < 1:
            raise ConfigError(
                f"the splitter has {self.user.count('{claim}')} {{claim}} and most {self.most}; expected one, and 1 or more"
            )

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its answer."""
        claims = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": self.most}
        return {
            "type": "object",
            "properties": {"claims": claims},
            "required": ["claims"],
            "additionalProperties": False,
        }

    def messages(self, question: Question) -> tuple[Message, ...]:
        """What is sent; the claim is data, in a tag that it cannot close."""
        tagged = f"<claim>{question.claim.translate(HARMLESS)}</claim>"
        return (
            Message(role="system", content=self.system.strip()),
            Message(role="user", content=self.user.replace("{claim}", tagged).strip()),
        )

    def read(self, reply: Completion) -> tuple[str, ...] | str:
        """The sub-claims, each once; or in a sentence why there are none."""
        if reply.finish_reason == "length":
            return f"the list of sub-claims was cut off after {reply.n_tokens_out} tokens"
        text = reply.raw.strip()
        fenced = FENCE.fullmatch(text)
        try:
            said = json.loads(fenced[1] if fenced else text)
        except (ValueError, RecursionError) as error:
            return f"the sub-claims are no JSON object: {error}"
        claims = said.get("claims") if isinstance(said, Mapping) and said.keys() == {"claims"} else None
        if not isinstance(claims, list) or not all(isinstance(claim, str) for claim in claims):
            return 'the sub-claims have another form than {"claims": ["...", ...]}'
        found = tuple(dict.fromkeys(claim.strip() for claim in claims if claim.strip()))
        if not 1 <= len(found) <= self.most:
            return f"the answer has {len(found)} sub-claims; expected 1 to {self.most}"
        return found


@dataclass(frozen=True)
class Decompose:
    """Splits a claim by one request, verifies the parts in turn, and composes."""

    checker: LlmFactChecker
    """Verifies a part; its model splits too."""
    splitter: Splitter
    precedence: Sequence[str] = ("refuted", "conflicting", "not_enough_evidence", "supported")
    """The first of these that a part has is the claim's label."""
    engine: Engine = field(default_factory=Engine)

    @property
    def about(self) -> str:
        """What it is, with the model's name."""
        name = self.checker.client.name
        return (
            f"The language model {name}, which splits a claim, verifies the parts, and composes their labels by rule."
        )

    def clients(self) -> tuple[Client | Remote, ...]:
        """The one model."""
        return tuple(self.checker.clients())

    def form(self, question: Question) -> tuple[str, ...]:
        """How answers are read: the splitter's by JSON."""
        return tuple(dict.fromkeys(("json", self.checker.form(question))))

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question; its raw answer is a JSON object of the list and of the parts' answers."""
        return self.engine.predict(self, questions)

    async def check(self, question: Question, ask: Ask) -> Reading:
        """Split, verify, compose."""
        if set(question.labels) != set(self.precedence) or question.holder is not None:
            raise ConfigError(
                f"the rules compose {', '.join(self.precedence)}, and the task {question.task} asks for "
                f"{', '.join(question.labels)}; expected task=veracity, or system.precedence with the task's labels"
            )
        (reply,) = await ask([Request(self.checker.client, self.splitter.messages(question), self.splitter.schema())])
        if reply.refused:
            return Reading(Outcome.REFUSED, reply.raw or None, error=reply.refusal or "the server withheld the answer")
        parts = self.splitter.read(reply)
        if isinstance(parts, str):
            return Reading(Outcome.UNPARSABLE, reply.raw, error=parts)
        found = await self._verified(parts, question, ask)
        raw = json.dumps({"split": reply.raw, "parts": [reading.raw for reading in found]}, ensure_ascii=False)
        return self._composed(parts, found, raw)

    async def _verified(self, parts: Sequence[str], question: Question, ask: Ask) -> list[Reading]:
        """One after another: other questions fill the connections meanwhile, and a refuted part ends it."""
        found: list[Reading] = []
        for part in parts:
            found.append(await self.checker.check(question.model_copy(update={"claim": part}), ask))
            if found[-1].label == self.precedence[0]:
                break
        return found

    def _composed(self, parts: Sequence[str], found: Sequence[Reading], raw: str) -> Reading:
        told = "\n".join(f"{r.label or r.outcome}: {part}" for part, r in zip(parts, found, strict=False))
        label = composed([reading.label for reading in found], self.precedence)
        if label is None:
            lost = next(reading for reading in found if reading.label is None)
            return Reading(lost.outcome, raw, rationale=told, error=f"a sub-claim has no verdict: {lost.error}")
        deciding = [r for r in found if r.label == label]
        evidence = tuple(dict.fromkeys(id_ for reading in deciding for id_ in reading.evidence))
        return Reading(Outcome.ANSWERED, raw, label, evidence=evidence, rationale=told)


def composed(labels: Sequence[str | None], precedence: Sequence[str]) -> str | None:
    """The claim's label; `None` where a part without one might change it. One part of the first label suffices whatever the rest is."""
    if precedence[0] in labels:
        return precedence[0]
    if None in labels:
        return None
    return next(label for label in precedence if label in labels)
