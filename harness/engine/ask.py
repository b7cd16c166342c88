"""One way for every request: cache, budget, pace, slot, and again after a fault, until there is an answer or a cause.

    answers = await ask([Request(client, messages, schema)])

Answers come in the order of the requests; the first request that ends without one raises its ClientError.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.client import Client, ClientError, Completion, FaultError, Remote, Request, Session
from harness.engine.budget import Price, Purse
from harness.engine.cache import Cache, fingerprint
from harness.engine.concurrency import Concurrency
from harness.engine.local import Local, n_at_once
from harness.engine.pace import Pace
from harness.errors import ConfigError
from harness.schema import Message

if TYPE_CHECKING:
    from harness.engine import Engine

CHARACTERS_A_TOKEN = (
    4  # English prose in the vocabularies of today; for estimates alone, never for what is reported as used
)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0


def n_tokens_estimated(request: Request) -> int:
    """About how many tokens the messages are."""
    return sum(len(message.content) for message in request.messages) // CHARACTERS_A_TOKEN + 4 * len(request.messages)


def n_tokens_most(client: Any, request: Request) -> int:
    """The most tokens that an answer may have; 0 where the client sets no limit."""
    return 1 if request.labels is not None else int(getattr(client, "max_tokens", None) or 0)


@dataclass
class Model:
    """A client that is open, with what the engine knows of it."""

    client: Client | Remote
    session: Session
    fingerprint: str | None
    price: Price | None
    slots: Concurrency


@dataclass
class Ledger:
    """What one question took, and in the order in which they were first sent the words of its requests."""

    words: dict[tuple[Message, ...], None] = field(default_factory=dict)
    n_requests: int = 0
    n_tokens_in: int | None = 0
    n_tokens_out: int | None = 0
    cost: float | None = 0.0
    seconds: float | None = 0.0
    n_cached: int = 0
    n_answers: int = 0

    def sent(self, requests: Sequence[Request]) -> None:
        """Note the words of requests; the same words once."""
        self.words.update(dict.fromkeys(request.messages for request in requests))

    def add(self, reply: Completion, cost: float | None, *, cached: bool) -> None:
        """Add an answer; a sum with an unknown part is unknown."""
        self.n_answers += 1
        self.n_cached += cached
        self.n_tokens_in = _sum(self.n_tokens_in, reply.n_tokens_in)
        self.n_tokens_out = _sum(self.n_tokens_out, reply.n_tokens_out)
        self.cost = _sum(self.cost, cost)
        self.seconds = _sum(self.seconds, reply.seconds)

    def fields(self) -> dict[str, Any]:
        """The fields of a prediction."""
        asked = {"messages": tuple(m for messages in self.words for m in messages), "n_requests": self.n_requests}
        if not self.n_answers:
            return asked
        return asked | {
            "n_tokens_in": self.n_tokens_in,
            "n_tokens_out": self.n_tokens_out,
            "cost": self.cost,
            "seconds": self.seconds,
            "cached": self.n_cached == self.n_answers,
        }


class Asker:
    """Everything open that one session of a run shares."""

    def __init__(self, engine: Engine, stack: AsyncExitStack) -> None:
        self._engine, self._stack = engine, stack
        self._models: dict[int, Model] = {}
        self._cache = Cache(engine.cache_path) if engine.cache_path else None
        self._asked: dict[bytes, asyncio.Future[None]] = {}
        self._requests, self._tokens = Pace(engine.requests_per_minute), Pace(engine.tokens_per_minute)
        self._settled = asyncio.Event()
        self._random = np.random.default_rng()  # of waits alone: no answer depends on it
        self.purse = Purse(engine.budget, engine.spent)
        self.on_wait: Callable[[int], None] = lambda _: None
        """Told 1 when a row begins to wait without a slot, and -1 when it is done waiting."""
        if self._cache:
            stack.callback(self._cache.close)

    async def model(self, client: Client | Remote) -> Model:
        """The open model of a client."""
        if id(client) not in self._models:
            remote = isinstance(client, Remote)
            session = (
                await self._stack.enter_async_context(client.session(self._engine.timeout_s))
                if isinstance(client, Remote)
                else Local(client)
            )
            slots = (
                Concurrency(self._engine.start, self._engine.connections)
                if remote
                else Concurrency(*[n_at_once(client)] * 2)
            )
            price = self._engine.price_of(client)
            if price is None and self._engine.budget.usd is not None:
                raise ConfigError(
                    f"engine.budget.usd is {self._engine.budget.usd:g} and the price of {client.name} is not known; "
                    "expected it: 'engine.price={input: 0.4, output: 1.6}', US dollars a million tokens"
                )
            self._models[id(client)] = Model(client, session, fingerprint(client), price, slots)
        return self._models[id(client)]

    async def ask(self, requests: Sequence[Request], ledger: Ledger) -> list[Completion]:
        """The answers, in the order of the requests; raises ClientError, BudgetSpentError, InputError."""
        ledger.sent(requests)
        if self._cache and ledger.n_answers:
            self._cache.flush()  # answers of a question that goes on are in no run yet
        if len(requests) == 1:
            return [await self._one(requests[0], ledger)]
        replies = await asyncio.gather(
            *(self._one(request, ledger, several=True) for request in requests), return_exceptions=True
        )
        for reply in replies:
            if isinstance(reply, BaseException):
                raise reply
        return [reply for reply in replies if isinstance(reply, Completion)]

    async def _one(self, request: Request, ledger: Ledger, *, several: bool = False) -> Completion:
        model = self._models.get(id(request.client)) or await self.model(request.client)
        if self._cache is None or model.fingerprint is None:
            return await self._pay(request, model, ledger)
        key = self._cache.key(request, model.fingerprint)
        while key in self._asked:  # another row asks the very same
            await asyncio.shield(self._asked[key])
        found = None if self._engine.fresh else self._cache.get(key, request)
        if found is not None:
            ledger.add(found, 0.0, cached=True)
            return found
        self._asked[key] = asyncio.get_running_loop().create_future()
        try:
            reply = await self._pay(request, model, ledger)
            self._cache.put(key, reply)
            if several:
                self._cache.flush()
        finally:
            self._asked.pop(key).set_result(None)
        return reply

    async def _pay(self, request: Request, model: Model, ledger: Ledger) -> Completion:
        """Send until there is an answer, or a cause that ends it."""
        give_up_at = time.monotonic() + self._engine.total_timeout_s
        n_faults = 0
        while True:
            try:
                return await self._send(request, model, ledger, again=n_faults > 0)
            except FaultError as fault:
                n_faults += 1
                wait = self._wait(fault, n_faults)
                if n_faults > self._engine.retries:
                    asked = f" (asked {n_faults} times)" if n_faults > 1 else ""
                    raise ClientError(f"{fault}{asked}") from fault
                if time.monotonic() + wait > give_up_at:
                    raise ClientError(
                        f"{fault}; asked {n_faults} times within {self._engine.total_timeout_s:g} s"
                    ) from fault
            self.on_wait(1)
            try:
                await asyncio.sleep(wait)
            finally:
                self.on_wait(-1)

    async def _send(self, request: Request, model: Model, ledger: Ledger, *, again: bool) -> Completion:
        n_in, n_out = n_tokens_estimated(request), n_tokens_most(model.client, request)
        usd = model.price.of(n_in, n_out) if model.price else None
        await model.slots.take(first=again)
        reply = cost = None
        try:
            # With the slot in hand, so that what may be sent by now does not pile up before the slots and go all at once.
            await self._requests.spend(1)
            await self._tokens.spend(n_in + n_out)
            # What is under way may turn out to cost less than its estimate.
            while self.purse.is_tight(n_in + n_out, usd):
                await self._settled.wait()
            self.purse.hold(n_in + n_out, usd)
            ledger.n_requests += 1
            sent_at = time.monotonic()
            try:
                reply = await model.session.send(request)
                cost = model.price.of(reply.n_tokens_in, reply.n_tokens_out) if model.price else None
            except FaultError as fault:
                if fault.limited:
                    model.slots.refused(sent_at)
                raise
            finally:
                self.purse.settle(n_in + n_out, usd, reply, cost)
                self._settled.set()
                self._settled.clear()
            model.slots.answered()
        finally:
            model.slots.give()
        if reply.n_tokens_in is not None and reply.n_tokens_out is not None:
            self._tokens.correct(n_in + n_out, reply.n_tokens_in + reply.n_tokens_out)
        ledger.add(reply, cost, cached=False)
        return reply

    def _wait(self, fault: FaultError, n_faults: int) -> float:
        """Seconds until the next try: what the server asked for, a little spread, or a doubling time with jitter."""
        if fault.after_s is not None:
            return fault.after_s * float(self._random.uniform(1.0, 1.1))
        return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (n_faults - 1)) * self._random.uniform(0.5, 1.0))


def _sum(a: float | None, b: float | None) -> Any:
    return None if a is None or b is None else a + b
