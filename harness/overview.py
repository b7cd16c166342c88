"""Runs as they stand on disk: which there are, how far they are, and what they are worth so far.

    for run in overview(all_runs(Path("runs"))):
        print(run.manifest.name, run.n_rows, len(run.manifest.declared), run.score())

Nothing is asked and nothing is locked: a run that another process is writing can be looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.evidence import Gold
from harness.instantiate import make
from harness.kept import Rows
from harness.label import Outcome
from harness.metric import AnyMetric
from harness.metric_set import measured
from harness.run import FINAL, read_manifest
from harness.schema import Prediction
from harness.score import Score
from harness.scoring import scores
from harness.task import Items

STATES = ("complete", "incomplete")


class Standing:
    """A run, read as far as it is written; `refresh` reads on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.rows = Rows(self.manifest.declared)
        self._read_to = 0
        self.refresh()

    def refresh(self) -> int:
        """Read the rows that came since; gives how many. A run that was begun afresh is read from its beginning."""
        path = self.folder / "predictions.jsonl"
        size = path.stat().st_size if path.is_file() else 0
        if size < self._read_to:
            self.manifest = read_manifest(self.folder)
            self.rows, self._read_to = Rows(self.manifest.declared), 0
        if size == self._read_to:
            return 0
        with path.open("rb") as file:
            file.seek(self._read_to)
            data = file.read()
        whole = data.rfind(b"\n") + 1
        known, before = set(self.manifest.declared), len(self.rows)
        for line in data[:whole].split(b"\n")[:-1]:
            try:
                row = json.loads(line)
                row.pop("messages", None)  # they may be references, and no figure here is made of them
                made = Prediction.model_validate_json(json.dumps(row))
            except (ValueError, AttributeError, TypeError) as error:
                raise InputError(
                    f"{path} has a row that cannot be read after byte {self._read_to}; run the same evaluate command to hear which"
                ) from error
            if made.id in known:
                self.rows.put(made)
        self._read_to += whole
        return len(self.rows) - before

    @property
    def n_rows(self) -> int:
        """Declared questions that ended somehow."""
        return len(self.rows)

    @property
    def n_failed(self) -> int:
        """Of these, those that the next run asks again."""
        return sum(self.rows.outcome(id_) not in FINAL for id_ in self.rows)

    @property
    def n_answered(self) -> int:
        """Of these, those with a label."""
        return sum(self.rows.outcome(id_) is Outcome.ANSWERED for id_ in self.rows)

    @property
    def state(self) -> str:
        """Complete, or incomplete: some declared question has no answer."""
        return STATES[self.n_rows - self.n_failed < len(self.manifest.declared)]

    @property
    def cost(self) -> float | None:
        """US dollars in sum; `None` where no answer's cost is known."""
        known = [row.cost for row in self.rows.values() if row.cost is not None]
        return sum(known) if known else None

    @property
    def n_tokens(self) -> int | None:
        """Sent and got in sum; `None` where unknown."""
        known = [n for row in self.rows.values() for n in (row.n_tokens_in, row.n_tokens_out) if n is not None]
        return sum(known) if known else None

    def score(self) -> Score | None:
        """The headline score of a run that was scored; `None` before that, and for scores of other questions than are there now."""
        try:
            found = json.loads((self.folder / "scores.json").read_bytes())
            head = Score.model_validate_json(json.dumps(found[0]))
        except (OSError, ValueError, LookupError):
            return None
        return head if head.n_answered == self.n_answered else None


class Provisional:
    """Headline scores of runs that are not done, on what they have answered; the dataset is read once for all of them."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self._allow = allow
        self._made: dict[str, tuple[Items, AnyMetric]] = {}

    def score(self, run: Standing) -> Score | None:
        """Of the questions that ended so far; `None` where there is none."""
        if not run.n_rows:
            return None
        items, headline = self._gold(run.manifest.config)
        return scores(items, run.rows, tuple(run.rows), (headline,))[0]

    def _gold(self, config: Mapping[str, Any]) -> tuple[Items, AnyMetric]:
        parts = {key: config[key] for key in ("dataset", "task", "metric")}
        key = json.dumps(parts, sort_keys=True)
        if key not in self._made:
            made = make(parts, self._allow)
            items = made["task"].items(made["dataset"].load(), Gold())
            no_slices = {id_: dict[str, str]() for id_ in items.gold}
            self._made[key] = replace(items, slices=no_slices), measured(made["metric"]).metrics[0]
        return self._made[key]


def overview(folders: Iterable[Path], state: str | None = None) -> list[Standing]:
    """These runs, or those of them that are complete or incomplete, the latest last."""
    if state not in {None, *STATES}:
        raise InputError(f"state is {state!r}; expected {' or '.join(STATES)}")
    found = [Standing(folder) for folder in folders]
    wanted = [run for run in found if state in {None, run.state}]
    return sorted(wanted, key=lambda run: (run.manifest.started, str(run.folder)))


def all_runs(runs_dir: Path) -> list[Path]:
    """Every run directory below a folder; raises InputError where there is no such folder."""
    if not runs_dir.is_dir():
        raise InputError(
            f"there is no folder {runs_dir}; expected one with runs: `veristance evaluate` makes it, runs_dir=DIR names another"
        )
    return sorted(path.parent for path in runs_dir.glob("*/*/manifest.json"))


def touched(folder: Path) -> float:
    """When a row or the manifest was last written, in seconds since 1970."""
    files = (folder / name for name in ("predictions.jsonl", "manifest.json"))
    return max((file.stat().st_mtime for file in files if file.is_file()), default=0.0)
