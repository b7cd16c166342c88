"""The checks: all hold on a sound dataset, and each falls on its own planted fault."""

from dataclasses import replace

import pytest

from harness.dataset.checks import checks
from harness.dataset.source import read
from harness.dataset.tables import make
from harness.label import Edit, Origin, Veracity
from harness.schema import Span


@pytest.fixture(scope="module")
def sound(sound_checkout):
    source = read(sound_checkout)
    return source, make(source)


def failed(source, tables):
    return [check.name for check in checks(source, tables) if not check.passed]


def first(kind, **changed):
    """Plants a fault in the first row of a table."""

    def plant(source, tables):
        row, *rest = tables[kind]
        return source, tables | {kind: [row.model_copy(update=changed), *rest]}

    return plant


def second_like_first(kind, *fields):
    """Gives the second row the first one's values."""

    def plant(source, tables):
        one, two, *rest = tables[kind]
        return source, tables | {kind: [one, two.model_copy(update={f: getattr(one, f) for f in fields}), *rest]}

    return plant


def moved_passage(source, tables):
    passage = source.passages["a1.s02"].model_copy(update={"text": "It snowed."})
    return replace(source, passages=source.passages | {"a1.s02": passage}), tables


def uncovered_sentence(source, tables):
    return replace(source, articles={"a1": source.articles["a1"] + "It snowed."}), tables


def second_article(source, tables):
    return replace(source, articles=source.articles | {"a2": ""}), tables


def span_outside(source, tables):
    span = Span(passage="a1.s01", start=0, end=source.passages["a1.s01"].end + 1)
    return first("claims", spans=(span,))(source, tables)


def split_cluster(source, tables):
    families = {claim.family: claim.fold for claim in tables["claims"]}
    contrast = next(claim for claim in tables["claims"] if claim.origin is Origin.CONTRAST)
    other = (families[contrast.family] + 1) % 5
    rows = [claim.model_copy(update={"fold": other}) if claim == contrast else claim for claim in tables["claims"]]
    return source, tables | {"claims": rows}


def relabelled(label, but=""):
    """Says that every claim of a label, but one, is supported."""

    def plant(source, tables):
        rows = [
            claim.model_copy(update={"veracity": Veracity.SUPPORTED})
            if claim.veracity is label and claim.id != but
            else claim
            for claim in tables["claims"]
        ]
        return source, tables | {"claims": rows}

    return plant


EXTRACTED_OR_NOT = "extracted claims with a parent or edit, contrast claims without"
LEANING = "claims that lean on an unresolved pronoun or date"
GIVEN_AWAY = (
    "contrast claims whose label their edit kind and form give away (supported minus refuted, in absolute value)"
)
FAULTS = [
    ("articles that claims were taken from", second_article),
    ("passages that are no exact substring at their offsets", moved_passage),
    ("characters of an article in no passage", uncovered_sentence),
    ("spans that are not inside their passage", span_outside),
    (EXTRACTED_OR_NOT, first("claims", parent="vc-0001", edit=Edit.DATE)),
    ("texts that stand twice", second_like_first("claims", "text")),
    ("pairs that stand twice", second_like_first("pairs", "claim", "passage", "holder")),
    (LEANING, first("claims", text="He opened a school.")),
    ("clusters in two folds", split_cluster),
    (GIVEN_AWAY, relabelled(Veracity.REFUTED, but="vc-0083")),
]


def test_all_checks_hold_on_a_sound_dataset(sound):
    assert failed(*sound) == []


@pytest.mark.parametrize(("name", "plant"), FAULTS, ids=[name for name, _ in FAULTS])
def test_check_falls_on_its_fault_alone(sound, name, plant):
    assert failed(*plant(*sound)) == [name]


def test_every_check_has_a_planted_fault(sound):
    assert {check.name for check in checks(*sound)} == {name for name, _ in FAULTS}


@pytest.mark.parametrize("changed", [{"parent": "vc-0001"}, {"edit": Edit.DATE}])
def test_half_a_contrast_claim_falls(sound, changed):
    assert EXTRACTED_OR_NOT in failed(*first("claims", **changed)(*sound))


@pytest.mark.parametrize(
    "text",
    [
        "They closed two bridges.",
        "Its river rose.",
        "Ann left yesterday.",
        "Two bridges were closed the same day.",
        "The mayor returns next week.",
    ],
)
def test_text_that_leans_on_the_article_falls(sound, text):
    assert LEANING in failed(*first("claims", text=text)(*sound))


@pytest.mark.parametrize(
    "text", ['"He left yesterday" is what Ann said.', "Itaipu is a dam.", "Ann left on 5 September 2025."]
)
def test_text_that_stands_alone_passes(sound, text):
    assert LEANING not in failed(*first("claims", text=text)(*sound))


def test_figure_counts_the_faults_and_names_three(sound):
    source, tables = sound
    rows = [claim.model_copy(update={"text": f"He was in town{i}."}) for i, claim in enumerate(tables["claims"][:4])]
    [check] = [c for c in checks(source, tables | {"claims": [*rows, *tables["claims"][4:]]}) if c.name == LEANING]
    assert check.figure == "4 (vc-0000, vc-0001, vc-0002, ...)"
