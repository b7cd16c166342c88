"""Worked examples before a question: turns of the chat, drawn from what is never scored.

    ShotPrompt(prompt, ExampleSplit(PublishedDataset("vladivostok-claims", split="examples"), VeracityTask()), n=4)

Two sources, and no third: the dataset's split `examples`, whose clusters are left out of scoring; and, by `harness.system.few_shot`,
the training folds, whose clusters are other ones than the question's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import Any, Protocol

from harness.dataset.corpus import Corpus
from harness.errors import ConfigError, InputError
from harness.evidence import Gold
from harness.fold import draw
from harness.instantiate import make
from harness.schema import Message, Question
from harness.system.llm import AnswerForm, Prompt
from harness.task import TaskBuilder


@dataclass(frozen=True)
class Shot:
    """A question with its right answer."""

    question: Question
    """As it would be asked, with its gold passages."""
    label: str
    """Its label."""
    rationale: str = ""
    """Why the label holds; empty where nobody wrote it."""

    def answer(self, prompt: Prompt, form: AnswerForm) -> str:
        """What a model should have said; raises ConfigError where the prompt asks for a reason and there is none."""
        if form == "logprobs":
            return ascii_uppercase[self.question.labels.index(self.label)]
        if prompt.rationale and not self.rationale:
            raise ConfigError(
                f'example "{self.question.id}" has no written reason, and the prompt asks for one; expected examples of the '
                "split `examples` on veracity, or a prompt without rationale"
            )
        said: dict[str, Any] = {"rationale": self.rationale} if prompt.rationale else {}
        said["label"] = self.label
        if prompt.cite:
            said["evidence"] = [passage.id for passage in self.question.evidence]
        return json.dumps(said, ensure_ascii=False)


class Source(Protocol):
    """Where examples are from."""

    def shots(self, n: int, seed: int) -> tuple[Shot, ...]:
        """N of them."""
        ...


@dataclass(frozen=True)
class Drawn:
    """Examples that are drawn already."""

    chosen: tuple[Shot, ...]

    def shots(self, n: int, seed: int) -> tuple[Shot, ...]:  # noqa: ARG002 - the seam's own signature
        """All of them."""
        return self.chosen


class Dataset(Protocol):
    """A dataset that can be loaded."""

    def load(self) -> Corpus:
        """Its rows."""
        ...


@dataclass(frozen=True)
class ExampleSplit:
    """The split of a dataset that is set aside for examples and never scored."""

    dataset: Dataset
    task: TaskBuilder

    @classmethod
    def content_hash(cls, dataset: Mapping[str, Any]) -> str:
        """The sha256 of the split's files."""
        corpus: Corpus = make({"dataset": dataset})["dataset"].load()
        return corpus.sha256

    def shots(self, n: int, seed: int) -> tuple[Shot, ...]:
        """Drawn evenly over the labels; raises InputError where there are fewer."""
        items = self.task.items(self.dataset.load(), Gold())
        return drawn([Shot(q, items.gold[q.id], items.justification[q.id]) for q in items.questions], n, seed)


@dataclass(frozen=True)
class ShotPrompt:
    """A prompt with n examples as turns before the question, in the prompt's own words; the model's chat template joins them."""

    prompt: Prompt
    examples: Source
    n: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ConfigError(f"prompt.n is {self.n}; expected 1 or more examples, or a prompt without them")
        if not isinstance(self.prompt, Prompt):
            raise ConfigError(
                "the prompt under worked examples has examples of its own; expected one without, such as prompt=veracity"
            )

    def schema(self, question: Question) -> dict[str, Any]:
        """The JSON schema that an answer is held to."""
        return self.prompt.schema(question)

    def messages(self, question: Question, form: AnswerForm) -> tuple[Message, ...]:
        """What is sent: the rules, a turn of user and assistant for each example, the question."""
        first, last = self.prompt.messages(question, form)
        turns = [first]
        for shot in self._shots:
            words = self.prompt.messages(shot.question, form)[1]
            turns += [words, Message(role="assistant", content=shot.answer(self.prompt, form))]
        return (*turns, last)

    @cached_property  # writes to __dict__, which a frozen dataclass allows; it is no field, so equality ignores it
    def _shots(self) -> tuple[Shot, ...]:
        return self.examples.shots(self.n, self.seed)


def drawn(pool: Sequence[Shot], n: int, seed: int) -> tuple[Shot, ...]:
    """N of a pool: label after label in turn, within a label in an order that depends on seed and id alone.

    The last one has another label than the one before wherever there are two, so that no label is merely the latest.
    Raises InputError for a pool of fewer than n.
    """
    if len(pool) < n:
        raise InputError(f"there are {len(pool)} examples to draw from; expected at least {n}: set prompt.n to fewer")
    queues: dict[str, list[Shot]] = defaultdict(list)
    for shot in sorted(pool, key=lambda s: draw(seed, s.question.id), reverse=True):
        queues[shot.label].append(shot)
    order = sorted(queues, key=lambda label: draw(seed, label))
    chosen: list[Shot] = []
    while len(chosen) < n:
        for label in order:
            if queues[label] and len(chosen) < n:
                chosen.append(queues[label].pop())
    return tuple(chosen)
