"""A real OpenAI-compatible server on the loopback interface, with faults, and a checker that asks it one thing."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from harness.client import Request
from harness.client.openai import OpenAI
from harness.engine import Engine, Reading
from harness.label import Outcome, Task
from harness.schema import Message, Question

pytest.importorskip("aiohttp")


@dataclass
class Server:
    """Answers "supported" to every chat; `plan` gives the faults of a text's first requests, in turn."""

    plan: dict[str, list[str]] = field(default_factory=dict)
    latency_s: float = 0.0
    retry_after: str | None = "0.2"
    log: list[tuple[str, str]] = field(default_factory=list)
    """What was asked, and how it was answered."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    n_active: int = 0
    n_most: int = 0
    url: str = ""

    def count(self) -> Counter[str]:
        """How many requests were answered how."""
        return Counter(how for _, how in self.log)

    async def answer(self, request: Any) -> Any:
        from aiohttp import web

        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        text = body["messages"][-1]["content"] if "messages" in body else body["prompt"]
        self.n_active += 1
        self.n_most = max(self.n_most, self.n_active)
        faults = self.plan.get(text, [])
        how = faults.pop(0) if faults else "200"
        self.log.append((text, how))
        try:
            if how == "hang":
                await asyncio.sleep(60)
            await asyncio.sleep(self.latency_s)
        finally:
            self.n_active -= 1
        if how == "reset":
            request.transport.abort()
            return web.Response()
        if how.startswith("json "):
            return web.Response(text=how.removeprefix("json "), content_type="application/json")
        if how == "malformed":
            return web.Response(text='{"choices": [{"mess', content_type="application/json")
        if how.isdigit() and how != "200":
            headers = {"Retry-After": self.retry_after} if how == "429" and self.retry_after else {}
            said = {"error": {"message": f"no: {request.headers.get('Authorization')}"}}
            return web.json_response(said, status=int(how), headers=headers)
        message = {"content": how.removeprefix("say ") if how.startswith("say ") else "supported"}
        finish = "stop"
        if how == "cut":
            message, finish = {"content": '{"label": "sup'}, "length"
        if how == "refuse":
            message = {"content": None, "refusal": "I cannot help with that."}
        if how == "echo":
            message = {"content": f"supported {request.headers.get('Authorization')}"}
        usage = {"prompt_tokens": 10, "completion_tokens": 2}
        return web.json_response({"choices": [{"message": message, "finish_reason": finish}], "usage": usage})


@pytest.fixture
def server():
    """A running server."""
    from aiohttp import web

    made, loop, ready = Server(), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def models(_: Any) -> Any:
        return web.json_response({"data": [{"id": "m"}]})

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", made.answer)
        app.router.add_post("/v1/completions", made.answer)
        app.router.add_get("/v1/models", models)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        ready.set()
        await stop.wait()
        await runner.cleanup()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(20)
    yield made
    loop.call_soon_threadsafe(stop.set)
    thread.join(20)
    loop.close()


@dataclass(frozen=True)
class Single:
    """Asks the claim itself, and reads the label "supported"."""

    client: Any
    engine: Engine
    n: int = 1

    def clients(self):
        return (self.client,)

    async def check(self, question, ask):
        messages = (Message(role="user", content=question.claim),)
        replies = await ask([Request(self.client, messages, sample=k) for k in range(self.n)])
        raw = replies[0].raw
        if replies[0].refused:
            return Reading(Outcome.REFUSED, raw, error=replies[0].refusal)
        if raw != "supported":
            return Reading(Outcome.UNPARSABLE, raw, error="no label")
        return Reading(Outcome.ANSWERED, raw, "supported")


@pytest.fixture
def ask(server, tmp_path):
    """Ask claims with an engine of these settings; gives the predictions by id."""

    def run(claims, *, client=None, n=1, questions=None, **settings):
        settings = {"retries": 3, "timeout_s": 5, "cache": str(tmp_path / "cache.sqlite"), **settings}
        checker = Single(client or OpenAI(server.url, "m"), Engine(**settings), n)
        asked = questions or [question(claim) for claim in claims]
        return {row.id: row for row in checker.engine.predict(checker, asked)}

    return run


def question(claim):
    return Question(id=claim, task=Task.VERACITY, claim=claim, labels=("supported", "refuted"), as_of=date(2026, 1, 1))
