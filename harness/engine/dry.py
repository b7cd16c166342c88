"""What a run would ask and cost, without sending anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from harness.client import Completion, Request
from harness.engine import Checker, Engine
from harness.engine.ask import n_tokens_estimated, n_tokens_most
from harness.engine.cache import Cache, fingerprint
from harness.schema import Question


@dataclass
class Estimate:
    """Counts of the first requests of every question; a checker that asks again after reading an answer asks more."""

    n_questions: int = 0
    n_requests: int = 0
    n_cached: int = 0
    """Of these, answered by the cache."""
    n_tokens_in: int = 0
    """About; a token is taken for four characters."""
    n_tokens_out: int = 0
    """At most, by the clients' max_tokens."""
    usd: float | None = 0.0
    """At most for the answers; `None` where a price is not known."""
    trained: bool = False
    """Whether the system is trained around the checker: what its training asks, or adds to the questions, is not counted."""

    def sentence(self) -> str:
        """All of it in words."""
        cost = "cost unknown, since no price is" if self.usd is None else f"at most about {self.usd:,.4f} US dollars"
        return (
            f"{self.n_questions:,} questions to ask, {self.n_requests:,} first requests, {self.n_cached:,} of them in the cache; "
            f"about {self.n_tokens_in:,} tokens to send and at most {self.n_tokens_out:,} to get; {cost}; "
            + ("what its training asks, or adds to the questions, is not counted; " if self.trained else "")
            + "nothing was sent"
        )


class _CountedError(Exception):
    """Ends a checker at its first requests."""


def estimate(checker: Checker, questions: Iterable[Question], engine: Engine, *, trained: bool = False) -> Estimate:
    """Count what every question would ask first; `trained` says that the system is trained around this checker."""
    with ThreadPoolExecutor(1) as aside:  # a notebook runs a loop of its own in this thread
        return aside.submit(_estimate, checker, questions, engine, trained).result()


def _estimate(checker: Checker, questions: Iterable[Question], engine: Engine, trained: bool) -> Estimate:
    found = Estimate(trained=trained)
    cache = Cache(engine.cache_path) if engine.cache_path and engine.cache_path.is_file() and not engine.fresh else None

    async def ask(requests: Sequence[Request]) -> list[Completion]:
        for request in requests:
            _count(request, found, engine, cache)
        raise _CountedError

    async def count() -> None:
        for question in questions:
            found.n_questions += 1
            with suppress(
                _CountedError
            ):  # of a checker that asks several models at once, every first request is counted by now
                await checker.check(question, ask)

    try:
        asyncio.run(count())
    finally:
        if cache:
            cache.close()
    return found


def _count(request: Request, found: Estimate, engine: Engine, cache: Cache | None) -> None:
    found.n_requests += 1
    told = fingerprint(request.client) if cache else None
    if cache and told and cache.get(cache.key(request, told), request) is not None:
        found.n_cached += 1
        return
    n_in, n_out = n_tokens_estimated(request), n_tokens_most(request.client, request)
    found.n_tokens_in += n_in
    found.n_tokens_out += n_out
    price = engine.price_of(request.client)
    cost = price.of(n_in, n_out) if price else None
    found.usd = None if found.usd is None or cost is None else found.usd + cost
