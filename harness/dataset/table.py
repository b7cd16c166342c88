"""A public dataset, or a user's own file, by a YAML map into questions: no code, whatever the layout.

    TableDataset(name="mine", files=[{"path": "claims.csv"}], task="veracity", columns={"claim": "statement", "gold": "verdict"}, ...)

Rows are streamed. Counts and checksums that differ from the map's, and rows that cannot be read, are errors that name file and
line, because rows that were dropped without a word are the commonest fault of published numbers.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from harness.dataset.mapping import Axis, Map, parsed
from harness.errors import ConfigError, InputError
from harness.label import Task

log = logging.getLogger(__name__)

# A folder of public datasets, one folder each, so that no path has to be given for each of them.
ROOT = "VERISTANCE_PUBLIC_DATA"


@dataclass(frozen=True)
class TableDataset:
    """Files and the map of their columns; the keys are those of `harness.dataset.mapping`."""

    name: str
    task: str
    """What the rows are labelled with: veracity or stance."""
    files: Sequence[Mapping[str, Any]] | None
    """`None` takes `path` as the one file."""
    columns: Mapping[str, Any]
    as_of: str
    path: str | None = None
    """The folder of the files, or a single file; `None` is `folder` below what the environment's VERISTANCE_PUBLIC_DATA names."""
    folder: str | None = None
    version: str = "1"
    format: Mapping[str, Any] = field(default_factory=dict)
    joins: Sequence[Mapping[str, Any]] = ()
    each: str | None = None
    labels: Mapping[Any, str | None] | None = None
    dropped: Sequence[str] = ()
    losses: str | None = None
    kind: str | None = None
    evidence: Mapping[str, Any] | None = None
    votes: Mapping[str, Any] | None = None
    expected: Mapping[str, Any] = field(default_factory=dict)
    also: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Another task on the same rows: its name, and the keys that differ."""
    space: Literal["native", "ours"] = "native"
    """`native` asks for the dataset's own labels, to score against published figures; `ours` for this harness's, across datasets."""
    splits: Sequence[str] | None = None
    """The parts to ask about; `None` is all."""
    verify: Literal["error", "warn", "off"] = "error"
    """What a count or a checksum that differs is."""
    faults: Literal["refuse", "skip"] = "refuse"
    """What a row that cannot be read is: a reason to stop, or left out and counted in the log."""
    source: str | None = None
    hub: str | None = None
    revision: str | None = None
    licence: str | None = None
    citation: str | None = None

    def __post_init__(self) -> None:
        for name, known in (
            ("space", {"native", "ours"}),
            ("verify", {"error", "warn", "off"}),
            ("faults", {"refuse", "skip"}),
        ):
            if getattr(self, name) not in known:
                raise ConfigError(f"dataset.{name} is {getattr(self, name)!r}; expected {' or '.join(sorted(known))}")
        for axis in self.map.axes:
            axis.of(self.space)

    @cached_property
    def map(self) -> Map:
        """The map, checked; raises ConfigError naming the key."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        if self.files is None:
            if self.path is None:
                raise ConfigError("dataset.path has no value; expected the file of the table: dataset.path=claims.csv")
            given["files"] = [{"path": str(Path(self.path).absolute())}]
        return parsed(given, self.also)

    @property
    def root(self) -> Path:
        """The folder of the files; raises InputError where there is none on this machine."""
        if self.path is not None:
            root = Path(self.path)
            return root.parent if self.files is None else root
        if self.folder and ROOT in os.environ:
            return Path(os.environ[ROOT], self.folder)
        raise InputError(
            f"dataset {self.name} is not on this machine; expected dataset.path=FOLDER with its files, or {ROOT} set to a folder that "
            f"holds {self.folder or self.name}/{self._from()}"
        )

    def _from(self) -> str:
        return f": get it from {self.source}" if self.source else ""

    def load(self) -> Table:
        """Look for every file and count its checksum; raises InputError naming what is missing or differs. Reads no row."""
        root, found = self.root, {}
        for path, wanted in self.named():
            file = root / path
            if not file.is_file():
                raise InputError(
                    f"{file} is missing; expected the files of dataset {self.name} in {root}, or dataset.path=FOLDER{self._from()}"
                )
            with file.open("rb") as stream:
                found[path] = hashlib.file_digest(stream, "sha256").hexdigest()
            if wanted not in {None, found[path]}:
                self.differ(f"{file} has sha256 {found[path]}; expected {wanted}")
        for axis in self.map.axes:
            if axis.losses and self.space == "ours":
                log.warning("%s, labels of %s: %s", self.name, axis.task, axis.losses)
        return Table(self, root, found)

    def named(self) -> list[tuple[str, str | None]]:
        """Every file that the map names, with the sha256 that it should have."""
        votes = [(str(axis.votes.path), axis.votes.sha256) for axis in self.map.axes if axis.votes and axis.votes.path]
        files = [(part.path, part.sha256) for part in self.map.files]
        joins = [(part.path, part.sha256) for part in self.map.joins]
        return list(dict.fromkeys([*files, *joins, *votes]))

    def differ(self, words: str) -> None:
        """Raise or warn, as `verify` says, that the files are not those that the map was written for."""
        if self.verify == "error":
            raise InputError(f"{words}: take the files of the map's source, or say dataset.verify=warn{self._from()}")
        if self.verify == "warn":
            log.warning("%s", words)


@dataclass(frozen=True)
class Table:
    """A table dataset whose files are there; tasks make their items from it."""

    dataset: TableDataset
    root: Path
    digests: Mapping[str, str]
    """The sha256 of each file."""
    passages: Mapping[str, Any] = field(default_factory=dict)
    """None: what a question may read stands in its own row."""
    claims: Mapping[str, Any] = field(default_factory=dict)
    pairs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.dataset.name

    @property
    def version(self) -> str:
        """Of the data."""
        return self.dataset.map.version

    @property
    def path(self) -> Path:
        """The folder of the files."""
        return self.root

    @property
    def as_of(self) -> date:
        """The day on which verdicts are to hold, where rows have no date of their own."""
        return self.dataset.map.as_of

    @cached_property
    def sha256(self) -> str:
        """Of the files, and of everything in the map that a question or its gold depends on."""
        told = self.dataset.map.model_dump(
            mode="json",
            include={"as_of", "format", "axes", "files", "joins"},
            exclude={"files": {"__all__": {"sha256"}}},
        )
        for file in told["files"]:
            file["path"] = self.digests[file["path"]]  # the bytes count, wherever they lie
        told |= {"space": self.dataset.space, "splits": self.dataset.splits, "faults": self.dataset.faults}
        told |= {"digests": sorted(self.digests.values())}
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=list).encode()).hexdigest()

    def axis(self, task: Task) -> Axis:
        """The axis of a task; raises ConfigError for one that the dataset does not have."""
        return self.dataset.map.axis(task)
