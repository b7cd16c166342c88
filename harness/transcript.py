"""The words that were sent, stored once: what a message shares with an earlier one is a reference to it.

A run's `messages.jsonl` holds whole messages, and a row of its predictions says `{"of": 1, "head": 412, "content": "...", "tail": 9}`:
the first 412 characters of message 1, then the content, then its last 9 characters. Nothing is lost: `unpack(pack(m)) == m`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.schema import Message

MESSAGES = "messages.jsonl"
SHORT = 80  # characters: a reference would be no shorter
MOST = 64  # whole messages that are kept to refer to; comparing with more costs more than it saves


class Transcript:
    """The whole messages of one run."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MESSAGES
        self._whole: list[Message] = []
        self._last: dict[tuple[int, str], int] = {}
        if self._path.is_file():
            data = self._path.read_bytes()
            try:
                self._whole = [Message.model_validate_json(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]
            except ValueError as error:
                raise InputError(f"{self._path} is no list of messages ({error}); run again with fresh=true") from error

    def pack(self, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """Messages as a row holds them; a whole message that is worth referring to is written to the file first."""
        return [self._packed(position, message) for position, message in enumerate(messages)]

    def unpack(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Messages as they were sent; raises InputError for a reference to none."""
        return [self._unpacked(row) for row in rows]

    def _packed(self, position: int, message: Message) -> dict[str, Any]:
        text = message.content
        plain = {"role": message.role, "content": text}
        if len(text) < SHORT:
            return plain
        latest = self._last.get((position, message.role))
        candidates = [] if latest is None else [latest]
        candidates += [n for n, whole in enumerate(self._whole) if whole.role == message.role and n != latest]
        for n in candidates:
            head, tail = shared(self._whole[n].content, text)
            if 3 * (head + tail) >= len(text):
                self._last[position, message.role] = n
                return {"of": n, "head": head, "content": text[head : len(text) - tail], "tail": tail}
        if len(self._whole) >= MOST:
            return plain
        self._write(message)
        return {"of": len(self._whole) - 1, "head": len(text), "content": "", "tail": 0}

    def _write(self, message: Message) -> None:
        line = (message.model_dump_json() + "\n").encode()
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            # A line that a kill cut off would swallow this one.
            size = os.fstat(descriptor).st_size
            os.ftruncate(descriptor, os.pread(descriptor, size, 0).rfind(b"\n") + 1)
            if os.write(descriptor, line) != len(line):
                raise OSError("the disk took only a part of a message; free some room and run the same command again")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._whole.append(message)

    def _unpacked(self, row: Mapping[str, Any]) -> dict[str, Any]:
        if "of" not in row:
            return dict(row)
        try:
            whole = self._whole[row["of"]]
            head, tail = row["head"], row["tail"]
        except (LookupError, TypeError) as error:
            raise InputError(
                f"{self._path} has no message {row.get('of')}, which a prediction refers to; run again with fresh=true"
            ) from error
        text = whole.content
        return {"role": whole.role, "content": text[:head] + row["content"] + text[len(text) - tail :]}


def shared(a: str, b: str) -> tuple[int, int]:
    """How many characters two texts share at the start, and how many at the end beyond those."""
    most = min(len(a), len(b))
    head = _longest(most, lambda n: a[:n] == b[:n])
    tail = _longest(most - head, lambda n: a[len(a) - n :] == b[len(b) - n :])
    return head, tail


def _longest(most: int, fits: Any) -> int:
    """The greatest n up to `most` that fits, where all below a fitting one fit."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def dumped(packed: Sequence[Mapping[str, Any]]) -> str:
    """Packed messages as JSON."""
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
