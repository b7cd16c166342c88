"""`veristance compare`: runs side by side, on the terminal and as a report."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from harness import __version__
from harness.command import allowed
from harness.compare import compare
from harness.instantiate import resolved
from harness.report import breakdown, html, markdown
from harness.report.kept import kept
from harness.run import find, write


def job(config: Any) -> None:
    """Compare, print the headline tables, write the report."""
    plain = resolved(config)
    runs_dir, out = Path(plain["runs_dir"]), Path(plain["out"])
    comparisons = compare(find(plain["runs"], runs_dir), runs_dir, plain["seed"], allowed())
    made = {"veristance": __version__, "command": shlex.join(["veristance", "compare", *sys.argv[1:]])}
    beside = {comparison.task.value: kept(comparison, runs_dir) for comparison in comparisons}
    write(out / "report.html", html.render(comparisons, made, beside))
    write(out / "report.md", markdown.render(comparisons, made, beside))
    for comparison in comparisons:
        print(_table(markdown.headline_table(comparison)))
        print(f"\n{comparison.answer}\n{breakdown.detectable(comparison)}".rstrip() + "\n")
    print(f"report: {out / 'report.html'} and {out / 'report.md'}")


def _table(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
