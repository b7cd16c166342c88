"""The comparison for other programs: a table in CSV, tables in LaTeX, and the JSON schema of comparison.json.

Figures are the same as on the page; the CSV has fractions 0..1, unrounded, the LaTeX has percent.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from harness.report.figure import interval, p_value, percent
from harness.report.leaderboard import ranked
from harness.report.text import heading, visible, words
from harness.score import CORRECTION, Comparison, System

FORMULA = re.compile(r"^[=+\-@\t\r]")
TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
COLUMNS = (
    "task", "system", "kind", "evidence", "metric", "value", "low", "high", "n", "n_answered", "n_clusters", "coverage",
    "tie", "rank_low", "rank_high", "p_best", "cost", "seconds", "n_tokens_in", "n_tokens_out", "run", "signature",
)  # fmt: skip


def leaderboard_csv(comparisons: Sequence[Comparison]) -> str:
    """A row for each system of each task, with the ceiling as the row of kind `ceiling`; undefined is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for comparison in comparisons:
        top = comparison.ceiling
        if top is not None:
            row = {
                "system": "annotators",
                "kind": "ceiling",
                "value": top.value,
                "low": top.low,
                "high": top.high,
                "n": top.n,
            }
            writer.writerow({"task": comparison.task.value, "metric": comparison.metric, **row})
        for system in comparison.systems:
            writer.writerow({name: _plain(value) for name, value in _row(comparison, system).items()})
    return out.getvalue()


def _row(comparison: Comparison, system: System) -> dict[str, Any]:
    score = system.headline
    facts = system.model_dump(include=set(COLUMNS)) | score.model_dump(include=set(COLUMNS))
    kind = "floor" if system.floor else "contender"
    return facts | {"task": comparison.task.value, "system": system.name, "kind": kind, "coverage": score.coverage}


def _plain(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    text = visible(value)
    return "'" + text if FORMULA.match(text) else text


def tables_tex(comparisons: Sequence[Comparison]) -> str:
    """For each task the leaderboard and the pairwise differences; the package booktabs is all that they need."""
    return "\n".join(
        part for comparison in comparisons for part in (_leaderboard(comparison), _pairs(comparison)) if part
    )


def _leaderboard(comparison: Comparison) -> str:
    head = [
        "System",
        "Evidence",
        f"{heading(words(comparison.metric))} \\%",
        "95\\,\\% interval",
        "Coverage \\%",
        "$n$",
        "Tie",
    ]
    rows = []
    if comparison.ceiling is not None:
        top = comparison.ceiling
        rows.append(
            ["\\textit{annotators}", "-", percent(top.value), interval(top.low, top.high), "-", str(top.n), "-"]
        )
    best = ranked(comparison)[0].name
    for s in comparison.systems:
        name, score = tex(s.name), s.headline
        rows.append(
            [
                f"\\textbf{{{name}}}" if s.name == best else f"\\textit{{{name}}}" if s.floor else name,
                tex(words(s.evidence)), percent(score.value), interval(score.low, score.high), percent(score.coverage),
                str(score.n_answered), tex(s.tie) or "-",
            ]
        )  # fmt: skip
    caption = (
        f"{heading(comparison.task)} on {tex(comparison.dataset)} {tex(comparison.version)}, $n={comparison.n}$ questions in "
        f"{comparison.n_clusters} clusters. Italics: floors and ceiling. Systems that share a tie letter were not told apart."
    )
    return _table("llrlrrl", head, rows, caption, f"tab:{comparison.task}-leaderboard")


def _pairs(comparison: Comparison) -> str:
    if not comparison.differences:
        return ""
    rows = [
        [
            tex(d.a),
            tex(d.b),
            percent(d.value, signed=True),
            interval(d.low, d.high, signed=True),
            _p(d.p_corrected),
            percent(d.detectable),
        ]
        for d in comparison.differences
    ]
    head = ["System", "minus", "Points", "95\\,\\% interval", f"{CORRECTION[comparison.correction]} $p$", "Detectable"]
    caption = f"{heading(comparison.task)}: differences in {tex(words(comparison.metric))}."
    return _table("llrlrr", head, rows, caption, f"tab:{comparison.task}-pairs")


def _p(p: float | None) -> str:
    return p_value(p).replace("<", "$<$")


def _table(columns: str, head: Sequence[str], rows: Sequence[Sequence[str]], caption: str, label: str) -> str:
    body = "\n".join(" & ".join(row) + r" \\" for row in rows)
    return (
        f"\\begin{{table}}\n\\centering\n\\caption{{{caption}}}\n\\label{{{label}}}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n"
        f"{' & '.join(head)} \\\\\n\\midrule\n{body}\n\\bottomrule\n\\end{{tabular}}\n\\end{{table}}\n"
    )


def tex(text: str) -> str:
    """The text with nothing in it that LaTeX would read as its own."""
    return "".join(TEX.get(character, character) for character in " ".join(visible(text).split()))


def schema() -> str:
    """The JSON schema (2020-12) of comparison.json."""
    inner = Comparison.model_json_schema(mode="serialization")
    definitions = inner.pop("$defs")
    for record, left_out in ((inner, ("items", "passages")), (definitions["System"], ("predictions",))):
        for name in left_out:
            record["properties"].pop(name)
        record["required"] = [name for name in record.get("required", []) if name not in left_out]
    definitions["Comparison"] = inner
    used = {name: body for name, body in definitions.items() if name in _reached(definitions, "Comparison")}
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "comparison.json",
        "description": "Every figure of a report; fractions are 0..1, null is undefined.",
        "type": "object",
        "additionalProperties": False,
        "required": ["comparisons", "made"],
        "properties": {
            "made": {"type": "object", "additionalProperties": {"type": "string"}},
            "comparisons": {"type": "array", "items": {"$ref": "#/$defs/Comparison"}},
        },
        "$defs": used,
    }
    return json.dumps(made, indent=1, sort_keys=True) + "\n"


def _reached(definitions: dict[str, Any], start: str) -> set[str]:
    """The names of the definitions that one needs."""
    seen, todo = set[str](), [start]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += re.findall(r'"#/\$defs/([^"]+)"', json.dumps(definitions[name]))
    return seen


if __name__ == "__main__":
    sys.stdout.write(schema())
