"""Asks language models: many questions at once, each to one outcome, with every limit, repeat and saving in one place.

    Engine(connections=64, cache="runs/.cache/answers.sqlite").predict(checker, questions)

A checker is written as one coroutine over `ask`, and knows of no connection, cache or budget:

    async def check(self, question, ask):
        (reply,) = await ask([Request(self.client, messages, schema)])
        return Reading(outcome=Outcome.ANSWERED, label=..., raw=reply.raw)
"""

from __future__ import annotations

import asyncio
import gc
import queue
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from harness.client import Client, ClientError, Completion, Remote, Request
from harness.engine.ask import Asker, Ledger
from harness.engine.budget import Budget, BudgetSpentError, Price, Spent, read_price
from harness.errors import ConfigError
from harness.label import Outcome
from harness.schema import Prediction, Question

Ask = Callable[[Sequence[Request]], Awaitable[list[Completion]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a checker read from the answers to one question: the fields of a prediction that it decides."""

    outcome: Outcome
    raw: str | None = None
    label: str | None = None
    probabilities: Mapping[str, float] | None = None
    evidence: tuple[str, ...] = ()
    rationale: str | None = None
    error: str | None = None


@runtime_checkable
class Checker(Protocol):
    """Answers one question by asking models; a frozen dataclass, so that a session can be given its own engine."""

    @property
    def engine(self) -> Engine:
        """How its models are asked."""
        ...

    def clients(self) -> Sequence[Client | Remote]:
        """The models that it asks."""
        ...

    def check(self, question: Question, ask: Ask) -> Coroutine[Any, Any, Reading]:
        """Read one outcome; a ClientError that leaves it fails the question with its cause."""
        ...


def asking(system: object) -> Checker | None:
    """What asks models: the system itself, or the checker that a trained one is built around; `None` where nothing does."""
    return next((it for it in (system, getattr(system, "checker", None)) if isinstance(it, Checker)), None)


def forms(checker: Checker, question: Question) -> tuple[str, ...]:
    """How a checker reads answers, json or logprobs; by JSON where it does not say."""
    said = getattr(checker, "form", lambda _: "json")(question)
    return (said,) if isinstance(said, str) else tuple(said)


@dataclass(frozen=True)
class Engine:
    """How models are asked: nothing of it decides what they answer, so it has no part in a run's identity."""

    start: int = 20
    connections: int = 64
    retries: int = 5
    timeout_s: float = 120
    total_timeout_s: float = 900
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    budget: Budget = field(default_factory=Budget)
    price: Mapping[str, Any] | None = None
    """Of every model of the run, in US dollars a million tokens: input, output; `None` looks each model up in `prices`."""
    prices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cache: str | None = None
    spent: Spent = field(default_factory=Spent)
    """What earlier sessions of the run spent."""
    fresh: bool = False
    """Whether the cache is written but not read."""

    def __post_init__(self) -> None:
        for name, value, least in (
            ("start", self.start, 1),
            ("connections", self.connections, 1),
            ("retries", self.retries, 0),
            ("timeout_s", self.timeout_s, 0.001),
            ("total_timeout_s", self.total_timeout_s, 0.001),
            ("requests_per_minute", self.requests_per_minute, 1),
            ("tokens_per_minute", self.tokens_per_minute, 1),
        ):
            if value is not None and not value >= least:
                raise ConfigError(f"engine.{name} is {value}; expected {least} or more")

    def price_of(self, client: Client | Remote) -> Price | None:
        """The price of a client's model; `None` where it is not known, which makes its cost unknown and never 0."""
        return read_price("engine.price", self.price) or read_price(
            f"prices.{client.name}", self.prices.get(client.name)
        )

    @property
    def cache_path(self) -> Path | None:
        """The file of the cache."""
        return Path(self.cache).expanduser() if self.cache else None

    def predict(self, checker: Checker, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question as it is ready. Raises BudgetSpentError after the last answer that was paid for."""
        if _in_a_loop():  # a notebook runs one; ours then runs in a thread
            yield from _from_thread(partial(self._predict, checker, questions))
        else:
            yield from self._predict(checker, questions)

    def _predict(self, checker: Checker, questions: Iterable[Question]) -> Iterator[Prediction]:
        loop = asyncio.new_event_loop()
        crew = Crew(self, checker, iter(questions))
        try:
            loop.run_until_complete(crew.open())
            gc.freeze()  # what is loaded by now stays: no collection need look through it again
            while batch := loop.run_until_complete(crew.batch()):
                yield from batch
        finally:
            loop.run_until_complete(crew.close())
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            gc.unfreeze()


class Crew:
    """The workers of one session: each takes a question, and hands its place to another while the question waits."""

    def __init__(self, engine: Engine, checker: Checker, questions: Iterator[Question]) -> None:
        self._engine, self._checker, self._questions = engine, checker, questions
        self._stack = AsyncExitStack()
        self._done: deque[Prediction] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._n_waiting = 0
        self._stop: Exception | None = None
        self._empty = False

    async def open(self) -> None:
        """Open what is needed; raises InputError before anything is asked."""
        self._news = asyncio.Event()
        self._next, self._handed = asyncio.Event(), asyncio.Event()
        self._asker = Asker(self._engine, self._stack)
        self._asker.on_wait = self._waits
        self._slots = [(await self._asker.model(client)).slots for client in self._checker.clients()]
        self._hire()

    async def batch(self) -> list[Prediction]:
        """What is ready, at least one; empty when all is done. Raises what ended the session, once all is handed over."""
        self._handed.set()
        while not self._done and self._workers:
            self._news.clear()
            await self._news.wait()
            self._hire()
        ready = list(self._done)
        self._done.clear()
        # Whoever waits for `next` answered one of these, which the caller has by the time it asks for the next batch.
        self._handed, self._next = self._next, asyncio.Event()
        if not ready and self._stop:
            raise self._stop
        return ready

    async def close(self) -> None:
        """Let go of everything."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._stack.aclose()

    def _waits(self, change: int) -> None:
        self._n_waiting += change
        if change > 0:
            self._hire()

    def _wanted(self) -> int:
        """Workers that there is work for: the slots, and as many more as wait without one, within reason."""
        slots = sum(int(slots.limit) for slots in self._slots)
        return slots + min(self._n_waiting, 4 * slots)

    def _hire(self) -> None:
        while not self._empty and self._stop is None and len(self._workers) < self._wanted():
            worker = asyncio.get_running_loop().create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._left)

    def _left(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if not worker.cancelled() and (error := worker.exception()) is not None and self._stop is None:
            self._stop = error if isinstance(error, Exception) else RuntimeError(str(error))
        self._news.set()

    async def _work(self) -> None:
        for question in self._questions:
            ledger = Ledger()
            ask = partial(self._asker.ask, ledger=ledger)
            try:
                read = await self._checker.check(question, ask)
            except BudgetSpentError:
                raise  # the question is not asked: it stays missing
            except ClientError as error:
                read = Reading(Outcome.FAILED, error=str(error))
            self._done.append(_prediction(question, read, ledger))
            self._news.set()
            await (
                self._next.wait()
            )  # an answer is kept before another is asked for, so that a kill loses only what is under way
            if self._stop is not None or len(self._workers) > self._wanted():
                return
        self._empty = True


def _prediction(question: Question, read: Reading, ledger: Ledger) -> Prediction:
    probabilities = dict(read.probabilities) if read.probabilities is not None else None
    return Prediction(
        id=question.id,
        outcome=read.outcome,
        label=read.label,
        probabilities=probabilities,
        evidence=read.evidence,
        rationale=read.rationale,
        raw=read.raw,
        error=read.error,
        **ledger.fields(),
    )


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _from_thread(make: Callable[[], Iterator[Prediction]]) -> Iterator[Prediction]:
    """The same iterator, run in a thread of its own."""
    found: queue.SimpleQueue[Prediction | Exception | None] = queue.SimpleQueue()
    stop = threading.Event()

    def run() -> None:
        try:
            for prediction in make():
                found.put(prediction)
                if stop.is_set():
                    return
            found.put(None)
        except Exception as error:  # noqa: BLE001 - raised again in the caller's thread
            found.put(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while (got := found.get()) is not None:
            if isinstance(got, Exception):
                raise got
            yield got
    finally:
        stop.set()
        thread.join()
