"""The comparison for other programs: CSV, LaTeX and the JSON schema."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from harness.curve import curves
from harness.finding import Ceiling
from harness.report.export import COLUMNS, leaderboard_csv, schema, tables_tex, tex
from harness.report.html import render

TOP = Ceiling(
    value=0.9, low=0.85, high=0.95, agreement=0.8, agreement_low=0.7, agreement_high=0.9, n_doubtful=1, n=3
)  # fmt: skip


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_a_row_for_each_system_and_the_ceiling(comparison):
    found = rows(leaderboard_csv([comparison.model_copy(update={"ceiling": TOP})]))
    assert [(row["system"], row["kind"], row["value"]) for row in found[:3]] == [
        ("annotators", "ceiling", "0.9"), ("tfidf", "contender", "0.7125"), ("llm", "contender", "0.613"),
    ]  # fmt: skip
    assert (found[3]["kind"], found[3]["low"], tuple(found[3])) == ("floor", "", COLUMNS)


def test_csv_starts_no_formula(comparison):
    first, *others = comparison.systems
    bad = first.model_copy(update={"name": "=HYPERLINK(1)"})
    [row, *_] = rows(leaderboard_csv([comparison.model_copy(update={"systems": (bad, *others)})]))
    assert row["system"] == "'=HYPERLINK(1)"


def test_tex_escapes_what_latex_reads_as_its_own():
    assert tex(r"a_b & 5% {\input{x}} ~^<>#$") == (
        r"a\_b \& 5\% \{\textbackslash{}input\{x\}\} \textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\#\$"
    )


def test_tables_tex_has_booktabs_and_as_many_cells_in_each_row(hostile):
    text = tables_tex([hostile])
    assert text.count(r"\begin{tabular}") == text.count(r"\toprule") == text.count(r"\bottomrule") == 2
    for columns, body in re.findall(r"\\begin\{tabular\}\{(\w+)\}(.*?)\\end\{tabular\}", text, re.DOTALL):
        cells = {len(re.findall(r"(?<!\\)&", line)) + 1 for line in body.split("\n") if line.endswith(r"\\")}
        assert cells == {len(columns)}


def test_schema_on_disk_is_that_of_the_records():
    path = Path(__file__).parents[2] / "docs" / "comparison.schema.json"
    assert path.read_text("utf-8") == schema(), "renew it: python -m harness.report.export >docs/comparison.schema.json"


def test_comparison_fits_its_schema(comparison):
    checks = pytest.importorskip("jsonschema")
    made = comparison.model_copy(update={"ceiling": TOP, "curves": curves(comparison)})
    plain = made.model_dump(
        mode="json", exclude={"items": True, "passages": True, "systems": {"__all__": {"predictions"}}}
    )
    checks.Draft202012Validator(json.loads(schema())).validate({"made": {"version": "1"}, "comparisons": [plain]})


def test_ceiling_is_a_row_of_the_page_and_of_the_plot(comparison):
    html = render([comparison.model_copy(update={"ceiling": TOP})], {"version": "0.1.0"})
    assert ">annotators <small><span>ceiling: a vote drawn at random</span></small></th>" in html
    assert "90.0 (85.0 to 95.0)</text>" in html
