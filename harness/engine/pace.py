"""Limits of requests and of tokens a minute: in no 60 seconds is more sent than the limit, but for a request that is itself large.

One of more tokens than a twelfth of the limit may go beyond it by its own size.

A bucket of a twelfth of the limit, refilled so that bucket and refill of a minute together are the limit.
"""

from __future__ import annotations

import asyncio
import time

BURST = 1 / 12  # five seconds' worth may go at once


class Pace:
    """One limit a minute; `None` is no limit."""

    def __init__(self, per_minute: int | None) -> None:
        self._full = max(1.0, per_minute * BURST) if per_minute else 0.0
        self._per_s = max(per_minute - self._full, per_minute / 2) / 60 if per_minute else 0.0
        self._level = self._full
        self._at = time.monotonic()

    async def spend(self, n: float) -> None:
        """Wait until `n` may be sent; more than the bucket holds waits until it has been refilled for it."""
        if not self._per_s:
            return
        self._refill()
        self._level -= n  # in debt at once, so that those who come later wait longer
        # One that is greater than the bucket may go from a full one, and leaves it in debt.
        wait = (min(0.0, self._level + max(0.0, n - self._full))) / -self._per_s
        if wait > 0:
            await asyncio.sleep(wait)

    def correct(self, estimated: float, used: float) -> None:
        """Book what a request really took in place of the estimate."""
        if self._per_s:
            self._refill()
            self._level = min(self._full, self._level + estimated - used)

    def _refill(self) -> None:
        now = time.monotonic()
        self._level = min(self._full, self._level + (now - self._at) * self._per_s)
        self._at = now
