"""Answers that were paid for, by all that they depend on: provider, address, model, parameters, messages, schema, sample number.

One SQLite file for all runs. Only whole answers are kept: an error, an empty answer and one that was cut off never are. The
messages are in the key, as a hash, and in the run, as words; here they would be stored twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.client import Completion, LabelScores, Request
from harness.errors import InputError

VERSION = 1  # of the key: raised whenever anything else comes to stand in it
WHOLE = "stop"
WITHIN_S = 0.1  # an answer is in its run at once; this is for the runs to come, and a transaction for each took 22 us a row, one for a hundred 9


class Cache:
    """An open cache; several processes may hold one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._due = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            # A killed process loses no answer that was written; the disk is synced when the log is folded in.
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("CREATE TABLE IF NOT EXISTS answer (key BLOB PRIMARY KEY, reply TEXT) WITHOUT ROWID")
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"the cache {path} cannot be opened ({error}); choose another by engine.cache=, or null"
            ) from error

    def key(self, request: Request, fingerprint: str) -> bytes:
        """20 bytes that differ wherever anything that the answer depends on does."""
        messages = [(message.role, message.content) for message in request.messages]
        whole = [VERSION, fingerprint, messages, request.schema, request.labels, request.sample]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).digest()[:20]

    def get(self, key: bytes, request: Request) -> Completion | None:
        """The answer, without the seconds that it took; `None` where there is none."""
        row = self._db.execute("SELECT reply FROM answer WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        record = Completion if request.labels is None else LabelScores
        try:
            return record.model_validate_json(row[0])
        except ValidationError as error:
            raise InputError(f"the cache {self._path} holds a row of another form; remove the file") from error

    def put(self, key: bytes, reply: Completion) -> None:
        """Keep a whole answer; it is written within `WITHIN_S`, or by `flush`."""
        if not _is_whole(reply):
            return
        if not self._due:
            self._due = True
            self._db.execute("BEGIN")
            asyncio.get_running_loop().call_later(WITHIN_S, self.flush)
        row = reply.model_dump_json(exclude_defaults=True, exclude={"seconds"}, round_trip=True)
        self._db.execute("INSERT OR REPLACE INTO answer VALUES (?, ?)", (key, f'{row[:-1]},"seconds":null}}'))

    def flush(self) -> None:
        """Write what is due."""
        if self._due:
            self._due = False
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Write what is due and let go."""
        self.flush()
        self._db.close()


def fingerprint(client: Any) -> str | None:
    """All that a client's answers depend on but the request, as text; `None` for a client that does not tell, which is not cached."""
    tell = getattr(client, "fingerprint", None)
    told: Mapping[str, Any] | None = tell() if tell else None
    return None if told is None else json.dumps(told, sort_keys=True)


def _is_whole(reply: Completion) -> bool:
    # A label's score is read from the first token, so that "length" is its whole answer.
    scored = isinstance(reply, LabelScores)
    return scored or (reply.finish_reason == WHOLE and bool(reply.raw.strip()) and not reply.refused)
