"""A run on disk: one directory with what was asked (manifest), what was answered (predictions) and what it is worth (scores).

    runs/<task>/<system>-<hash8>/manifest.json  predictions.jsonl  scores.json

A prediction is one line, written with one write(2) as it arrives and synced once a second: a killed process loses nothing that was
written, and the same command asks only for what is missing.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.errors import InputError
from harness.fingerprint import fingerprinted
from harness.label import Outcome, Task
from harness.record import Record, in_words
from harness.schema import Prediction
from harness.transcript import MESSAGES, Transcript, dumped

# What a run's answers depend on, and so its identity; the dataset counts by its hash, not by its path.
IDENTITY = ("task", "evidence", "system", "protocol", "seed", "sample")
# The failed are asked again; every other outcome is an answer to keep.
FINAL = frozenset(Outcome) - {Outcome.FAILED}


class Manifest(Record):
    """What a run set out to do, with what, where."""

    name: str
    """The system's name: its file in `configs/system/`."""
    about: str
    """What the system is, in a sentence."""
    floor: bool
    """Whether it is a floor (it never holds claim and evidence together) and no contender."""
    trained: bool
    """Whether its predictions are out of fold."""
    task: Task
    """Veracity or stance."""
    evidence: str
    """The evidence setting's name."""
    dataset: str
    """The dataset's name."""
    version: str
    """Its version."""
    dataset_sha256: str
    """Of its data files."""
    hash: str
    """Of dataset and configuration; its first 8 digits name the directory."""
    config: dict[str, Any]
    """The resolved configuration that answers depend on, and the metrics."""
    seed: int
    """Of folds, sample and system."""
    declared: tuple[str, ...]
    """The ids that the run set out to answer."""
    packages: dict[str, str]
    """Versions of what it ran on."""
    machine: str
    """Platform, processor count and Python version."""
    commit: str | None
    """The checkout's git commit, with `+dirty` for uncommitted changes; `None` in an installed package."""
    started: str
    """When the run was first started, ISO 8601 in UTC."""
    ended: str | None = None
    """When it was complete; `None` before that."""

    def signature(self) -> str:
        """One line that stands with every figure of the run."""
        asked = f"n:{len(self.declared)}|seed:{self.seed}|{self.dataset}:{self.version}@{self.dataset_sha256[:8]}"
        return f"{self.name}|{self.task}|evidence:{self.evidence}|{asked}|run:{self.hash[:8]}"


def identity(config: Mapping[str, Any], dataset_sha256: str) -> str:
    """The hash of everything that answers depend on."""
    kept = fingerprinted(without_engine({key: config[key] for key in IDENTITY})) | {"dataset": dataset_sha256}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def without_engine(node: Any) -> Any:
    """A configuration without its engines: how many requests go at once, or what they may cost, decides no answer."""
    return without(node, {"engine"})


def without(node: Any, keys: Collection[str]) -> Any:
    """A configuration without these keys, however deep they lie."""
    if isinstance(node, Mapping):
        return {key: without(child, keys) for key, child in node.items() if key not in keys}
    return [without(child, keys) for child in node] if isinstance(node, list | tuple) else node


def write(path: Path, text: str) -> None:
    """Write a file under a temporary name, sync it and put it in place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run; raises InputError naming the file."""
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"{folder} holds no manifest.json; expected a run directory, such as runs/veracity/tfidf-1a2b3c4d"
        ) from None
    except ValidationError as error:
        raise InputError(f"{path} {in_words(error)}; run the same evaluate command with fresh=true") from error


def read_predictions(folder: Path, known: Collection[str]) -> dict[str, Prediction]:
    """Predictions by id; a last line that was cut off is left out, every other fault raises InputError with its line."""
    return {row.id: row for row in read_rows(folder, known)}


def read_rows(folder: Path, known: Collection[str]) -> Iterator[Prediction]:
    """Every row in turn, those too that a later row replaces; raises as `read_predictions` does."""
    path = folder / "predictions.jsonl"
    if not path.is_file():
        return
    transcript = Transcript(folder)
    final: set[str] = set()
    for number, line in enumerate(_whole_lines(path), start=1):
        where = f"{path} line {number}"
        try:
            made = _read(line, transcript)
        except ValidationError as error:
            raise InputError(
                f"{where}: the prediction {in_words(error)}; mend the line or run again with fresh=true"
            ) from error
        if made.id not in known:
            raise InputError(
                f'{where}: "{made.id}" is no question of this run; expected one of the {len(known)} ids that the manifest declares'
            )
        if made.id in final:
            raise InputError(
                f'{where}: "{made.id}" is answered twice; expected one final answer: remove one of the lines'
            )
        if made.outcome in FINAL - {Outcome.UNPARSABLE}:  # which may be asked again, on demand
            final.add(made.id)
        yield made


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from (line for line in file if line.endswith(b"\n"))


def _read(line: bytes, transcript: Transcript) -> Prediction:
    if b'"of":' not in line:
        return Prediction.model_validate_json(line)
    try:
        row = json.loads(line)
        row["messages"] = transcript.unpack(row["messages"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return Prediction.model_validate_json(line)  # which says what is wrong with it
    return Prediction.model_validate_json(json.dumps(row))


class Log:
    """The open predictions of a run, held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / "predictions.jsonl", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._synced = time.monotonic()
        self._folder = folder

    @cached_property
    def _transcript(self) -> Transcript:
        """Read when a message is first written, so that the lock is held by then."""
        return Transcript(self._folder)

    def append(self, prediction: Prediction) -> None:
        """One line by one write, what its messages share with earlier ones by reference; synced if the last sync is a second ago."""
        row = prediction.model_dump_json(exclude_defaults=True, exclude={"messages"})
        if prediction.messages:
            row = f'{row[:-1]},"messages":{dumped(self._transcript.pack(prediction.messages))}}}'
        line = f"{row}\n".encode()
        if os.write(self._descriptor, line) != len(line):
            raise OSError("the disk took only a part of a prediction; free some room and run the same command again")
        if time.monotonic() - self._synced >= 1:
            os.fsync(self._descriptor)
            self._synced = time.monotonic()

    def hold(self, folder: Path) -> None:
        """Lock the file against other processes, and drop a last line that was cut off."""
        import fcntl

        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{folder} is being written by another process; wait for it, or choose another runs_dir"
            ) from None
        size = os.fstat(self._descriptor).st_size
        whole = os.pread(self._descriptor, size, 0).rfind(b"\n") + 1
        if whole < size:
            os.ftruncate(self._descriptor, whole)

    def clear(self) -> None:
        """Forget every answer."""
        os.ftruncate(self._descriptor, 0)
        (self._folder / MESSAGES).unlink(missing_ok=True)
        self.__dict__.pop("_transcript", None)

    def close(self) -> None:
        """Sync and let go."""
        os.fsync(self._descriptor)
        os.close(self._descriptor)


@contextmanager
def opened(folder: Path) -> Iterator[Log]:
    """The log of a run directory, locked; raises InputError where another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    log = Log(folder)
    try:
        log.hold(folder)
        yield log
    finally:
        log.close()


def find(patterns: Sequence[str], runs_dir: Path) -> list[Path]:
    """Run directories by name or pattern; without any, those of the latest sweep. Raises InputError where one matches nothing."""
    if not patterns:
        return _last_sweep(runs_dir)
    found: dict[Path, None] = {}
    for pattern in patterns:
        root, name = (Path("/"), pattern.lstrip("/")) if pattern.startswith("/") else (Path(), pattern)
        matched = sorted(path for path in root.glob(name.rstrip("/")) if (path / "manifest.json").is_file())
        if not matched:
            raise InputError(
                f"runs={pattern!r} matches no run directory; expected one such as runs/veracity/tfidf-1a2b3c4d"
            )
        found.update(dict.fromkeys(matched))
    return list(found)


def _last_sweep(runs_dir: Path) -> list[Path]:
    path = runs_dir / "last-sweep.json"
    try:
        entries = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{path} is not there: no sweep was run yet; run `veristance evaluate -m ...`, or name runs by runs=[...]"
        ) from None
    except ValueError as error:
        raise InputError(f"{path} is no JSON ({error}); name the runs by runs=[...]") from error
    return [runs_dir / entry["run"] for entry in entries]
