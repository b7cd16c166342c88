"""How many requests are under way at once: more while all goes well, fewer when the server says that it is too much.

The number doubles with each full round of answers until the limit or the first 429. It then falls by a fifth when a larger share of
the latest answers than `SHARE` were 429, at most once a second and once a round, and climbs back: quickly to just below where it
was cut, then one at a time (the shape of CUBIC, RFC 9438). A few scattered 429 are no reason to slow down: each costs its own row
a wait, and its slot is another row's meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

SHARE = 0.12  # a server that refuses one in eight is asked too much; with one in twenty the work still gets done faster
FEWEST = 2  # one 429 by itself says nothing of the rate
FALL = 0.8
PAUSE_S = 1.0


class Concurrency:
    """Slots for requests; a row that waits to be sent again holds none."""

    def __init__(self, start: int, most: int) -> None:
        self.limit = float(min(start, most))
        self.most = most
        self.n_active = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._doubling = True
        self._round = 0  # answers since the last change of the limit
        self._recent: deque[bool] = deque(maxlen=max(16, int(self.limit)))  # whether the latest answers were 429
        self._cut_at = 0.0
        self._cut_from = float(most)

    async def take(self, *, first: bool = False) -> None:
        """Wait for a slot; `first` is for a row that has waited before."""
        if self.n_active < int(self.limit) and not self._waiting:
            self.n_active += 1
            return
        turn = asyncio.get_running_loop().create_future()
        (self._waiting.appendleft if first else self._waiting.append)(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give()  # the slot was handed over as the row was given up
            raise

    def give(self) -> None:
        """Free a slot, for who waits longest."""
        self.n_active -= 1
        self._hand_over()

    def answered(self) -> None:
        """A request was answered: the limit may grow."""
        self._recent.append(False)
        self._round += 1
        if self.limit >= self.most:
            return
        if self._doubling:
            if self._round >= self.limit:
                self._set(self.limit * 2)
        else:
            near = self.limit >= 0.95 * self._cut_from
            self.limit = min(float(self.most), self.limit + (1 if near else max(1, 0.1 * self._cut_from)) / self.limit)
        self._hand_over()

    def refused(self, sent_at: float) -> None:
        """A request that was sent at `sent_at` (`time.monotonic()`) got a 429: the limit may fall."""
        self._recent.append(True)
        self._doubling = False
        now = time.monotonic()
        n_refused = sum(self._recent)
        # One sent before the last cut says nothing of the limit since.
        news = sent_at > self._cut_at and now - self._cut_at >= PAUSE_S
        if news and n_refused >= FEWEST and n_refused >= SHARE * len(self._recent):
            self._cut_at, self._cut_from = now, self.limit
            self._set(max(1.0, self.limit * FALL))

    def _set(self, limit: float) -> None:
        self.limit, self._round = min(float(self.most), limit), 0
        self._recent = deque(maxlen=max(16, int(self.limit)))

    def _hand_over(self) -> None:
        while self._waiting and self.n_active < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self.n_active += 1
                turn.set_result(None)
