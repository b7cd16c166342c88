from __future__ import annotations

import math
from datetime import date

import pytest
from sklearn.linear_model import LogisticRegression

from harness.label import Task
from harness.schema import Evidence, Question
from harness.system.overlap import Overlap, agree, dates, features, negated, numbers, words


def question(claim, evidence, holder=None, name="q"):
    return Question(
        id=name,
        task=Task.STANCE if holder else Task.VERACITY,
        claim=claim,
        holder=holder,
        evidence=(Evidence(id="a1.s1", text=evidence),) if evidence else (),
        labels=("supported", "refuted"),
        as_of=date(2025, 9, 6),
    )


@pytest.mark.parametrize("text", ["17%", "17 percent", "17 per cent", "about 17 %", "roughly 17% of it", "17.0%"])
def test_numbers_are_one_however_a_share_is_written(text):
    assert numbers(text) == {(17.0, True)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eight drones", {8.0}),
        ("26-country pledge", {26.0}),
        ("10,000 people", {10_000.0}),
        ("1.2 million", {1_200_000.0}),
        ("two hundred", {200.0}),
        ("a Tu-160 bomber", set()),
        ("one of them", set()),
        ("5 September 2025", set()),
    ],
)
def test_numbers_by_form(text, expected):
    assert numbers(text) == {(value, False) for value in expected}


def test_numbers_tell_a_share_from_a_count():
    assert numbers("17 drones") != numbers("17% of them")


@pytest.mark.parametrize(
    "text", ["5 September 2025", "September 5, 2025", "Sept. 5, 2025", "5th of September 2025", "2025-09-05"]
)
def test_dates_are_one_however_written(text):
    assert dates(text) == {(2025, 9, 5)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 5 September", {(None, 9, 5)}),
        ("in May 2020", {(2020, 5, None)}),
        ("the 2022 invasion", {(2022, None, None)}),
        ("26 may deploy", set()),
        ("2,025 men", set()),
    ],
)
def test_dates_by_form(text, expected):
    assert dates(text) == expected


def test_agree_needs_a_part_in_common():
    assert agree((2025, 9, 5), (None, 9, 5))
    assert not agree((2025, 9, 5), (None, 9, 6))
    assert not agree((2025, None, None), (None, 9, 5))


def test_words_leave_out_numbers_hedges_and_function_words():
    assert words("Russia’s refining fell by roughly 17% on 5 September 2025.") == {"russia", "refining", "fell"}


@pytest.mark.parametrize("text", ["He did not go", "He didn’t go", "He never went", "No one went"])
def test_negated_finds_a_negation(text):
    assert negated(text)


def test_negated_is_false_of_a_part_of_a_word():
    assert not negated("Another notable norm")


def test_features_of_a_claim_that_agrees():
    found = features(question("About 17 percent was lost on September 5, 2025.", "Lost capacity: 17%, 5 September."))
    # Words: {lost} in the claim, {lost, capacity} in the evidence.
    assert found == {
        "words_shared": 1 / 2,
        "claim_words_missing": 0.0,
        "numbers_agree": 1.0,
        "numbers_clash": 0.0,
        "dates_agree": 1.0,
        "dates_clash": 0.0,
        "negation_one_sided": 0.0,
        "quotation_shared": 0.0,
        "quotation_missing": 0.0,
        "holder_named": 0.0,
        "claim_length": math.log(1 + 9),
        "evidence_length": math.log(1 + 5),
    }


def test_features_of_a_claim_that_clashes():
    found = features(question("Nine of 26 left on 6 September.", "Eight of 26 had not left by 5 September."))
    assert found["numbers_agree"] == found["numbers_clash"] == 1 / 2
    assert (found["dates_agree"], found["dates_clash"]) == (0.0, 1.0)
    assert found["negation_one_sided"] == 1.0


def test_features_of_quotations_compare_quoted_words_alone():
    found = features(question('He called them "legitimate targets".', "Targets he named: “legitimate aims”."))
    assert found["quotation_shared"] == found["quotation_missing"] == 1 / 2


@pytest.mark.parametrize(("holder", "expected"), [("Dmitry Peskov", 1 / 2), ("voice", 0.0), (None, 0.0)])
def test_features_find_the_holder_in_the_passage(holder, expected):
    assert (
        features(question("It rained.", "Peskov said with a loud voice that it rained.", holder))["holder_named"]
        == expected
    )


def test_features_without_evidence_neither_agree_nor_clash():
    found = features(question("Nine left on 6 September.", ""))
    assert found["numbers_agree"] == found["numbers_clash"] == found["dates_agree"] == found["dates_clash"] == 0.0


def test_overlap_learns_that_clashing_numbers_refute():
    train = [
        question(f"{claimed} drones fell.", f"In all {real} drones fell.", name=f"{claimed}-{real}")
        for claimed in (3, 5, 7)
        for real in (3, 5, 7)
    ]
    gold = {q.id: "supported" if q.id[0] == q.id[-1] else "refuted" for q in train}
    new = [question("14 drones fell.", "In all 14 drones fell."), question("14 drones fell.", "In all 40 drones fell.")]
    fitted = Overlap(LogisticRegression(class_weight="balanced")).fit(train, gold)
    assert [p.label for p in fitted.predict(new)] == ["supported", "refuted"]
