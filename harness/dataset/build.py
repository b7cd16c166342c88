"""Build the dataset's tables from its inputs, and check that what is in `dataset/` is what the inputs give.

    seeds/ + dataset/source/ + dataset/annotation/  ->  dataset/data/{claims,pairs,passages,votes}/*.parquet, dataset/SHA256SUMS, card

Nothing in `dataset/data` is edited by hand. The build is deterministic: same inputs and same package versions, same bytes; with
other versions of the Parquet writer, equal tables.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from harness.dataset import card, parquet
from harness.dataset.agreed import agreed
from harness.dataset.bars import bars
from harness.dataset.baseline import baselines
from harness.dataset.checks import Check, checks
from harness.dataset.duplicate import minilm
from harness.dataset.shortcut import gates
from harness.dataset.source import read
from harness.dataset.tables import make
from harness.errors import BelowBarError, InputError
from harness.run import write
from harness.schema import Claim, Pair, Passage

SPLITS = {"claims": "test", "pairs": "test", "passages": "corpus", "votes": "test"}


def build(root: Path, out: Path) -> list[Check]:
    """Build from the checkout `root` into the dataset folder `out`; gives the checks with their figures."""
    template = root / "dataset" / "README.md"
    if not template.is_file():
        raise InputError(f"{template} is missing; expected the card, with markers for its generated parts")
    source = read(root)
    tables = make(source)
    for table, rows in tables.items():
        kind, _, split = table.partition("/")
        parquet.write(out / "data" / kind / f"{split or SPLITS[kind]}.parquet", kind, rows)
    settings = json.loads(source.settings.model_dump_json())
    write(out / "data" / "dataset.json", json.dumps(settings, indent=2, sort_keys=True) + "\n")
    agreement = agreed(source.votes, tables, source.settings.examples)
    claims, pairs = cast("list[Claim]", tables["claims"]), cast("list[Pair]", tables["pairs"])
    passages, encode = {p.id: p for p in cast("list[Passage]", tables["passages"])}, minilm()
    measured = [*bars(source, tables, agreement), *checks(source, tables), *gates(claims, passages, encode)]
    found = _with_reasons(measured, source.settings.missed)
    probes = baselines(claims, pairs, passages, encode)
    write(out / "README.md", card.renew(template.read_text("utf-8"), source, tables, agreement, probes, found))
    write(out / "SHA256SUMS", _sums(out))
    return found


def check(root: Path) -> list[Check]:
    """Build into a temporary folder and compare it with `dataset/`.

    Raises BelowBarError where a built file differs (bytes, or for Parquet its table) or a check is below its bar.
    """
    with tempfile.TemporaryDirectory() as folder:
        fresh, ours = Path(folder), root / "dataset"
        found = build(root, fresh)
        differing = changed(fresh, ours)
    if differing:
        raise BelowBarError(
            f"dataset/ is not what its inputs give: {', '.join(differing)} differ; run `veristance build` and commit the result"
        )
    failed = [c for c in found if not c.passed and not c.reason]
    if failed:
        raise BelowBarError(
            f"{len(failed)} checks are below their bar: {'; '.join(f'{c.name} ({c.figure}, bar {c.bar})' for c in failed)}"
        )
    return found


def _with_reasons(found: list[Check], missed: Mapping[str, str]) -> list[Check]:
    """Tells the reason of a known miss; raises InputError for one that is no check, or that holds."""
    known = {check.name: check for check in found}
    for name in missed:
        if name not in known or known[name].passed:
            what = "holds" if name in known else "is no check"
            raise InputError(
                f'dataset.json: missed has "{name}", which {what}; expected checks that are below their bar'
            )
    return [check.model_copy(update={"reason": missed.get(check.name, "")}) for check in found]


def changed(fresh: Path, ours: Path) -> list[str]:
    """Names of the built files that differ in `ours`, are missing there, or are there and not built."""
    built = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
    differing = [name.as_posix() for name in sorted(built) if not _same(fresh / name, ours / name)]
    there = {path.relative_to(ours) for path in (ours / "data").rglob("*") if path.is_file()}
    return differing + [name.as_posix() for name in sorted(there - built)]


def _same(fresh: Path, ours: Path) -> bool:
    if not ours.is_file():
        return False
    if fresh.name == "SHA256SUMS":
        # Of our own bytes, for another Parquet writer gives other bytes of equal tables.
        return ours.read_text("utf-8") == _sums(ours.parent)
    if fresh.read_bytes() == ours.read_bytes():
        return True
    if fresh.suffix != ".parquet":
        return False
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return bool(pq.read_table(fresh).equals(pq.read_table(ours)))
    except (OSError, pa.ArrowException):
        return False


def _sums(out: Path) -> str:
    files = [out / "README.md", *(path for path in sorted((out / "data").rglob("*")) if path.is_file())]
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out).as_posix()}\n" for path in files
    )
