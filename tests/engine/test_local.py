"""A client in this process: label scores that wait are taken in one pass, in turn with all else, and each fault is its own question's."""

import asyncio
import threading
import time
from dataclasses import dataclass, field
from datetime import date

import pytest

from harness.client import ClientError, Completion, LabelScores, Request
from harness.engine import Engine, Reading
from harness.errors import InputError
from harness.label import Outcome, Task
from harness.schema import Message, Question

LABELS = ("A", "B")


@dataclass
class Scorer:
    """Scores by the words; remembers its passes."""

    name: str = "scorer"
    n_at_once: int = 4
    passes: list = field(default_factory=list)
    n_active: int = 0
    broken: str = ""

    def complete(self, messages, schema, sample=0):
        self._enter([messages[0].content])
        return Completion(raw="A", n_tokens_in=1, n_tokens_out=1, seconds=0.0, finish_reason="stop")

    def score_labels(self, messages, labels):
        return self.score_many([messages], labels)[0]

    def score_many(self, chats, labels):
        texts = [messages[0].content for messages in chats]
        self._enter(texts)
        if self.broken and any(self.broken in text for text in texts):
            raise InputError("the model cannot be loaded")
        if any("long" in text for text in texts):
            raise ClientError("the prompt is too long")
        shares = [{label: -float(ord(text[-1]) + k) for k, label in enumerate(labels)} for text in texts]
        return [
            LabelScores(
                raw="A", n_tokens_in=1, n_tokens_out=0, seconds=0.0, finish_reason="stop", log_probabilities=one
            )
            for one in shares
        ]

    def _enter(self, texts):
        self.n_active += 1
        assert self.n_active == 1, "two at once in one model"
        time.sleep(0.01)
        self.passes.append((threading.get_ident(), texts))
        self.n_active -= 1


@dataclass(frozen=True)
class Asks:
    client: Scorer
    engine: Engine
    labels: tuple | None = LABELS

    def clients(self):
        return (self.client,)

    async def check(self, question, ask):
        request = Request(self.client, (Message(role="user", content=question.claim),), labels=self.labels)
        (reply,) = await ask([request])
        return Reading(Outcome.ANSWERED, reply.raw, "supported", rationale=str(getattr(reply, "log_probabilities", "")))


def asked(client, texts, **more):
    questions = [
        Question(id=text, task=Task.VERACITY, claim=text, labels=("supported", "refuted"), as_of=date(2026, 1, 1))
        for text in texts
    ]
    checker = Asks(client, Engine(retries=0), **more)
    return {row.id: row for row in checker.engine.predict(checker, questions)}


def test_several_questions_are_one_pass_and_each_gets_its_own_scores():
    client = Scorer()
    rows = asked(client, [f"q{k}" for k in range(10)])
    assert [row.rationale for row in rows.values()] == [
        str({"A": -float(ord(i[-1])), "B": -float(ord(i[-1]) + 1)}) for i in rows
    ]
    sizes = [len(texts) for _, texts in client.passes]
    assert sum(sizes) == 10
    assert max(sizes) == 4
    assert len(sizes) <= 4


def test_a_prompt_that_is_too_long_fails_alone():
    rows = asked(Scorer(), ["a", "long b", "c", "d", "e"])
    assert [id_ for id_, row in rows.items() if row.outcome is Outcome.FAILED] == ["long b"]
    assert "too long" in rows["long b"].error
    assert len(rows) == 5


def test_a_model_that_cannot_be_loaded_ends_the_run():
    with pytest.raises(InputError, match="cannot be loaded"):
        asked(Scorer(broken="q"), [f"q{k}" for k in range(10)])


def test_generated_answers_come_in_turn():
    client = Scorer()
    assert len(asked(client, [f"q{k}" for k in range(6)], labels=None)) == 6
    assert [len(texts) for _, texts in client.passes] == [1] * 6


def test_a_request_that_is_given_up_leaves_the_line():
    from harness.engine.local import Local

    client = Scorer()

    def request(text):
        return Request(client, (Message(role="user", content=text),), labels=LABELS)

    async def run():
        session = Local(client)
        async with session._turn:
            lost = asyncio.create_task(session.send(request("lost")))
            kept = asyncio.create_task(session.send(request("kept")))
            await asyncio.sleep(0.01)
            lost.cancel()
            await asyncio.sleep(0)
        return await kept

    assert asyncio.run(run()).log_probabilities["A"] == -float(ord("t"))
    assert [texts for _, texts in client.passes] == [["kept"]]
