"""`veristance ranks`: systems x datasets, with ranks over the datasets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.command import allowed
from harness.errors import InputError
from harness.instantiate import make, resolved
from harness.metric_set import measured
from harness.run import Manifest, find, read_manifest, write
from harness.statistics.friedman import Ranked, friedman

FEWEST = 3  # systems; and two datasets


def job(config: Any) -> None:
    """Print the table and write it."""
    plain = resolved(config)
    page = table(find(plain["runs"], Path(plain["runs_dir"])), plain["metric_name"])
    write(Path(plain["out"]), page)
    print(page + f"\nwrote {plain['out']}")


def table(folders: Sequence[Path], metric: str | None = None) -> str:
    """The page in Markdown; `None` takes the headline metric, which the runs must share. Raises InputError where cells are missing or twice."""
    cells: dict[tuple[str, str], float] = {}
    sign = 1
    metrics: set[str] = set()
    for folder in folders:
        manifest = read_manifest(folder)
        name, value = _value(folder, metric)
        metrics.add(name)
        key = manifest.name, _column(manifest)
        if key in cells:
            raise InputError(
                f"{folder} and another run are both of {key[0]} on {key[1]}; expected one run for each: name them by runs=[...]"
            )
        cells[key] = value
        sign = _sign(manifest, name)
    if len(metrics) > 1:
        raise InputError(
            f"the runs have the headlines {' and '.join(sorted(metrics))}; expected one: metric_name=macro_f1"
        )
    systems, columns = (sorted({key[place] for key in cells}) for place in (0, 1))
    missing = [f"{system} on {column}" for system in systems for column in columns if (system, column) not in cells]
    if missing:
        raise InputError(
            f"there is no run of {missing[0]}{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}; expected every system on every dataset"
        )
    values = np.array([[cells[system, column] for system in systems] for column in columns])
    ranked = friedman(sign * values) if len(systems) >= FEWEST and len(columns) > 1 else None
    return _page(systems, columns, values, ranked, metrics.pop(), sign)


def _sign(manifest: Manifest, name: str) -> int:
    """1 where more of the metric is better, else -1; one that the run's set does not name is of a single label, and more is better."""
    of = measured(make({"metric": manifest.config["metric"]}, allowed())["metric"])
    return next((metric.facts.sign for metric in (*of.metrics, *of.overall) if metric.name == name), 1)


def _column(manifest: Manifest) -> str:
    return f"{manifest.dataset} ({manifest.task})"


def _value(folder: Path, metric: str | None) -> tuple[str, float]:
    try:
        scores = json.loads((folder / "scores.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder} has no scores.json that can be read; run the same evaluate command again"
        ) from error
    found = next((s for s in scores if s["slice"] == "all" and metric in {None, s["metric"]}), None)
    if found is None or found["value"] is None:
        raise InputError(
            f"{folder} has no value of {metric or 'its headline metric'}; expected one of {', '.join(sorted({s['metric'] for s in scores}))}"
        )
    return str(found["metric"]), float(found["value"])


def _page(
    systems: Sequence[str], columns: Sequence[str], values: np.ndarray, ranked: Ranked | None, metric: str, sign: int
) -> str:
    order = sorted(
        range(len(systems)), key=lambda k: (ranked.mean_ranks[k] if ranked else -sign * values[:, k].mean(), systems[k])
    )
    head = f"| system | {' | '.join(columns)} |" + (" mean rank |" if ranked else "")
    lines = [
        f"# {metric} of {len(systems)} systems on {len(columns)} datasets",
        "",
        head,
        "| --- |" + " ---: |" * (len(columns) + bool(ranked)),
    ]
    for k in order:
        cells = " | ".join(f"{value:.3f}" for value in values[:, k])
        lines.append(f"| {systems[k]} | {cells} |" + (f" {ranked.mean_ranks[k]:.2f} |" if ranked else ""))
    if ranked is None:
        return "\n".join([*lines, "", "Ranks need three systems or more on two datasets or more."]) + "\n"
    apart = [
        f"{systems[a]} before {systems[b]}"
        for a in order for b in order
        if ranked.mean_ranks[b] - ranked.mean_ranks[a] > ranked.critical_difference
    ]  # fmt: skip
    said = (
        f"Friedman's chi-square {ranked.statistic:.2f}, p = {ranked.p:.4f} (Iman and Davenport's F: p = {ranked.p_iman_davenport:.4f}). Nemenyi's critical "
        f"difference of mean ranks at 5 % is {ranked.critical_difference:.2f} with {len(columns)} datasets. "
    )
    said += (
        f"Told apart: {'; '.join(apart)}." if apart else "No two systems are told apart: more datasets would be needed."
    )
    return "\n".join([*lines, "", said, "", "A dataset counts once, however many questions it has."]) + "\n"
