import re

import pytest

from harness.errors import InputError
from harness.report.markdown import headline_table, render

MADE = {"version": "0.1.0", "command": "veristance compare runs=[a,b]"}


def test_headline_table_is_the_leaderboard_in_plain_text(comparison):
    assert headline_table(comparison) == [
        ["System", "Evidence", "Macro-F1 %", "Bounds %", "Accuracy %", "Coverage %", "n", "Clusters", "Tokens/s",
         "Time, s", "Differs from leader?"],
        ["tfidf", "gold (trained)", "71.2 (66.0 to 76.1)", "71.2", "75.0 (70.0 to 80.0)", "100.0 (3 answered)",
         "3 (of 3)", "2", "-", "-", "leader"],
        ["llm", "gold (zero-shot)", "61.3 (50.0 to 70.0)", "40.9 to 74.2", "50.0 (40.0 to 60.0)",
         "66.7 (2 answered, 1 unparsable)", "2 (of 3)", "2", "250.0", "4.00 (1.3 s a question)", "not shown (p 0.500)"],
        ["majority", "none (floor, trained)", "20.0 (-)", "20.0", "33.3 (10.0 to 60.0)", "100.0 (3 answered)",
         "3 (of 3)", "2", "-", "-", "yes (p < 0.001)"],
    ]  # fmt: skip


def test_headline_table_sends_no_control_character_to_a_terminal(comparison):
    first, *others = comparison.systems
    hostile = comparison.model_copy(update={"systems": (first.model_copy(update={"name": "\x1b[2Jtfidf"}), *others)})
    assert headline_table(hostile)[1][0] == "[U+001B][2Jtfidf"


def test_headline_table_does_not_call_a_system_leader_that_answered_little(comparison):
    # The answer in words ranks systems that answered at least 90 %; the llm answered 2 of 3.
    tfidf, llm, majority = comparison.systems
    rows = headline_table(comparison.model_copy(update={"systems": (llm, tfidf, majority)}))
    assert [(row[0], row[-1]) for row in rows[1:3]] == [("llm", "not shown (p 0.500)"), ("tfidf", "leader")]


def test_render_shows_a_reservation_once_for_all_that_it_holds_for(comparison):
    systems = tuple(
        s.model_copy(update={"scores": tuple(x.model_copy(update={"note": "few clusters"}) for x in s.scores)})
        for s in comparison.systems
    )
    assert "- Few clusters (all systems)" in render([comparison.model_copy(update={"systems": systems})], MADE)
    assert "- Few clusters (llm)" in render([comparison], MADE)


def test_headline_table_of_accuracy_shows_it_once(comparison):
    systems = tuple(s.model_copy(update={"scores": s.scores[1:]}) for s in comparison.systems)
    head, *_ = headline_table(comparison.model_copy(update={"metric": "accuracy", "systems": systems}))
    assert head.count("Accuracy %") == 1


def test_render_shows_every_number_of_the_headline_table(comparison):
    text = render([comparison], MADE)
    numbers = {
        number for row in headline_table(comparison)[1:] for cell in row for number in re.findall(r"[\d.]+", cell)
    }
    assert [number for number in numbers if number not in text] == []


def test_render_has_the_order_of_the_page(comparison):
    headings = re.findall(r"^## (.*?)(?: \(.*)?$", render([comparison], MADE), re.MULTILINE)
    assert headings == [
        "Veracity: the answer",
        "Veracity: leaderboard",
        "Veracity: pairwise differences",
        "Veracity: by slice",
        "Veracity: confusion",
        "Veracity: claims on which systems differ",
        "How it was made",
    ]


def test_render_with_a_third_metric_has_a_table_of_all(comparison):
    first, *others = comparison.systems
    brier = first.headline.model_copy(update={"metric": "brier", "value": 0.125})
    more = comparison.model_copy(
        update={"systems": (first.model_copy(update={"scores": (*first.scores, brier)}), *others)}
    )
    text = render([more], MADE)
    assert "## Veracity: all metrics (n = 3 questions in 2 clusters)" in text
    assert "| Metric | tfidf | llm | majority |" in text
    assert "\n| Brier % | 12.5 (66.0 to 76.1) |" in text


def test_render_says_n_in_every_heading_of_results(comparison):
    headings = re.findall(r"^##+ .*", render([comparison], MADE), re.MULTILINE)
    bare = [heading for heading in headings if not re.search(r"n = \d", heading)]
    assert bare == ["### vc-2", "### vc-3", "## How it was made"]


def test_render_tables_have_as_many_cells_in_each_row(hostile):
    widths = set()
    for block in render([hostile], MADE).split("\n\n"):
        rows = [line for line in block.split("\n") if line.startswith("|")]
        if rows:
            widths.add(len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}))
    assert widths == {1}


def test_render_hostile_text_stays_text(hostile):
    text = render([hostile], MADE)
    assert "<" not in text
    assert "![x]" not in text
    assert "[U+202E]" in text.replace("\\", "")
    assert "\x00" not in text
    assert len(text) < 50_000


def test_render_shows_at_most_twenty_claims(comparison):
    items = tuple(comparison.items[1].model_copy(update={"id": f"vc-{i:02}"}) for i in range(30))
    systems = tuple(
        s.model_copy(
            update={"predictions": {i.id: s.predictions["vc-2"].model_copy(update={"id": i.id}) for i in items}}
        )
        for s in comparison.systems
    )
    text = render([comparison.model_copy(update={"items": items, "systems": systems})], MADE)
    assert len(re.findall(r"^### vc-", text, re.MULTILINE)) == 20
    assert "(30 of n = 3 questions" in text


def test_render_system_that_was_not_asked_is_no_disagreement(comparison):
    first, *others = comparison.systems
    partial = first.model_copy(update={"predictions": {"vc-1": first.predictions["vc-1"]}})
    text = render([comparison.model_copy(update={"systems": (partial, *others)})], MADE)
    assert re.findall(r"^### vc-.*", text, re.MULTILINE) == []


def test_render_same_input_gives_the_same_text(comparison):
    assert render([comparison], MADE) == render([comparison], MADE)


def test_render_nothing_is_refused():
    with pytest.raises(InputError, match="no comparison"):
        render([], MADE)
