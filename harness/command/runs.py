"""`veristance runs`: which runs there are, how far they are, and what they are worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.columns import columns
from harness.instantiate import resolved
from harness.overview import Standing, all_runs, overview
from harness.report.figure import interval, percent
from harness.run import find
from harness.score import Score

HEAD = ["run", "evidence", "state", "headline metric", "95 % interval", "cost, $", "started (UTC)"]


def job(config: Any) -> None:
    """Print a row a run."""
    plain = resolved(config)
    runs_dir = Path(plain["runs_dir"])
    found = overview(find(plain["runs"], runs_dir) if plain["runs"] else all_runs(runs_dir), plain["state"])
    if not found:
        print(f"no {plain['state'] or ''} run".replace("  ", " "))
        return
    print(columns([HEAD, *(row(run, run.score()) for run in found)]))


def row(run: Standing, score: Score | None) -> list[str]:
    """A run as cells."""
    n, declared = run.n_rows - run.n_failed, len(run.manifest.declared)
    state = f"{run.state}, {declared:,}" if run.state == "complete" else f"{n:,} of {declared:,}"
    return [
        str(run.folder),
        run.manifest.evidence,
        state + (f", {run.n_failed:,} failed" if run.n_failed else ""),
        "-" if score is None else f"{score.metric} {percent(score.value)}",
        "-" if score is None else interval(score.low, score.high),
        "-" if run.cost is None else f"{run.cost:.4f}",
        run.manifest.started[:16].replace("T", " "),
    ]
