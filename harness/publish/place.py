"""Places that are no hub: a static folder that `load_dataset` reads, and an archive for a DOI repository."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from harness.errors import InputError
from harness.publish import about
from harness.publish.citation import citation_cff, datacite
from harness.publish.tree import SUMS, Tree
from harness.run import write

# The first day that a zip archive can name: the same tree gives the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


def put_folder(tree: Tree, out: Path) -> list[Path]:
    """Copy the tree to `out`, in place of an earlier tree there; raises InputError where other files are in the way."""
    if out.exists():
        _earlier(out)
        shutil.rmtree(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(tree.folder, out)
    return [out]


def put_archive(tree: Tree, out: Path, root: Path) -> list[Path]:
    """Write `<name>-<version>.zip` with its sha256, `datacite.json` and `CITATION.cff` into `out`; gives the files."""
    out.mkdir(parents=True, exist_ok=True)
    of = about.read(root / "dataset" / "source" / "about.json")
    stem = f"{tree.name}-{tree.version}"
    archive = out / f"{stem}.zip"
    partial = archive.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as file:
        for name, path in tree.files.items():
            entry = zipfile.ZipInfo(f"{stem}/{name}", EPOCH)
            entry.external_attr = 0o644 << 16
            file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    partial.replace(archive)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    write(out / f"{archive.name}.sha256", f"{digest}  {archive.name}\n")
    meta = datacite(of, tree.version, ["application/zip"], [f"{archive.stat().st_size} B"])
    write(out / "datacite.json", json.dumps(meta, indent=2, sort_keys=True) + "\n")
    write(out / "CITATION.cff", citation_cff(of, tree.version, None))
    return [archive, out / f"{archive.name}.sha256", out / "datacite.json", out / "CITATION.cff"]


def _earlier(out: Path) -> None:
    """Raise InputError unless `out` holds an earlier tree and nothing else."""
    sums = out / SUMS
    listed = (
        {line.partition("  ")[2] for line in sums.read_text("utf-8").splitlines()} if sums.is_file() else set[str]()
    )
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} if out.is_dir() else {"."}
    _refuse(out, sorted(found - listed - {SUMS}))


def _refuse(out: Path, strange: Sequence[str]) -> None:
    if strange:
        raise InputError(
            f"{out} holds {strange[0]}, which is of no tree that was put there before; expected an empty or new folder: out=DIR"
        )
