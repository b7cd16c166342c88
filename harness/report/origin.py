"""How the runs were made: what their configurations differ in, code, packages, machine, seed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.report.figure import sample
from harness.report.table import Cell, Column, Table
from harness.run import Manifest, read_manifest
from harness.score import Comparison

MAX_VALUE = 200
"""Characters of a setting's value."""


def origin(comparison: Comparison, runs_dir: Path) -> list[Table]:
    """A row for each setting in which the runs differ, and a row for each fact of their making."""
    manifests = [read_manifest(runs_dir / system.run) for system in comparison.systems]
    columns = (Column("Setting", numeric=False), *(Column(s.name, numeric=False) for s in comparison.systems))
    size = sample(comparison.n, comparison.n_clusters)
    settings = [dict(_flat(manifest.config)) for manifest in manifests]
    facts = [_facts(manifest) for manifest in manifests]
    return [
        Table(
            "settings",
            "What the runs differ in",
            size,
            'Settings of which two runs have different values; "-": not a setting of that run. All else is the same in all of them.',
            columns,
            (("", _rows(settings, differing=True)),),
        ),
        Table(
            "making",
            "Code, packages and seed",
            size,
            "Where and with what each run was made.",
            columns,
            (("", _rows(facts, differing=False)),),
        ),
    ]


def _rows(found: list[dict[str, str]], *, differing: bool) -> tuple[tuple[Cell, ...], ...]:
    names = dict.fromkeys(name for one in found for name in sorted(one))
    rows = ((name, [one.get(name, "-") for one in found]) for name in names)
    return tuple((Cell(name), *map(Cell, values)) for name, values in rows if not differing or len(set(values)) > 1)


def _flat(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping) and node:
        for key, child in sorted(node.items()):
            yield from _flat(child, f"{path}.{key}" if path else str(key))
    else:
        text = node if isinstance(node, str) else json.dumps(node, sort_keys=True, ensure_ascii=False)
        yield path, text if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…"


def _facts(manifest: Manifest) -> dict[str, str]:
    return {
        "commit": manifest.commit or "an installed package",
        "seed": str(manifest.seed),
        "machine": manifest.machine,
        "packages": ", ".join(f"{name} {version}" for name, version in sorted(manifest.packages.items())),
        "started": manifest.started,
        "ended": manifest.ended or "-",
        "configuration": manifest.hash,
    }
