"""A client that runs in this process, as a session: in threads of its own, answers in turn, labels of several questions in one pass."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from harness.client import Client, ClientError, Completion, Request


def n_at_once(client: object) -> int:
    """How many questions a client scores in one pass; 1 for a client without `score_many`."""
    return int(getattr(client, "n_at_once", 1)) if hasattr(client, "score_many") else 1


class Local:
    """One request in a thread at a time, so that others go on meanwhile; label scores that wait are taken together."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn = asyncio.Lock()
        self._waiting: deque[tuple[Request, asyncio.Future[Completion]]] = deque()

    async def send(self, request: Request) -> Completion:
        """What came."""
        if request.labels is not None and n_at_once(self._client) > 1:
            return await self._scored(request)
        async with self._turn:
            if request.labels is not None:
                return await asyncio.to_thread(self._client.score_labels, request.messages, list(request.labels))
            # A client that gives one answer alone takes no number.
            which = {"sample": request.sample} if request.sample else {}
            return await asyncio.to_thread(self._client.complete, request.messages, request.schema or {}, **which)

    async def _scored(self, request: Request) -> Completion:
        """Wait for the turn; whoever has it takes along those in the line that ask for the same labels."""
        answer: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()
        mine = (request, answer)
        self._waiting.append(mine)
        try:
            async with self._turn:
                await asyncio.sleep(0)  # whoever is about to ask comes into the line
                if not answer.done():
                    others = [one for one in self._waiting if one[0].labels == request.labels and one is not mine]
                    await self._answer([mine, *others[: n_at_once(self._client) - 1]])
            return await answer
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)

    async def _answer(self, taken: list[tuple[Request, asyncio.Future[Completion]]]) -> None:
        self._waiting = deque(one for one in self._waiting if one not in taken)
        labels, chats = list(taken[0][0].labels or ()), [request.messages for request, _ in taken]
        score_many: Any = self._client.score_many  # type: ignore[attr-defined]
        try:
            replies = await asyncio.to_thread(score_many, chats, labels)
            for (_, answer), reply in zip(taken, replies, strict=True):
                if not answer.done():
                    answer.set_result(reply)
        except ClientError:
            # A fault of one of them, such as too long a prompt, is not the others'.
            for request, answer in taken:
                try:
                    reply = await asyncio.to_thread(self._client.score_labels, request.messages, labels)
                except ClientError as error:
                    if not answer.done():
                        answer.set_exception(error)
                else:
                    if not answer.done():
                        answer.set_result(reply)
        except Exception as error:
            for _, answer in taken[1:]:
                if not answer.done():
                    answer.set_exception(error)
            raise
