"""`veristance inject`: how many verdicts planted instructions change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.app import note_sweep
from harness.command import allowed
from harness.errors import MissingRowsError
from harness.injection.run import inject_config, inject_dry_run
from harness.instantiate import resolved


def job(config: Any) -> None:
    """Plant, ask, score, and note the run in the sweep's list."""
    plain = resolved(config)
    if plain["dry_run"]:
        run, planted = inject_dry_run(plain, allowed())
        print(f"{plain['name']}: {run.sentence()}\n{plain['name']}, injections: {planted.sentence()}")
        return
    made = inject_config(plain, allowed())
    note_sweep(Path(plain["runs_dir"]), made.run.folder)
    print(f"{made.run.manifest.name}: {made.report.line()}")
    if made.report.worst:
        print(
            f"won over by: {', '.join(made.report.worst[:5])}; every answer is in {made.folder / 'predictions.jsonl'}"
        )
    if made.n_missing or made.run.n_missing:
        causes = dict.fromkeys((*made.causes, *made.run.causes))
        raise MissingRowsError(
            f"{made.run.manifest.name}: {made.n_missing} injections and {made.run.n_missing} questions have no answer "
            f"({'; '.join(list(causes)[:3]) or 'never asked'}); the same command asks them again"
        )
