"""Gives recorded answers: for tests, and for scoring what others' models said. Nothing is asked of anyone.

The file has one JSON object a line: `messages` as they were sent (role, content), and `raw`, the answer word for word; optionally
`n_tokens_in`, `n_tokens_out`, `finish_reason`, `refusal`, `log_probabilities` by label, and `sample`, which of several answers it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from harness.client import ClientError, Completion, LabelScores
from harness.errors import InputError
from harness.record import in_words
from harness.schema import Message

Made = TypeVar("Made", bound=Completion)


@dataclass(frozen=True)
class Replay:
    """The answers of a file, by the words that they answer."""

    path: str
    model: str = "replay"

    @classmethod
    def content_hash(cls, path: str) -> str:
        """The sha256 of the file, by which its answers count in a run's identity."""
        try:
            return hashlib.sha256(Path(path).read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"{path} cannot be read ({error}); expected recorded answers as JSON Lines") from error

    @property
    def name(self) -> str:
        """The name of the model that answered."""
        return self.model

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], sample: int = 0) -> Completion:  # noqa: ARG002 - the seam's
        """The recorded answer; raises ClientError where these words have none."""
        row = self._found(messages, sample)
        return self._made(Completion, {key: value for key, value in row.items() if key != "log_probabilities"})

    def score_labels(self, messages: Sequence[Message], labels: Sequence[str]) -> LabelScores:
        """The recorded log-probabilities; raises ClientError where one is missing."""
        row = self._found(messages)
        given = row.get("log_probabilities") or {}
        if missing := [label for label in labels if label not in given]:
            raise ClientError(f"{self.path} has no log-probability of {', '.join(missing)} for these messages")
        return self._made(LabelScores, row | {"log_probabilities": {label: given[label] for label in labels}})

    def _found(self, messages: Sequence[Message], sample: int = 0) -> dict[str, Any]:
        row = self._answers.get(_key([message.model_dump() for message in messages], sample))
        if row is None:
            raise ClientError(f"{self.path} has no answer to these messages")
        return row

    def _made(self, record: type[Made], row: dict[str, Any]) -> Made:
        unknown: dict[str, Any] = {"n_tokens_in": None, "n_tokens_out": None, "seconds": None, "finish_reason": "stop"}
        try:
            return record(**unknown | row)
        except ValidationError as error:
            raise InputError(f"{self.path}: an answer {in_words(error)}") from error

    @cached_property  # writes to __dict__, which a frozen dataclass allows
    def _answers(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        try:
            lines = Path(self.path).read_bytes().splitlines()
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be read ({error}); expected recorded answers as JSON Lines"
            ) from error
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                key = _key(row.pop("messages"), row.pop("sample", 0))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise InputError(
                    f"{self.path} line {number} is no answer ({error}); expected messages and raw"
                ) from error
            if key in found and found[key] != row:
                raise InputError(f"{self.path} line {number} answers messages that an earlier line answers otherwise")
            found[key] = row
        return found


def _key(messages: Sequence[Mapping[str, str]], sample: int) -> str:
    return json.dumps([sample, [[message["role"], message["content"]] for message in messages]])
