"""Finds what would spoil a run before it is paid for: one small request a way of asking, that a server cannot answer by accident."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack

from harness.answer import answer_schema
from harness.client import Client, ClientError, Remote, Request
from harness.engine import Checker, Engine
from harness.engine.ask import Asker, Ledger
from harness.errors import InputError
from harness.schema import Message

# No server says these words by itself, so that one that does was held to them.
NONSENSE = ("quorvex-71", "blintal-38")
PLAIN = (Message(role="user", content="Say good morning in a short sentence, in English."),)
LETTER = (Message(role="user", content="Answer with one letter, A or B."),)
PATIENCE_S = 20.0


def probe(checker: Checker, forms: Sequence[str]) -> list[str]:
    """Ask each model that is not in this process once for each form (json, logprobs); gives the problems, one sentence each."""
    return asyncio.run(_probe(checker, forms))


def warnings(checker: Checker) -> list[str]:
    """What a run can do without, and its user may want."""
    return [
        f"the price of {client.name} is not known, so cost will be unknown: 'engine.price={{input: 0.4, output: 1.6}}', "
        "US dollars a million tokens"
        for client in checker.clients()
        if isinstance(client, Remote) and checker.engine.price_of(client) is None
    ]


async def _probe(checker: Checker, forms: Sequence[str]) -> list[str]:
    found: list[str] = []
    budget = checker.engine.budget
    found += [
        f"engine.budget.usd is {budget.usd:g} and the price of {client.name} is not known"
        for client in checker.clients()
        if budget.usd is not None and checker.engine.price_of(client) is None
    ]
    # Neither repeats nor the cache: what is asked is whether it works now.
    engine = Engine(retries=0, timeout_s=min(PATIENCE_S, checker.engine.timeout_s), price=checker.engine.price)
    for client in checker.clients():
        if not isinstance(client, Remote):
            continue
        async with AsyncExitStack() as stack:
            asker = Asker(engine, stack)
            for form in forms:
                try:
                    problem = await _ask(asker, client, form)
                except (ClientError, InputError) as error:
                    found.append(f"{client.name}: {error}")
                    break
                found += [f"{client.name}: {problem}"] if problem else []
    return found


async def _ask(asker: Asker, client: Client | Remote, form: str) -> str | None:
    if form == "logprobs":
        await asker.ask([Request(client, LETTER, labels=("A", "B"))], Ledger())
        return None
    if getattr(client, "structured", "json_schema") != "json_schema":
        # There is no form to hold it to; whether it is there and takes the key can be told all the same.
        await asker.ask([Request(client, PLAIN)], Ledger())
        return None
    (reply,) = await asker.ask([Request(client, PLAIN, schema=answer_schema(NONSENSE))], Ledger())
    try:
        said = json.loads(reply.raw)["label"]
    except (ValueError, LookupError, TypeError):
        said = None
    if said in NONSENSE:
        return None
    return (
        f"it ignores JSON schemas (asked for one, it gave {reply.raw[:60]!r}); answers may be unparsable: "
        "set client.structured=none, or choose another server or model"
    )
