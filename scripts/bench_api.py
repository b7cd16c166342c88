"""Measure `veristance evaluate` against a fake server beside a bare client and the peers, and write the tables into docs/benchmarks.md.

    VERISTANCE_BENCH=path/to/bench BENCH_VENVS=path/to/venvs python scripts/bench_api.py
    ... --n 2000 --concurrency 32 --peers floor-aiohttp --dry            # print only

The folder that VERISTANCE_BENCH names holds the server, the peers and `measure.py`; BENCH_VENVS their environments. All commands of a
cell of the table run in turn, `--repeats` times; the best of each is kept, since other work on the machine only ever adds.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from harness import paths

OURS = "veristance"
HERE = Path(__file__).resolve().parent
MARKED = re.compile(r"(<!-- generated: api -->\n).*?(<!-- end -->)", re.DOTALL)
CONFIG = {
    "system/bench.yaml": "# The bench's form of answer.\n_target_: bench_claims.Verdict\nclient: ${client}\nprompt: ${prompt}\nengine: ${engine}\n",
    "dataset/bench.yaml": "# The bench's claims.\n_target_: bench_claims.Claims\nfile: ???\n",
    "task/bench.yaml": "# The bench's claims as items.\n_target_: bench_claims.BenchTask\n",
}


def command(claims: Path, connections: int, url: str, folder: Path) -> list[str]:
    """The command line, in a folder of its own."""
    for name, text in CONFIG.items():
        path = folder / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "bench_claims.py").write_bytes((HERE / "bench_claims.py").read_bytes())
    words = f"system=bench dataset=bench task=bench prompt=veracity client=openai client.base_url={url} client.model=fake-model"
    limits = f"client.max_tokens=64 engine.connections={connections} dataset.file={claims} +allow=[bench_claims]"
    return [sys.executable, "-m", "harness", "evaluate", "--config-dir", "conf", *words.split(), *limits.split()]


def rows(folder: Path) -> list[dict[str, Any]]:
    """The rows that a run wrote."""
    found = list(folder.glob("runs/veracity/*/predictions.jsonl"))
    return [json.loads(line) for path in found for line in path.read_bytes().splitlines()]


def ours(claims: Path, n: int, connections: int, url: str, folder: Path) -> tuple[Any, ...]:  # noqa: ARG001 - the bench's form
    """Our command in the form of the bench's peers."""

    def scored() -> int:
        return sum(row["outcome"] == "answered" for row in rows(folder))

    return command(claims, connections, url, folder), {}, scored, folder / "runs"


def main() -> None:
    """Measure and write."""
    options = parser().parse_args()
    bench = Path(os.environ.get("VERISTANCE_BENCH", ""), "api.py")
    if "VERISTANCE_BENCH" not in os.environ or not bench.is_file():
        sys.exit("bench_api: set VERISTANCE_BENCH to the folder of the benchmark's server and peers")
    sys.path.insert(0, str(bench.parent))
    api, measure = importlib.import_module("api"), importlib.import_module("measure")
    api.ALL[OURS] = ours
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as work, measure.Server(latency_ms=50) as server:
        for n in options.n:
            claims = Path(work, f"claims{n}.jsonl")
            subprocess.run([sys.executable, bench.parent / "claims.py", str(n), claims], check=True)
            for connections in options.concurrency:
                for turn in range(options.repeats):
                    for name in [*options.peers[:1], OURS, *(options.peers[1:] if turn == 0 else [])]:
                        if n > options.most and name not in {OURS, options.peers[0]}:
                            continue
                        row = api.one(name, claims, n, connections, server, work)
                        found.append(row)
                        sys.stdout.write(json.dumps(row) + "\n")
                        sys.stdout.flush()
    text = table(found, options.peers[0])
    sys.stdout.write(text)
    if not options.dry:
        target = paths.checkout() / "docs" / "benchmarks.md"
        about = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors, best of {options.repeats}."
        old = target.read_text("utf-8")
        target.write_text(MARKED.sub(lambda m: f"{m[1]}{about}\n\n{text}{m[2]}", old), "utf-8")


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    made.add_argument("--n", type=int, nargs="+", default=[2000, 10000])
    made.add_argument("--concurrency", type=int, nargs="+", default=[32, 128])
    made.add_argument("--repeats", type=int, default=3)
    made.add_argument(
        "--peers", nargs="+", default=["floor-aiohttp", "lm-eval", "inspect"], help="the first is the floor"
    )
    made.add_argument(
        "--most", type=int, default=2000, help="beyond so many claims only the floor and ours are measured"
    )
    made.add_argument("--dry", action="store_true", help="print, and leave docs/benchmarks.md alone")
    return made


def table(found: list[dict[str, Any]], floor: str) -> str:
    """One line for each size, number of connections and program."""
    lines = [
        "| claims | connections | program | CPU s | times the floor | wall s | times the floor | peak MiB | bytes a row on disk | answered |",
        "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    cells: dict[tuple[int, int], dict[str, list[dict[str, Any]]]] = {}
    for row in found:
        cells.setdefault((row["n"], row["concurrency"]), {}).setdefault(row["peer"], []).append(row)
    for (n, connections), programs in cells.items():
        base = {what: min(row[what] for row in programs[floor]) for what in ("cpu", "wall")}
        for name, measured in programs.items():
            cpu, wall = (min(row[what] for row in measured) for what in ("cpu", "wall"))
            disk = measured[0]["log_mb"] * 2**20 / n
            lines.append(
                f"| {n:,} | {connections} | {name} | {cpu:.2f} | {cpu / base['cpu']:.2f} | {wall:.2f} | {wall / base['wall']:.2f} "
                f"| {max(row['rss_mb'] for row in measured):.0f} | {disk:,.0f} | {measured[0]['scored']:,} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
