"""A language model as a fact-checker: a prompt is filled from the question, and the label is read from what comes back.

    LlmFactChecker(client, prompt, answer="json").predict(questions)

What stands in a claim, a passage or a holder's name is data. It goes between tags that it cannot close.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any, Literal, Protocol

from harness.answer import Unparsable, answer_schema, read_label
from harness.client import Client, ClientError, Completion, LabelScores, Remote, Request, UnscoredError
from harness.engine import Ask, Engine, Reading
from harness.errors import ConfigError
from harness.label import Outcome
from harness.schema import Message, Prediction, Question

AnswerForm = Literal["json", "logprobs"]
INSTRUCTION = {"json": "Answer with JSON: {form}", "logprobs": "Answer with one letter."}
REQUIRED = frozenset({"claim", "passages", "labels", "answer"})
KNOWN = REQUIRED | {"holder", "as_of"}
EXPECTED = "{claim}, {passages}, {labels} and {answer}, and {holder} and {as_of} where they are needed"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Angle brackets become look-alikes: without them no text can close a tag, or hold a token such as <|im_end|>, which llama.cpp
# would read as the end of the message.
HARMLESS = str.maketrans({"<": "‹", ">": "›"})


class Words(Protocol):
    """What a model is told: a prompt, or one with worked examples."""

    def schema(self, question: Question) -> dict[str, Any]:
        """The JSON schema that an answer is held to."""
        ...

    def messages(self, question: Question, form: AnswerForm) -> tuple[Message, ...]:
        """What is sent."""
        ...


@dataclass(frozen=True)
class Prompt:
    """The words of the messages, with placeholders in braces.

    `{claim}`, `{passages}` and `{holder}` come in tags, `{labels}` as one line a label with its definition, `{answer}` as the form
    of the answer, `{as_of}` as a date. Raises ConfigError for a placeholder that is unknown or missing.
    """

    system: str
    user: str
    definitions: Mapping[str, str]
    rationale: bool = False
    """Whether the model gives its reason before the label."""
    cite: bool = False
    """Whether it names the ids of the passages that it used."""

    def __post_init__(self) -> None:
        names = self.placeholders()
        for what, wrong in (("unknown", names - KNOWN), ("missing", REQUIRED - names)):
            if wrong:
                raise ConfigError(
                    f"the prompt has {what} placeholders: {', '.join(sorted(wrong))}; expected {EXPECTED}"
                )

    def placeholders(self) -> set[str]:
        """The names in braces."""
        return set(PLACEHOLDER.findall(self.system + self.user))

    def schema(self, question: Question) -> dict[str, Any]:
        """The JSON schema that an answer is held to."""
        passages = [passage.id for passage in question.evidence] if self.cite else None
        return answer_schema(question.labels, rationale=self.rationale, passages=passages)

    def messages(self, question: Question, form: AnswerForm) -> tuple[Message, ...]:
        """What is sent; raises ConfigError if the prompt was written for another task or other labels."""
        if (question.holder is not None) != ("holder" in self.placeholders()):
            raise ConfigError(
                f'question "{question.id}" has {"no" if question.holder is None else "a"} holder and the prompt has '
                f"{'a' if question.holder is None else 'no'} {{holder}}; expected the prompt of the task {question.task}"
            )
        values = {
            "claim": _tagged("claim", question.claim),
            "passages": "\n".join(_tagged("passage", e.text, f' id="{e.id}"') for e in question.evidence)
            or "No passages are given.",
            "holder": _tagged("holder", question.holder or ""),
            "labels": self._labels(question, form),
            "answer": self._instruction(form),
            "as_of": question.as_of.isoformat(),
        }
        # One pass, so that a brace within a claim is never taken for a placeholder.
        texts = (PLACEHOLDER.sub(lambda found: values[found[1]], text).strip() for text in (self.system, self.user))
        return tuple(Message(role=r, content=text) for r, text in zip(("system", "user"), texts, strict=True))

    def _instruction(self, form: AnswerForm) -> str:
        if form == "logprobs" and (self.rationale or self.cite):
            raise ConfigError(
                "the prompt asks for a reason or for passages, and one letter holds neither; expected system.answer=json with it"
            )
        keys = {"rationale": '"..."', "label": '"..."', "evidence": '["passage id"]'}
        asked = [key for key in keys if key == "label" or (self.rationale if key == "rationale" else self.cite)]
        return INSTRUCTION[form].replace("{form}", "{" + ", ".join(f'"{key}": {keys[key]}' for key in asked) + "}")

    def _labels(self, question: Question, form: AnswerForm) -> str:
        if missing := set(question.labels) - self.definitions.keys():
            raise ConfigError(
                f'question "{question.id}" has labels that the prompt does not define: {", ".join(sorted(missing))}; '
                "expected one that does: choose the task's prompt, or write one for these labels"
            )
        lines = [f"{label}: {self.definitions[label]}" for label in question.labels]
        lettered = [f"{letter}. {line}" for letter, line in zip(_letters(question), lines, strict=True)]
        return "\n".join(lines if form == "json" else lettered)


@dataclass(frozen=True)
class LlmFactChecker:
    """A language model, asked each question zero-shot.

    With `answer` "json" the label is read from a JSON object; with "logprobs" it is the likeliest of one letter a label, the
    first in the schema's order at a tie, and the raw answer is the letters' log-probabilities as JSON. `answer` may also name
    one of them for each task.
    """

    client: Client | Remote
    prompt: Words
    answer: AnswerForm | Mapping[str, AnswerForm] = "json"
    engine: Engine = field(default_factory=Engine)

    def __post_init__(self) -> None:
        for form in [self.answer] if isinstance(self.answer, str) else self.answer.values():
            if form not in INSTRUCTION:
                raise ConfigError(f'answer is "{form}"; expected json or logprobs')

    @property
    def about(self) -> str:
        """What it is, with the model's name, for a reader of the report."""
        forms = self.answer if isinstance(self.answer, str) else ", ".join(f"{t}: {f}" for t, f in self.answer.items())
        n = getattr(self.prompt, "n", 0)
        how = f"shown {n} examples" if n else "asked zero-shot"
        return f"The language model {self.client.name}, {how} ({forms})."

    def clients(self) -> tuple[Client | Remote, ...]:
        """The one model."""
        return (self.client,)

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question, with the messages word for word; a model that is missing raises InputError."""
        return self.engine.predict(self, questions)

    async def check(self, question: Question, ask: Ask) -> Reading:
        """Ask once, and read the label."""
        form = self.form(question)
        messages = self.prompt.messages(question, form)
        if form == "json":
            (reply,) = await ask([Request(self.client, messages, schema=self.prompt.schema(question))])
            return read_completion(reply, question)
        letters = _letters(question)
        try:
            (scores,) = await ask([Request(self.client, messages, labels=tuple(letters))])
        except UnscoredError as error:
            return Reading(Outcome.UNPARSABLE, error=str(error))
        if not isinstance(scores, LabelScores):
            raise ClientError(f"{self.client.name} gave no log-probabilities")
        shares = {letters[letter]: share for letter, share in scores.probabilities().items()}
        label = max(question.labels, key=shares.__getitem__)
        raw = json.dumps(scores.log_probabilities, sort_keys=True)
        return Reading(Outcome.ANSWERED, raw, label, shares)

    def form(self, question: Question) -> AnswerForm:
        """How the answer to a question is read; raises ConfigError where the configuration does not say."""
        if isinstance(self.answer, str):
            return self.answer
        if question.task not in self.answer:
            raise ConfigError(f"answer has no form for the task {question.task}; expected json or logprobs for it")
        return self.answer[question.task]


def read_completion(reply: Completion, question: Question) -> Reading:
    """The outcome that a generated answer decides: a refusal that the server tells, a label, or no label."""
    if reply.refused:
        return Reading(Outcome.REFUSED, reply.raw or None, error=reply.refusal or "the server withheld the answer")
    try:
        if reply.finish_reason == "length":
            raise Unparsable(f"the answer was cut off after {reply.n_tokens_out} tokens")
        said = read_label(reply.raw, question.labels)
    except Unparsable as error:
        return Reading(error.outcome, reply.raw, rationale=reply.reasoning, error=str(error))
    why = said.rationale or reply.reasoning
    return Reading(Outcome.ANSWERED, reply.raw, said.label, evidence=tuple(said.evidence), rationale=why)


def _letters(question: Question) -> dict[str, str]:
    """A letter for each label: one token in every vocabulary, so that one step scores them all."""
    return dict(zip(ascii_uppercase[: len(question.labels)], question.labels, strict=True))


def _tagged(tag: str, text: str, attribute: str = "") -> str:
    return f"<{tag}{attribute.translate(HARMLESS)}>{text.translate(HARMLESS)}</{tag}>"
