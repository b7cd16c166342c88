"""Where a language model is asked: one module a way of reaching one.

A client is a frozen dataclass that Hydra makes from a YAML in `configs/client/`. It sends messages and gives back what came:
it reads no verdict from it, which is `harness.answer`'s work.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol

from pydantic import Field, FiniteFloat

from harness.errors import VeristanceError
from harness.record import Record
from harness.schema import Message


class ClientError(VeristanceError):
    """The model gave no answer to one request; others may succeed. What fails every request is an InputError instead."""


class Completion(Record):
    """A generated answer."""

    raw: str
    """The text, word for word."""
    n_tokens_in: Annotated[int, Field(ge=0)] | None
    """Prompt tokens; `None` where the client does not know."""
    n_tokens_out: Annotated[int, Field(ge=0)] | None
    """Generated tokens; `None` where the client does not know."""
    seconds: Annotated[float, Field(ge=0)]
    """Wall time of the answer, without the loading of a model."""
    finish_reason: str
    """stop, or length where the answer was cut off."""


class LabelScores(Completion):
    """The log-probabilities of the labels as the answer's first token."""

    log_probabilities: dict[str, FiniteFloat]
    """One for each label, of the model's whole vocabulary: they do not sum to 1."""

    def probabilities(self) -> dict[str, float]:
        """The softmax over the labels: the model's own probabilities, given that it answers with one of them."""
        highest = max(self.log_probabilities.values())
        shares = {label: math.exp(value - highest) for label, value in self.log_probabilities.items()}
        total = sum(shares.values())
        return {label: share / total for label, share in shares.items()}


class Client(Protocol):
    """Asks one language model."""

    @property
    def name(self) -> str:
        """The model's name, for a reader of the report."""
        ...

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> Completion:
        """Give the answer to a chat, held to a JSON schema where the model can be held; raises ClientError."""
        ...

    def score_labels(self, messages: Sequence[Message], labels: Sequence[str]) -> LabelScores:
        """Give a log-probability for each label, all of them or a ClientError: a missing one is never made up."""
        ...
