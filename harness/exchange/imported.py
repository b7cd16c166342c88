"""Answers that another harness logged, as a system: read again by our rules, so that they become a run like any other."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.answer import Unparsable, read_label
from harness.errors import InputError
from harness.jsonl import read_lines
from harness.label import Outcome
from harness.schema import Message, Prediction, Question


@dataclass(frozen=True)
class ImportedAnswers:
    """Answers of a file that `veristance import` wrote, by question id."""

    path: str
    """The file."""
    model: str
    """The model's name in the other harness's log."""
    harness: str
    """The other harness."""

    @classmethod
    def content_hash(cls, path: str) -> str:
        """The sha256 of the file, by which its answers count in a run's identity."""
        try:
            return hashlib.sha256(Path(path).read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"{path} cannot be read ({error}); import the log again") from error

    @property
    def about(self) -> str:
        """What it is, for a reader of the report."""
        return f"Answers of {self.model}, asked by {self.harness} and read here."

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give each question's answer; one without a row has failed."""
        for question in questions:
            row = self._rows.get(question.id)
            yield (
                Prediction(id=question.id, outcome=Outcome.FAILED, error="the log has no answer to it")
                if row is None
                else _prediction(question, row)
            )

    @cached_property  # writes to __dict__, which a frozen dataclass allows
    def _rows(self) -> Mapping[str, dict[str, Any]]:
        return {row["id"]: row for row in read_lines(Path(self.path))}


def _prediction(question: Question, row: dict[str, Any]) -> Prediction:
    facts: dict[str, Any] = {
        "id": question.id,
        "messages": tuple(Message(**message) for message in row["messages"]),
        "raw": row["raw"],
        "n_tokens_in": row["n_tokens_in"],
        "n_tokens_out": row["n_tokens_out"],
    }
    if row["log_probabilities"] is not None:
        return Prediction(**facts | _letters(question, row["log_probabilities"]))
    if row["raw"] is None:
        return Prediction(**facts, outcome=Outcome.FAILED, error=row["error"] or "the log gives no cause")
    if row["cut_off"]:
        return Prediction(**facts, outcome=Outcome.UNPARSABLE, error="the answer was cut off")
    try:
        said = read_label(row["raw"], question.labels)
    except Unparsable as error:
        return Prediction(**facts, outcome=error.outcome, error=str(error))
    return Prediction(
        **facts, outcome=Outcome.ANSWERED, label=said.label, rationale=said.rationale, evidence=tuple(said.evidence)
    )


def _letters(question: Question, given: list[float]) -> dict[str, Any]:
    """The likeliest label, the first at a tie, with the share of each."""
    if len(given) != len(question.labels):
        raise InputError(
            f'"{question.id}" has {len(given)} log-likelihoods in the log; expected {len(question.labels)}'
        )
    top = max(given)
    shares = [math.exp(value - top) for value in given]
    whole = sum(shares)
    return {
        "outcome": Outcome.ANSWERED,
        "label": question.labels[given.index(top)],
        "probabilities": {label: share / whole for label, share in zip(question.labels, shares, strict=True)},
        "raw": json.dumps(dict(zip(question.labels, given, strict=True)), sort_keys=True),
    }
