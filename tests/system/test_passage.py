from __future__ import annotations

import pytest

from harness.system.passage import analyse, stem, stems


@pytest.mark.parametrize(
    ("word", "expected"),
    # The rules and examples of Harman's S-stemmer: ies -> y, es -> e, s -> nothing, with its exceptions.
    [
        ("countries", "country"),
        ("retrieves", "retrieve"),
        ("drones", "drone"),
        ("glass", "glass"),
        ("corpus", "corpus"),
        ("russia's", "russia"),
    ],
)
def test_stem(word, expected):
    assert stem(word) == expected


def test_stems_leave_out_function_words_and_numbers():
    assert stems("The 26 countries were shot at by drones.") == ["country", "shot", "drone"]


def test_sentences_are_numbered_and_none_is_lost():
    found = analyse("“Mr. Putin spoke,” he said. Nobody came. It rained!").sentences
    assert [s.place for s in found] == list(range(len(found)))
    assert set().union(*(s.stems for s in found)) == set(stems("Mr. Putin spoke, he said. Nobody came. It rained!"))


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("He did not go.", "negation"),
        ("He didn’t go.", "negation"),
        ("Kyiv denied it.", "denial"),
        ("The picture is a hoax.", "hoax"),
        ("That is unverified.", "doubt"),
        ("He reportedly fled.", "hedge"),
        ("He said so.", "attribution"),
        ("Police confirmed it.", "confirmation"),
        ("But it rained.", "contrast"),
    ],
)
def test_cues(text, cue):
    assert analyse(text).cues[cue] == 1


def test_cues_are_none_in_a_plain_sentence():
    assert not sum(analyse("Another notable storm hit the coast.").cues.values())


def test_names_are_capitals_within_a_sentence():
    assert analyse("Yesterday Dmitry Peskov met Macron. Later they left.").names == {"dmitry", "peskov", "macron"}


def test_an_empty_text_has_nothing():
    found = analyse("")
    assert (found.n_words, found.sentences, dict(found.stems)) == (0, (), {})


def test_quantities_are_numbers_with_the_stem_of_the_word_after_them():
    assert analyse("Eight drones and 17 missiles hit.").quantities == {(8.0, "drone"), (17.0, "missile")}
