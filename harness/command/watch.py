"""`veristance watch`: a running sweep in the terminal - rate, cost, coverage, and each run's score so far with its interval."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from harness.columns import columns
from harness.command import allowed
from harness.errors import InputError
from harness.instantiate import resolved
from harness.overview import Provisional, Standing, all_runs, overview, touched
from harness.report.figure import interval, percent

HEAD = [
    "run",
    "ended",
    "questions/s",
    "time left",
    "coverage %",
    "failed",
    "tokens",
    "cost, $",
    "so far",
    "95 % interval",
]
FROM_THE_TOP = "\x1b[H\x1b[J"


def job(config: Any) -> None:
    """Print a table every few seconds until every run is complete; once where told."""
    plain = resolved(config)
    every, hours = plain["every"], plain["hours"]
    if not (isinstance(every, int | float) and every > 0 and isinstance(hours, int | float) and hours > 0):
        raise InputError(f"every is {every!r} and hours is {hours!r}; expected numbers above 0")
    wait = Path(plain["runs_dir"])
    while not wait.is_dir() and not plain["once"]:
        time.sleep(every)
    runs, provisional, clear = dict[Path, Watched](), Provisional(allowed()), sys.stdout.isatty() and not plain["once"]
    while True:
        since = time.time() - 3600 * hours
        for found in overview(one for one in all_runs(wait) if one not in runs and touched(one) > since):
            runs[found.folder] = Watched(found)
        rows = [one.row(provisional) for one in runs.values()]
        told = columns([HEAD, *rows]) if rows else f"no run in {wait} was written in the last {hours:g} hours"
        print(f"{FROM_THE_TOP if clear else ''}{told}", flush=True)
        if plain["once"] or (rows and all(one.run.state == "complete" for one in runs.values())):
            return
        time.sleep(every)


class Watched:
    """A run and how fast it goes."""

    def __init__(self, run: Standing) -> None:
        self.run = run
        self._first = self._seen = (time.monotonic(), run.n_rows)

    def row(self, provisional: Provisional) -> list[str]:
        """The run as cells, read anew."""
        run, declared = self.run, len(self.run.manifest.declared)
        run.refresh()
        rate, left = self._rate(), declared - run.n_rows
        score = run.score() or provisional.score(run)
        return [
            str(run.folder),
            f"{run.n_rows:,} of {declared:,}",
            "-" if rate is None else f"{rate:,.1f}",
            "done" if run.state == "complete" else "-" if not rate else _clock(left / rate),
            percent(run.n_answered / run.n_rows if run.n_rows else None),
            f"{run.n_failed:,}",
            "-" if run.n_tokens is None else f"{run.n_tokens:,}",
            "-" if run.cost is None else f"{run.cost:.4f}",
            "-" if score is None else f"{score.metric} {percent(score.value)}",
            "-" if score is None else interval(score.low, score.high),
        ]

    def _rate(self) -> float | None:
        """Questions a second since the look before the last that saw any come; `None` before two looks."""
        now = (time.monotonic(), self.run.n_rows)
        if now[1] > self._seen[1]:
            self._first, self._seen = self._seen, now
        n, seconds = self._seen[1] - self._first[1], now[0] - self._first[0]
        return n / seconds if n and seconds > 0 else None


def _clock(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
