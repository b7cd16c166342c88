"""The bars of size and agreement: all hold on a sound dataset, and each falls on its own planted fault."""

from dataclasses import replace
from datetime import date

import pytest

from harness.dataset.agreed import NO_HEADINGS, NOT_BY_LOT, after_pilot, agreed
from harness.dataset.bars import bars
from harness.dataset.source import read
from harness.dataset.tables import make
from harness.label import CheckWorthiness, Choice, Origin, Stance, Task, Veracity
from harness.schema import Vote


@pytest.fixture(scope="module")
def sound(sound_checkout):
    source = read(sound_checkout)
    return source, make(source)


def failed(source, tables):
    return [check.name for check in bars(source, tables, agreed(source.votes, tables)) if not check.passed]


def only(kind, keep):
    """Keeps some rows of a table, and the pairs whose claims are left."""

    def plant(source, tables):
        kept = tables | {kind: [row for row in tables[kind] if keep(row)]}
        claims = {row.id for row in kept["claims"]}
        return source, kept | {"pairs": [pair for pair in kept["pairs"] if pair.claim in claims]}

    return plant


def few(kind, most, match):
    """Keeps all rows that do not match, and the first few that do."""

    def plant(source, tables):
        matching = [row.id for row in tables[kind] if match(row)][:most]
        return only(kind, lambda row: not match(row) or row.id in matching)(source, tables)

    return plant


def merged(match):
    """Puts the claims that match into twelve clusters."""

    def plant(source, tables):
        rows = [
            row.model_copy(update={"cluster": f"k-{int(row.family[3:]) % 12}"}) if match(row) else row
            for row in tables["claims"]
        ]
        return source, tables | {"claims": rows}

    return plant


def swayed(task, share, label, instead, items=None):
    """Lets the second annotator give another label to every n-th item of a label."""

    def plant(source, tables):
        seen, votes = 0, []
        for vote in source.votes:
            if vote.task is task and vote.annotator == "m2" and vote.label == label and (not items or items(vote.item)):
                seen += 1
                vote = vote.model_copy(update={"label": instead}) if seen % share == 0 else vote
            votes.append(vote)
        return replace(source, votes=tuple(votes)), tables

    return plant


def one_vote(source, tables):
    return replace(source, votes=source.votes[1:]), tables


def later_article(source, tables):
    about = source.metadata["a1"].model_copy(update={"published_on": date(2025, 9, 7)})
    return replace(source, metadata={"a1": about}), tables


def verdict_in_a_passage(source, tables):
    passage = source.passages["a1.s02"].model_copy(update={"text": "A fact-check rated the claim false."})
    return replace(source, passages=source.passages | {"a1.s02": passage}), tables


def undecided_passage(source, tables):
    row, *rest = tables["passages"]
    return source, tables | {"passages": [row.model_copy(update={"check_worthiness": None}), *rest]}


def unclaimed_passage(source, tables):
    rows = [row.model_copy(update={"check_worthiness": CheckWorthiness.CHECK_WORTHY}) for row in tables["passages"]]
    return source, tables | {"passages": rows}


def labelled(label):
    return lambda row: row.veracity is label


CLASS = "claims labelled {}, and clusters they come from"
ALPHA = "alpha of independent votes: {}"
FAULTS = [
    ("passages with a claim, or with a reason why not", undecided_passage),
    ("passages with a claim, or with a reason why not", unclaimed_passage),
    ("contrast claims", few("claims", 299, lambda row: row.origin is Origin.CONTRAST)),
    ("stance pairs", few("pairs", 0, lambda row: row.chosen is Choice.LOT)),
    ("clusters", merged(lambda row: int(row.cluster[2:]) >= 4 * 40)),
    (CLASS.format("conflicting"), few("claims", 39, labelled(Veracity.CONFLICTING))),
    (CLASS.format("not_enough_evidence"), merged(labelled(Veracity.NOT_ENOUGH_EVIDENCE))),
    (ALPHA.format("veracity"), swayed(Task.VERACITY, 2, "supported", "refuted")),
    (ALPHA.format("veracity, conflicting against the rest"), swayed(Task.VERACITY, 1, "conflicting", "supported")),
    (ALPHA.format(NO_HEADINGS), swayed(Task.CHECK_WORTHINESS, 2, "rhetoric", "check_worthy")),
    ("items with fewer than two independent votes", one_vote),
    ("articles that are dated after the as-of date", later_article),
    ("passages that state a fact-checker's verdict", verdict_in_a_passage),
]


def test_all_bars_hold_on_a_sound_dataset(sound):
    assert failed(*sound) == []


@pytest.mark.parametrize(("name", "plant"), FAULTS, ids=[f"{name}-{i}" for i, (name, _) in enumerate(FAULTS)])
def test_bar_falls_on_its_fault(sound, name, plant):
    assert name in failed(*plant(*sound))


def test_extracted_claims_are_counted(sound):
    # Their families go with them, so that other bars fall as well.
    assert "extracted claims" in failed(*few("claims", 149, lambda row: row.origin is Origin.EXTRACTED)(*sound))


@pytest.mark.parametrize("label", [Veracity.SUPPORTED, Veracity.REFUTED])
def test_claims_of_a_class_are_counted(sound, label):
    assert CLASS.format(label) in failed(*few("claims", 59, labelled(label))(*sound))


@pytest.mark.parametrize("label", Stance)
def test_pairs_of_a_class_are_counted(sound, label):
    assert f"pairs labelled {label}" in failed(*few("pairs", 149, lambda row: row.stance is label)(*sound))


def test_stance_alpha_leaves_out_unrelated_pairs_by_lot(sound):
    lot = {pair.id for pair in sound[1]["pairs"] if pair.chosen is Choice.LOT and pair.stance is Stance.UNRELATED}
    by_lot = swayed(Task.STANCE, 1, "unrelated", "agree", lambda item: item in lot)
    assert lot
    assert failed(*by_lot(*sound)) == []
    assert failed(*swayed(Task.STANCE, 1, "agree", "discuss")(*sound)) == [ALPHA.format(f"stance, {NOT_BY_LOT}")]


def test_votes_of_the_pilot_give_way_to_later_ones_and_later_rounds_add_up():
    def vote(item, annotator, round_):
        return Vote(
            item=item, task="veracity", label="supported", annotator=annotator, kind="model", model=None, round=round_
        )

    pilot, first, person, alone = vote("a", "m1", 0), vote("a", "m2", 1), vote("a", "p1", 2), vote("b", "m1", 0)
    assert after_pilot([pilot, first, person, alone]) == [first, person, alone]


def test_a_vote_of_the_pilot_is_no_second_vote_beside_a_later_one(sound):
    source, tables = sound
    first, *rest = source.votes
    later = replace(source, votes=(first.model_copy(update={"round": 1}), *rest))
    assert failed(later, tables) == ["items with fewer than two independent votes"]
