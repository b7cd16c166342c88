"""Where a language model is asked: one module a way of reaching one.

A client is a frozen dataclass that Hydra makes from a YAML in `configs/client/`. It sends messages and gives back what came:
it reads no verdict from it, which is `harness.answer`'s work. It neither repeats nor waits, which is `harness.engine`'s.

A client that can have many requests under way at once has `session()` (`Remote`); one that answers them in turn, such as a model
in this process, has `complete` and `score_labels` (`Client`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, runtime_checkable

from pydantic import Field, FiniteFloat

from harness.errors import VeristanceError
from harness.record import Record
from harness.schema import Message


class ClientError(VeristanceError):
    """The model gave no answer to one request; others may succeed. What fails every request is an InputError instead."""


class UnscoredError(ClientError):
    """There is an answer, and it does not tell the log-probability of every label: asked again, it would not either."""


class FaultError(ClientError):
    """A request that met a fault which may pass, so that it can be sent again: 408, 409, 429, 5xx, a broken connection."""

    def __init__(self, cause: str, *, after_s: float | None = None, limited: bool = False) -> None:
        super().__init__(cause)
        self.after_s = after_s
        """Seconds that the server asked to be left alone; `None` where it named none."""
        self.limited = limited
        """Whether the server said that it is asked too much (429)."""


class Completion(Record):
    """A generated answer."""

    raw: str
    """The text, word for word."""
    n_tokens_in: Annotated[int, Field(ge=0)] | None
    """Prompt tokens; `None` where the client does not know."""
    n_tokens_out: Annotated[int, Field(ge=0)] | None
    """Generated tokens, those of the reasoning included; `None` where the client does not know."""
    seconds: Annotated[float, Field(ge=0)] | None
    """Wall time of the answer, without the loading of a model; `None` where it was answered in a batch or by the cache."""
    finish_reason: str
    """stop, or length where the answer was cut off; content_filter where the server withheld it."""
    reasoning: str | None = None
    """What the model thought before it answered, where the server tells it."""
    refusal: str | None = None
    """The refusal, where the server tells one apart from an answer."""

    @property
    def refused(self) -> bool:
        """Whether the server itself says that the request was refused."""
        return self.refusal is not None or self.finish_reason == "content_filter"


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
    """Asks one language model, one request at a time."""

    @property
    def name(self) -> str:
        """The model's name, for a reader of the report."""
        ...

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], sample: int = 0) -> Completion:
        """Give the answer to a chat, held to a JSON schema where the model can be held; raises ClientError.

        `sample` tells which of several answers to the same words is asked for; a client that draws none need not take it.
        """
        ...

    def score_labels(self, messages: Sequence[Message], labels: Sequence[str]) -> LabelScores:
        """Give a log-probability for each label, all of them or a ClientError: a missing one is never made up."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask of one model: a completion, or with `labels` their log-probabilities."""

    client: Client | Remote
    """Whom to ask."""
    messages: tuple[Message, ...]
    """What is sent."""
    schema: Mapping[str, Any] | None = None
    """The JSON schema that the answer is held to; `None` for free text."""
    labels: tuple[str, ...] | None = None
    """The one-token labels to score; `None` for a completion."""
    sample: int = 0
    """Which of several answers to the same words this is; the seed of the request grows with it."""


class Session(Protocol):
    """The open connections to one model."""

    async def send(self, request: Request) -> Completion:
        """Give what came (LabelScores for labels); raises FaultError, ClientError, or InputError for what fails every request."""
        ...


@runtime_checkable
class Remote(Protocol):
    """Asks one language model, many requests at once."""

    @property
    def name(self) -> str:
        """The model's name, for a reader of the report."""
        ...

    def session(self, timeout_s: float) -> AbstractAsyncContextManager[Session]:
        """Open it; raises InputError where a key or a package is missing, before anything is sent."""
        ...
