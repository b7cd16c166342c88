"""`veristance evaluate`: one system on one task, or a job of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.app import note_sweep
from harness.command import allowed
from harness.errors import MissingRowsError
from harness.evaluate import evaluate_config
from harness.instantiate import resolved


def job(config: Any) -> None:
    """Evaluate, and note the run in the sweep's list."""
    plain = resolved(config)
    run = evaluate_config(plain, allowed())
    note_sweep(Path(plain["runs_dir"]), run.folder)
    if run.n_missing:
        errors = sorted({p.error or "no cause given" for p in run.predictions.values() if p.outcome.value == "failed"})
        raise MissingRowsError(
            f"{run.manifest.name}: {run.n_missing} of {len(run.manifest.declared)} questions have no answer "
            f"({'; '.join(errors[:2]) or 'never asked'}); the same command asks them again"
        )
