"""Comparisons as one HTML page that needs no network and runs nothing but its own script.

    Path("report.html").write_text(render(comparisons, {"version": __version__}), encoding="utf-8")

Style and script are named by their hashes in the page's Content-Security-Policy, so that whatever a claim or
a model's answer contains cannot run, and cannot fetch anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.errors import InputError
from harness.report.breakdown import AT_ONCE, breakdown, confusion, detectable
from harness.report.chart import curve_tables, pareto, reliability, risk, slice_panels
from harness.report.claim import blocks, disagreements, island
from harness.report.figure import count, forest, matrix, percent, sample
from harness.report.leaderboard import leaderboard, runs
from harness.report.pairs import pairs
from harness.report.table import Table
from harness.report.text import heading, visible, words
from harness.score import Comparison

SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z])")
TEMPLATE = Path(__file__).parent / "template"


def render(
    comparisons: Sequence[Comparison],
    made: Mapping[str, str],
    kept: Mapping[str, Sequence[Table]] = MappingProxyType({}),
    origins: Mapping[str, Sequence[Table]] = MappingProxyType({}),
) -> str:
    """The page; `made` says how it was made (version, command, ...), `kept` and `origins` have more tables by task.

    The same input gives the same bytes.
    """
    if not comparisons:
        raise InputError("there is no comparison to report; expected one for each task: compare at least one run")
    style, script = _read("report.css"), _read("report.js")
    page = _environment().get_template("report.html")
    return page.render(
        tasks=[
            _task(comparison, kept.get(comparison.task, ()), origins.get(comparison.task, ()))
            for comparison in comparisons
        ],
        made=made,
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    )


def _task(comparison: Comparison, kept: Sequence[Table], origins: Sequence[Table]) -> dict[str, Any]:
    return {
        "comparison": comparison,
        "name": heading(comparison.task),
        "size": sample(comparison.n, comparison.n_clusters),
        "answer": SENTENCE_END.split(comparison.answer, maxsplit=1),
        "top": detectable(comparison),
        "forest": forest(comparison),
        "leaderboard": leaderboard(comparison),
        "runs": runs(comparison),
        "origins": origins,
        "pairs": pairs(comparison),
        "tables": {table.name: table for table in breakdown(comparison)},
        "kept": kept,
        "panels": slice_panels(comparison),
        "at_once": AT_ONCE,
        "curves": [(c, reliability(c), risk(c), curve_tables(c)) for c in comparison.curves],
        "pareto": pareto(comparison),
        "blocks": blocks(comparison),
        "matrices": [(matrix(comparison.labels, s), confusion(comparison.labels, s)) for s in comparison.systems],
        "n_differ": len(disagreements(comparison)),
        "slices": sorted({f"{field}={value}" for item in comparison.items for field, value in item.slices.items()}),
        "island": island(comparison),
    }


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE),
        autoescape=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(words=words, heading=heading, count=count, percent=percent)
    return environment


def _read(name: str) -> Markup:
    return Markup((TEMPLATE / name).read_text(encoding="utf-8"))  # noqa: S704  # Ours, and shipped with this module.


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
