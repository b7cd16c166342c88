"""The benchmark's claims as a dataset and a task, and a checker for the form of its server's answers: what `bench_api.py` runs.

The product asks them: `veristance evaluate` with `+allow=[bench_claims]`. Rows are read when they are asked, so that memory is
the harness's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from harness.client import Request
from harness.engine import Ask, Reading
from harness.label import Outcome, Task
from harness.schema import Message, Question
from harness.system.llm import LlmFactChecker
from harness.task import Items

LABELS = ("supported", "refuted", "not enough evidence", "conflicting")
N_CLUSTERS = 100
SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"enum": list(LABELS)}, "confidence": {"type": "number"}, "reason": {"type": "string"}},
    "required": ["verdict"],
}


@dataclass(frozen=True)
class Claims:
    """A file of claims: id, label, prompt."""

    file: str
    name: str = "bench"
    version: str = "1"

    def load(self) -> Claims:
        """Itself."""
        return self

    @property
    def path(self) -> Path:
        """Its folder."""
        return Path(self.file).parent

    @property
    def sha256(self) -> str:
        """Of the file."""
        with Path(self.file).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def rows(self) -> Iterator[dict[str, Any]]:
        """Row by row."""
        with Path(self.file).open("rb") as file:
            yield from map(json.loads, file)


class Questions(tuple[Question, ...]):
    """A question for each row, made when it is asked for."""

    claims: Claims

    def __iter__(self) -> Iterator[Question]:
        for row in self.claims.rows():
            yield Question(id=row["id"], task=Task.VERACITY, claim=row["prompt"], labels=LABELS, as_of=date(2026, 1, 1))

    def __len__(self) -> int:
        return sum(1 for _ in self.claims.rows())

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, at: Any) -> Any:
        return next(iter(self)) if at == 0 else list(self)[at]


class Of(Mapping[str, Any]):
    """A value for each id, computed when it is asked for."""

    def __init__(self, ids: Mapping[str, str], give: Any) -> None:
        self._ids, self._give = ids, give

    def __getitem__(self, id_: str) -> Any:
        return self._give(id_)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


@dataclass(frozen=True)
class BenchTask:
    """The claims as items."""

    def items(self, corpus: Claims, _setting: Any) -> Items:
        """Questions, and gold by id."""
        known = {label: label for label in LABELS}  # one text for each label, not one a row
        gold = {row["id"]: known[row["label"]] for row in corpus.rows()}
        questions = Questions()
        questions.claims = corpus
        names = [f"g{n}" for n in range(N_CLUSTERS)]
        return Items(
            questions=questions,
            labels=LABELS,
            gold=gold,
            clusters=Of(gold, lambda id_: names[int(id_[1:]) % N_CLUSTERS]),
            folds=Of(gold, lambda _: 0),
            slices=Of(gold, lambda _: {}),
            justification=Of(gold, lambda _: ""),
        )


@dataclass(frozen=True)
class Verdict(LlmFactChecker):
    """Reads the key "verdict", sends the row's own prompt; all else is the shipped fact-checker."""

    async def check(self, question: Question, ask: Ask) -> Reading:
        """Ask once and read the verdict, strictly."""
        (reply,) = await ask([Request(self.client, (Message(role="user", content=question.claim),), schema=SCHEMA)])
        try:
            label = json.loads(reply.raw)["verdict"]
        except (ValueError, LookupError, TypeError) as error:
            return Reading(Outcome.UNPARSABLE, reply.raw, error=f"no verdict: {error}")
        if label not in LABELS:
            return Reading(Outcome.UNPARSABLE, reply.raw, error=f"{label!r} is no verdict")
        return Reading(Outcome.ANSWERED, reply.raw, label)
