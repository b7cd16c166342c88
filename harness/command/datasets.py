"""`veristance datasets`: what ships a map, its licence and size, and which of it is on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness import paths
from harness.command.systems import about
from harness.dataset.table import TableDataset
from harness.errors import InputError
from harness.instantiate import make


def job(config: Any) -> None:  # noqa: ARG001 - it has no setting
    """Print a paragraph a dataset."""
    from omegaconf import OmegaConf

    for file in sorted((paths.configs() / "dataset").glob("*.yaml")):
        print(f"{file.stem}: {about(file)}")
        plain = dict(OmegaConf.to_container(OmegaConf.load(file), resolve=False))  # type: ignore[arg-type]
        plain.pop("defaults", None)
        if plain["_target_"].endswith(".TableDataset") and plain["path"] is None:
            dataset: TableDataset = make({"dataset": plain})["dataset"]
            for line in _lines(dataset):
                print(f"    {line}")


def _lines(dataset: TableDataset) -> list[str]:
    told = dataset.map
    lines = [
        f"task={axis.task}: {axis.kind}; {_size(axis.expected.rows)}; labels {', '.join(axis.labels or {})}"
        for axis in told.axes
    ]
    return [
        *lines,
        f"licence: {told.licence}",
        f"from {told.source}" + (f" (hub: {told.hub})" if told.hub else ""),
        _here(dataset),
    ]


def _size(rows: dict[str, int]) -> str:
    return " + ".join(f"{n:,} {split}" for split, n in rows.items())


def _here(dataset: TableDataset) -> str:
    try:
        root = dataset.root
    except InputError:
        return "not on this machine: set dataset.path, or VERISTANCE_PUBLIC_DATA"
    missing = [path for path, _ in dataset.named() if not Path(root, path).is_file()]
    if not missing:
        return f"on this machine: {root}"
    return f"not on this machine: {root} has no {missing[0]}" + (
        f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    )
