"""Measure what `veristance --help` costs beside Python itself and a bare Hydra app, and write the table into docs/benchmarks.md.

    python scripts/bench_startup.py

CPU seconds (user + system) of whole processes, the commands in turn, so that a change of the machine's speed meets all of them.
"""

from __future__ import annotations

import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import paths

REPEATS = 9
BARE = """import hydra

@hydra.main(version_base="1.3", config_path=None)
def main(config):
    pass

main()
"""
MARKED = re.compile(r"(<!-- generated: startup -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder, "app.py")
        app.write_text(BARE, "utf-8")
        commands = {
            "`python -c pass`": ["-c", "pass"],
            "bare Hydra app `--help`": [str(app), "--help"],
            "`veristance --help`": ["-m", "harness", "--help"],
            "`veristance evaluate --help`": ["-m", "harness", "evaluate", "--help"],
            "`veristance check system=majority`": ["-m", "harness", "check", "system=majority"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(REPEATS + 1):
            for name, words in commands.items():
                times[name].append(cpu_s([sys.executable, *words], folder))
    medians = {
        name: statistics.median(seconds[1:]) for name, seconds in times.items()
    }  # the first warms the disk's cache
    floor = medians["bare Hydra app `--help`"]
    lines = ["| command | CPU s, median | times the bare Hydra app |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {seconds:.2f} | {seconds / floor:.2f} |" for name, seconds in medians.items()]
    about = f"Python {platform.python_version()}, {platform.system()}, {REPEATS} runs each after one to warm up."
    target = paths.checkout() / "docs" / "benchmarks.md"
    text = target.read_text("utf-8")
    target.write_text(MARKED.sub(lambda m: f"{m[1]}{about}\n\n" + "\n".join(lines) + f"\n{m[2]}", text), "utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


def cpu_s(command: list[str], folder: str) -> float:
    """CPU seconds of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
