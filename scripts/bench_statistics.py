"""Measure what intervals and comparisons cost beside the ways that others have, in one run; writes the table into docs/benchmarks.md.

    VERISTANCE_BENCH=../shared/bench python scripts/bench_statistics.py

`VERISTANCE_BENCH` names the folder with the peers' programs (stats.py); `--lm-eval PYTHON` an interpreter that has lm-evaluation-harness.
CPU seconds (user + system) of one process, one BLAS thread; slow ways make few resamples and are scaled up, as the table says.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from harness import paths

N, SYSTEMS, REPLICATES = 100_000, 20, 10_000
MARKED = re.compile(r"(<!-- generated: statistics -->\n).*?(<!-- end -->)", re.DOTALL)
ONE = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
PEERS = ("sklearn", "scipy", "confidenceinterval", "trick")
Row = tuple[str, str, float, float, float]
"""What, how, CPU seconds, scaled by, peak memory in MB or 0."""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--lm-eval", help="an interpreter that has lm-evaluation-harness")
    given = parser.parse_args()
    bench = Path(os.environ.get("VERISTANCE_BENCH", "")) / "stats.py"
    if not bench.is_file():
        sys.exit(f"{bench} is not there; expected the peers' program: set VERISTANCE_BENCH to its folder")
    if given.part:
        sys.stdout.write(json.dumps(part(given.part, bench)))
        return
    rows = [row for name in ("one", "independent", "clusters") for row in of_child(name)]
    rows += peers([sys.executable], bench, PEERS)
    rows += peers([given.lm_eval], bench, ("lm-eval",)) if given.lm_eval else []
    write(rows)


def of_child(name: str) -> list[Row]:
    """A part of ours in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--part", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | ONE)
    return [tuple(row) for row in json.loads(done.stdout)]


def part(name: str, bench: Path) -> list[Row]:
    """Measure ours on the peers' own data."""
    import numpy as np

    from harness.metric.macro_f1 import MacroF1
    from harness.statistics.bootstrap import of_all, of_labels
    from harness.statistics.paired import all_pairs
    from harness.statistics.panel import panel

    spec = importlib.util.spec_from_file_location("stats", bench)
    assert spec is not None  # noqa: S101 - the file is there
    assert spec.loader is not None  # noqa: S101
    peer: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peer)
    gold, given = peer.data(N, SYSTEMS)
    gold = gold.astype(np.intp)
    of_labels(MacroF1(), gold[:1000], given[0, :1000].astype(np.intp), 4, 0)  # imports and warms up
    rows: list[Row] = []

    def timed(what: str, how: str, work: Callable[[], Any]) -> Any:
        before = time.process_time()
        found = work()
        rows.append(
            (what, how, time.process_time() - before, 1.0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        )
        return found

    if name == "one":
        codes = given[0].astype(np.intp)
        for method in ("percentile", "bca"):
            work = partial(of_labels, MacroF1(), gold, codes, 4, 0, method=method)
            timed("one macro-F1 interval, independent", f"veristance, {method}", work)
        return rows
    clusters = np.arange(N) // (3 if name == "clusters" else 1)
    how = "clusters of 3" if name == "clusters" else "independent"

    def everything() -> Any:
        table = panel((MacroF1().of(gold, one.astype(np.intp), 4) for one in given), clusters)
        return of_all(table, 0), all_pairs(table, N, 0)

    timed(f"{SYSTEMS} intervals and 190 differences with swap tests, {how}", "veristance", everything)
    return rows


def peers(interpreter: list[str], bench: Path, ways: tuple[str, ...]) -> list[Row]:
    """The peers' ways, as their program prints them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *interpreter,
            str(bench),
            "--n",
            str(N),
            "--models",
            str(SYSTEMS),
            "--resamples",
            str(REPLICATES),
            "--only",
            *ways,
        ]
        done = subprocess.run(
            [*command, "--out", str(Path(folder, "out.jsonl"))],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | ONE,
        )
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [(row["what"], row["way"], row["cpu"], row["scaled"], 0.0) for row in found]


def write(rows: list[Row]) -> None:
    """Into docs/benchmarks.md, between the marks."""
    lines = ["| what | way | CPU s | scaled up by | peak memory MB |", "| --- | --- | ---: | ---: | ---: |"]
    lines += [
        f"| {what} | {way} | {seconds:,.3g} | {scaled:,.0f} | {f'{memory:.0f}' if memory else '-'} |"
        for what, way, seconds, scaled, memory in rows
    ]
    about = f"Python {platform.python_version()}, {platform.system()}, {N:,} questions, {REPLICATES:,} resamples, one BLAS thread."
    target = paths.checkout() / "docs" / "benchmarks.md"
    made = MARKED.sub(lambda m: f"{m[1]}{about}\n\n" + "\n".join(lines) + f"\n{m[2]}", target.read_text("utf-8"))
    target.write_text(made, "utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
