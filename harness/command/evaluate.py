"""`veristance evaluate`: one system on one task, or a job of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.app import note_sweep
from harness.command import allowed
from harness.errors import MissingRowsError
from harness.evaluate import dry_run, evaluate_config
from harness.instantiate import resolved
from harness.replication import check


def job(config: Any) -> None:
    """Evaluate, and note the run in the sweep's list."""
    plain = resolved(config)
    if plain["dry_run"]:
        print(f"{plain['name']}: {dry_run(plain, allowed()).sentence()}")
        return
    run = evaluate_config(plain, allowed())
    note_sweep(Path(plain["runs_dir"]), run.folder)
    if run.n_missing:
        raise MissingRowsError(
            f"{run.manifest.name}: {run.n_missing} of {len(run.manifest.declared)} questions have no answer "
            f"({'; '.join(run.causes[:3]) or 'never asked'}); the same command asks them again"
        )
    check(run, plain["published"])
