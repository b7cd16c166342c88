"""Our dataset as it is published: Parquet files in the layout that `load_dataset` reads, into the records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from harness import paths
from harness.dataset.corpus import Corpus
from harness.dataset.parquet import LABELS
from harness.errors import InputError
from harness.record import in_words
from harness.schema import Claim, Pair, Passage

R = TypeVar("R", Claim, Pair, Passage)


@dataclass(frozen=True)
class PublishedDataset:
    """A folder with `data/{claims,pairs,passages}/*.parquet` and `data/dataset.json`."""

    name: str
    """The name that the data must carry."""
    path: str | None = None
    """The folder; `None` is the one that ships."""
    split: str = "test"
    """The split of claims and pairs."""
    space: Literal["native", "ours"] = "native"
    """As for a table: its own labels are ours, so that a sweep over datasets may say either."""

    def load(self) -> Corpus:
        """Read and validate every row; raises InputError naming file, row and id."""
        root = Path(self.path) if self.path else paths.dataset()
        about = _about(root / "data" / "dataset.json", self.name)
        files = {kind: root / "data" / kind / f"{self.split}.parquet" for kind in ("claims", "pairs")}
        files["passages"] = root / "data" / "passages" / "corpus.parquet"
        for file in files.values():
            if not file.is_file():
                raise InputError(
                    f"{file} is missing; expected the split {self.split!r} of a built dataset: `veristance build`"
                )
        claims = _by_id(files["claims"], "claims", Claim)
        if not claims:
            raise InputError(f"{files['claims']} has no row; expected the claims of the split {self.split!r}")
        return Corpus(
            name=self.name,
            version=about["version"],
            sha256=_digest(root / "data", sorted(files.values()), about["as_of"]),
            as_of=date.fromisoformat(about["as_of"]),
            path=root,
            passages=_by_id(files["passages"], "passages", Passage),
            claims=claims,
            pairs=_by_id(files["pairs"], "pairs", Pair),
        )


def _about(file: Path, name: str) -> dict[str, str]:
    try:
        about: dict[str, str] = json.loads(file.read_text("utf-8"))
        found, _ = about["name"], (about["version"], date.fromisoformat(about["as_of"]))
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read ({error}); expected the folder of a built dataset") from error
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{file} has a fault ({error}); expected name {name!r}, a version and an as_of date"
        ) from error
    if found != name:
        raise InputError(f"{file} is of {found!r}; expected name {name!r}")
    return about


def _digest(root: Path, files: list[Path], as_of: str) -> str:
    # Every question carries the as-of date, so that answers depend on it as on the rows.
    digest = hashlib.sha256(f"as_of {as_of}\n".encode())
    for file in files:
        digest.update(f"{file.relative_to(root).as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _by_id(file: Path, kind: str, record: type[R]) -> dict[str, R]:
    rows: dict[str, R] = {}
    for number, row in enumerate(_rows(file), start=1):
        where = f'{file} row {number}: {kind.removesuffix("s")} "{row.get("id")}"'
        if kind in LABELS:
            label, _ = LABELS[kind]
            row[label] = row.pop(f"{label}_name", None)
        try:
            made = record.model_validate(row)
        except ValidationError as error:
            raise InputError(f"{where} {in_words(error)}") from error
        if made.id in rows:
            raise InputError(f"{where} is there twice; expected every id once")
        rows[made.id] = made
    return rows


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        for batch in pq.ParquetFile(file).iter_batches(batch_size=4096):
            yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{file} is no Parquet file that can be read ({error}); build the dataset again") from error
