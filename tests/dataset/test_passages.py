"""Passages: the offset invariant on the seed articles and on hostile text."""

import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.dataset.passages import segment
from harness.label import Section

SEEDS = Path(__file__).parents[2] / "seeds"

# What articles, scrapers and pysbd's own markers may hold; the last row is what pysbd takes for its own.
PIECES = [
    *[
        "A sentence.",
        "Another one!",
        "Is it?",
        "Mr. Smith said “no.”",
        "“If it rains…”",
        "'quoted'",
        "U.S. troops",
        "3.5 km",
    ],
    *[
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "\t",
        "\x00",
        "\x0b",
        "\x1c",
        "\x85",
        "\u2028",
        " ",
        "\u00a0",
        "\u200b",
        "\u3000",
        "\ufeff",
    ],
    *["😀", "👩\u200d🚒", "𝔸", "e\u0301", "\u0301", "\u202e", "שלום.", "中文。", "\\n", "\\1", "$", "<b>", "("],
    *[
        "Key Takeaways",
        "Verified Facts",
        "Unconfirmed",
        "A heading",
        "- ",
        "* ",
        "• ",
        "– ",
        "1. ",
        "12) ",
        "i. ",
        ". . .",
        "?!",
    ],
    *["\u222f", "\u2668", "\u266c", "\u260b", "\u0238", "&", "&ᓰ&", "&✂&", "☏"],
]
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=20).map("".join)
thorough = settings(max_examples=150, deadline=None, database=None, derandomize=True)


@pytest.fixture(params=["a1", "a2"])
def article(request):
    return request.param, (SEEDS / f"{request.param}.txt").read_bytes().decode("utf-8")


def section(text, words):
    """The section of the passage that begins with these words."""
    return next(passage.section for passage in segment("x", text) if passage.text.startswith(words))


# Claims, pairs and votes name passages by number: these numbers must not move.
@pytest.mark.parametrize(("name", "n"), [("a1", 34), ("a2", 46)])
def test_seed_article_has_its_number_of_passages(name, n):
    assert len(segment(name, (SEEDS / f"{name}.txt").read_bytes().decode("utf-8"))) == n


def test_seed_article_is_found_at_its_offsets(article):
    name, text = article
    assert [text[p.start : p.end] for p in segment(name, text)] == [p.text for p in segment(name, text)]


def test_seed_article_loses_nothing_but_bullets_and_blanks(article):
    name, text = article
    covered = {i for p in segment(name, text) for i in range(p.start, p.end)}
    assert {text[i] for i in range(len(text)) if i not in covered} <= {"-", " ", "\n"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("On September 5, 2025", Section.LEAD),
        ("Key Takeaways", Section.HEADLINE),
        ("Putin said Western forces", Section.KEY_TAKEAWAYS),
        ("At the Far East Economic Forum", Section.VERIFIED_FACTS),
        ("Context & Impact", Section.HEADLINE),
        ("Putin’s warning highlights", Section.BODY),
        ("“If some troops appear there", Section.QUOTATION),
        ("Vladimir Putin, Russian President", Section.QUOTATION),
        ("Reports that the United States", Section.UNCONFIRMED),
        ("Putin’s statement raises", Section.BODY),
    ],
)
def test_section_of_a_passage_with_headings(words, expected):
    assert section((SEEDS / "a1.txt").read_text("utf-8"), words) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Putin Threatens NATO", Section.HEADLINE),
        ("The Russian president warns", Section.LEAD),
        ("6 min read", Section.HEADLINE),
        ("In a dramatic escalation", Section.BODY),
        ("Sources", Section.HEADLINE),
    ],
)
def test_section_of_a_passage_in_a_plain_article(words, expected):
    assert section((SEEDS / "a2.txt").read_text("utf-8"), words) is expected


@thorough
@given(hostile)
def test_hostile_text_is_found_at_its_offsets(text):
    assert [text[p.start : p.end] for p in segment("x", text)] == [p.text for p in segment("x", text)]


@thorough
@given(hostile)
def test_hostile_text_gives_ordered_disjoint_spans(text):
    bounds = [bound for p in segment("x", text) for bound in (p.start, p.end)]
    assert bounds == sorted(bounds)


@thorough
@given(hostile)
def test_hostile_text_gives_no_empty_or_padded_passage(text):
    assert all(p.text and p.text == p.text.strip() for p in segment("x", text))


@thorough
@given(hostile)
def test_hostile_text_has_every_letter_in_a_passage(text):
    covered = {i for p in segment("x", text) for i in range(p.start, p.end)}
    assert [i for i, char in enumerate(text) if char.isalpha() and i not in covered] == []


@thorough
@given(hostile)
def test_hostile_text_gives_the_same_passages_again(text):
    assert segment("x", text) == segment("x", text)


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t ", "\u00a0\u3000", "\ufeff"])
def test_text_without_words_has_no_passage(text):
    assert segment("x", text) == []


def test_offsets_count_code_points_and_not_utf16_units():
    first, second = segment("x", "It rained 😀 all day. It snowed.")
    assert (first.start, first.end, second.start, second.end) == (0, 20, 21, 31)


def test_windows_line_ends_are_kept_in_the_offsets():
    assert [(p.start, p.text) for p in segment("x", "It rained.\r\nIt snowed.")] == [
        (0, "It rained."),
        (12, "It snowed."),
    ]


def test_byte_order_mark_does_not_hide_the_first_heading():
    passages = segment("x", "\ufeffVerified Facts\nIt rained.")
    assert [(p.start, p.section) for p in passages] == [(1, Section.HEADLINE), (16, Section.VERIFIED_FACTS)]


@pytest.mark.parametrize("word", ["♨", "∯", "ȸ", "&ᓰ&"])
def test_line_with_a_mark_of_the_segmenter_is_cut_into_its_sentences(word):
    passages = segment("x", f"It rained {word} here. It snowed.")
    assert [p.text for p in passages] == [f"It rained {word} here.", "It snowed."]


@pytest.mark.parametrize("word", ["all day", "&", "AT&T"])
def test_abbreviation_ends_no_sentence(word):
    passages = segment("x", f"It rained {word} here, Mr. Smith said. It snowed.")
    assert [p.text for p in passages] == [f"It rained {word} here, Mr. Smith said.", "It snowed."]


def test_bullet_mark_is_no_part_of_its_passage():
    assert [p.text for p in segment("x", "- It rained.\n2) It snowed.")] == ["It rained.", "It snowed."]


def test_repeated_sentence_is_found_at_each_of_its_places():
    assert [p.start for p in segment("x", "It rained. It rained. It rained.")] == [0, 11, 22]


def test_very_long_line_is_cut_in_seconds():
    started = time.monotonic()
    assert len(segment("x", "It rained. " * 10_000)) == 10_000
    assert time.monotonic() - started < 10


def test_very_long_word_is_one_passage():
    assert [p.text for p in segment("x", "a" * 100_000)] == ["a" * 100_000]


def test_passage_is_numbered_in_its_article_with_its_paragraph():
    assert [(p.id, p.paragraph) for p in segment("a7", "It rained. It snowed.\n\nIt froze.")] == [
        ("a7.s01", 1),
        ("a7.s02", 1),
        ("a7.s03", 2),
    ]


def test_warnings_of_the_segmenter_are_no_errors_when_it_is_first_compiled(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "pysbd"]:
        monkeypatch.delitem(sys.modules, name)
    assert len(segment("x", "It rained. It snowed.")) == 2
