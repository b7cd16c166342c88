"""Every renderer prints the p-value of the correction that was declared, under that correction's name."""

import pytest
from test_verdict import less_is_better

from harness.report.breakdown import differences
from harness.report.export import tables_tex
from harness.report.html import render as html
from harness.report.leaderboard import leaderboard
from harness.report.markdown import headline_table
from harness.report.markdown import render as markdown
from harness.report.pairs import pairs

MADE = {"veristance": "0"}


def cell(table, row, column):
    names = [c.name for c in table.columns]
    return next(cells[names.index(column)] for cells in table.rows if cells[0].text == row)


def test_leaderboard_has_the_p_that_decides(comparison, by_bh):
    found = [cell(leaderboard(made), "llm", "Differs from leader?") for made in (comparison, by_bh)]
    assert [(one.text, one.small) for one in found] == [("not shown", "p 0.500"), ("yes", "p 0.031")]
    assert "the p of Benjamini and Hochberg" in leaderboard(by_bh).caption


def test_differences_have_the_p_that_decides_under_its_name(comparison, by_bh):
    for made, name, p in ((comparison, "Holm p", "0.500"), (by_bh, "BH p", "0.031")):
        [first, *_] = differences(made).rows
        column = [c.name for c in differences(made).columns].index(name)
        assert first[column].text == p


def test_pairs_have_the_p_that_decides(by_bh):
    assert cell(pairs(by_bh), "tfidf", "llm").small.startswith("p 0.031")
    assert cell(pairs(by_bh), "tfidf", "llm").text.startswith("▲")


@pytest.mark.parametrize(
    "render",
    [
        lambda c: html([c], MADE),
        lambda c: markdown([c], MADE),
        lambda c: tables_tex([c]),
        lambda c: str(headline_table(c)),
    ],
    ids=["html", "markdown", "latex", "terminal"],
)
def test_holm_is_not_named_where_it_was_not_used(comparison, by_bh, render):
    assert "Holm" not in render(by_bh)
    assert "0.031" in render(by_bh) or "BH $p$" in render(by_bh)


def test_lower_system_is_ahead_where_less_is_better(comparison):
    assert cell(pairs(less_is_better(comparison)), "tfidf", "majority").text == "▲ -51.2"
    assert cell(pairs(less_is_better(comparison)), "majority", "tfidf").text == "▼ +51.2"
