"""The card's agreement: a table where items have votes to compare, words where they have not."""

import pytest

from harness.dataset.agreed import agreed
from harness.dataset.card import renew
from harness.dataset.source import Settings, Source
from harness.errors import InputError
from harness.label import AnnotatorKind, Choice, Content, Form, Origin, Stance, Task, Veracity
from harness.schema import Claim, Pair, Vote

AGREEMENT = "<!-- generated: agreement -->\nold\n<!-- end -->\n"
HEAD = (
    "| task | slice | alpha | 95 % interval | raw agreement | items | votes | clusters |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def claim(number, veracity):
    """Claims 2k and 2k + 1 share a cluster."""
    return Claim(
        id=f"vc-{number:04d}",
        text=f"It rained {number} times.",
        origin=Origin.EXTRACTED,
        edit=None,
        parent=None,
        family=f"vc-{number:04d}",
        cluster=f"k-{number // 2:04d}",
        fold=0,
        form=Form.OWN_VOICE,
        content=Content.FACTUAL,
        article="a1",
        spans=(),
        veracity=veracity,
        evidence=("a1.s01",),
        justification="It says so.",
        ambiguous=False,
        invented=False,
    )


def pair(number, stance, chosen):
    """A pair of the claim with the same number."""
    return Pair(
        id=f"vp-{number:04d}",
        claim=f"vc-{number:04d}",
        passage="a1.s01",
        holder="voice",
        stance=stance,
        chosen=chosen,
        same_event=False,
        ambiguous=False,
    )


def votes(task, annotator, labels):
    """An annotator's votes by item."""
    return [
        Vote(
            item=item,
            task=task,
            label=label,
            annotator=annotator,
            kind=AnnotatorKind.MODEL,
            model="some-model",
            round=0,
        )
        for item, label in labels.items()
    ]


def card(claims, pairs, given, text=AGREEMENT):
    settings = Settings(name="tiny", version="1.0.0", as_of="2025-09-06", text_policy="full")
    source = Source(settings, {}, {}, {}, {}, {}, {}, tuple(given))
    tables = {"claims": claims, "pairs": pairs, "passages": [], "votes": given}
    return renew(text, source, tables, agreed(given, tables), [], [])


VERACITY = [Veracity.SUPPORTED, Veracity.REFUTED] * 20
CLAIMS = [claim(number, veracity) for number, veracity in enumerate(VERACITY)]
# 30 pairs that were chosen for what they say, ten by lot.
STANCE = [Stance.AGREE, Stance.DISAGREE] * 10 + [Stance.UNRELATED] * 20
PAIRS = [pair(number, stance, Choice.LOT if number >= 30 else Choice.EVIDENCE) for number, stance in enumerate(STANCE)]
ALL_OF_ONE = votes(Task.VERACITY, "m1", {c.id: c.veracity.value for c in CLAIMS})
ALL_OF_TWO = votes(Task.VERACITY, "m2", {c.id: c.veracity.value for c in CLAIMS[:-4]} | {
    c.id: "supported" for c in CLAIMS[-4:]
})  # fmt: skip
STANCE_OF_ONE = votes(Task.STANCE, "m1", {p.id: p.stance.value for p in PAIRS})
STANCE_OF_TWO = votes(Task.STANCE, "m2", {p.id: p.stance.value for p in PAIRS[1:]} | {PAIRS[0].id: "discuss"})


def lines(text, start):
    return [line for line in text.splitlines() if line.startswith(start)]


def test_table_has_a_row_for_all_and_for_each_label_of_veracity():
    made = card(CLAIMS, PAIRS, ALL_OF_ONE + ALL_OF_TWO)
    assert HEAD in made
    assert [line.split(" | ")[1] for line in lines(made, "| veracity")] == [
        "all",
        "supported against the rest",
        "refuted against the rest",
        "conflicting against the rest",
        "not_enough_evidence against the rest",
    ]


def test_row_has_alpha_interval_and_raw_agreement_with_two_decimals():
    # Of 80 votes 42 are supported and 38 refuted, two of 40 items differ:
    # 1 - 79 * 4 / (80^2 - 42^2 - 38^2) = .90, raw 38 / 40 = .95. The interval: see tests/annotation/test_alpha.py.
    [row, *_] = lines(card(CLAIMS, PAIRS, ALL_OF_ONE + ALL_OF_TWO), "| veracity")
    task, name, alpha, ends, raw, *counts = row.strip("| ").split(" | ")
    assert (task, name, alpha, raw, counts) == ("veracity", "all", "0.90", "0.95", ["40", "80", "20"])
    low, high = map(float, ends.split(" to "))
    assert 0 < low < 0.9 < high <= 1


def test_stance_has_a_row_without_unrelated_pairs_by_lot():
    # Pairs 30-39 were drawn by lot, so five of the twenty clusters fall out whole.
    made = lines(card(CLAIMS, PAIRS, STANCE_OF_ONE + STANCE_OF_TWO), "| stance")
    cells = [row.strip("| ").split(" | ") for row in made]
    assert [(row[1], *row[-3:]) for row in cells] == [
        ("all", "40", "80", "20"),
        *((f"{label} against the rest", "40", "80", "20") for label in Stance),
        ("without unrelated pairs drawn by lot", "30", "60", "15"),
    ]


def test_label_that_no_one_voted_has_no_alpha_and_says_why():
    made = card(CLAIMS, PAIRS, ALL_OF_ONE + ALL_OF_TWO)
    assert "| veracity | conflicting against the rest | - | - | 1.00 | 40 | 80 | 20 |\n" in made
    assert "- veracity, conflicting against the rest: alpha is undefined: all votes are for one label.\n" in made


def test_items_with_one_vote_each_have_words_and_no_table():
    made = card(CLAIMS, PAIRS, ALL_OF_ONE + STANCE_OF_ONE)
    assert made == (
        "<!-- generated: agreement -->\n"
        "On veracity 40 items have one vote each, so no agreement can be given.\n\n"
        "On stance 40 items have one vote each, so no agreement can be given.\n\n"
        "On check-worthiness there is no vote, so no agreement can be given.\n"
        "<!-- end -->\n"
    )


def test_task_without_a_vote_has_words_beside_the_table_of_the_other():
    made = card(CLAIMS, PAIRS, ALL_OF_ONE + ALL_OF_TWO)
    assert "\n\nOn stance there is no vote, so no agreement can be given.\n" in made


def test_items_with_one_vote_among_others_are_told():
    made = card(CLAIMS, PAIRS, ALL_OF_ONE + ALL_OF_TWO[1:])
    assert "- veracity, all: 1 of 40 items have one vote only and are left out.\n" in made


def test_votes_on_rows_of_another_split_are_left_out():
    # Claims 36-39 are no rows of the card's tables; their votes differ and would lower alpha.
    # The lower end is exact for 18 clusters: 1 - (1 - .025^(1/18)) / (2 * 36 * 36 / (72 * 71)) = .63.
    made = card(CLAIMS[:36], [], ALL_OF_ONE + ALL_OF_TWO)
    [row, *_] = lines(made, "| veracity")
    assert row == "| veracity | all | 1.00 | 0.63 to 1.00 | 1.00 | 36 | 72 | 18 |"


def test_unknown_marker_is_named_beside_the_known_ones():
    with pytest.raises(InputError, match=r"marker for 'kappa'; expected one of .*agreement"):
        card(CLAIMS, PAIRS, ALL_OF_ONE, "<!-- generated: kappa -->\n<!-- end -->\n")


def test_confusion_counts_pairs_of_votes_by_their_two_labels():
    # Of 40 pairs of votes two differ: the annotators take supported and refuted for one another.
    made = card(CLAIMS, PAIRS, ALL_OF_ONE + ALL_OF_TWO, "<!-- generated: confusion -->\n<!-- end -->\n")
    supported, refuted, *_ = lines(made, "| supported") + lines(made, "| refuted")
    numbers = [list(map(int, row.strip("| ").split(" | ")[1:])) for row in (supported, refuted)]
    assert numbers[0][1] == numbers[1][0] == 2
    assert numbers[0][0] + numbers[1][1] == 38


def test_ceiling_scores_each_annotator_against_the_other():
    made = card(CLAIMS, PAIRS, ALL_OF_ONE + ALL_OF_TWO, "<!-- generated: ceiling -->\n<!-- end -->\n")
    # Two of 40 votes differ.
    assert [row.strip("| ").split(" | ")[3:] for row in lines(made, "| veracity")] == [["0.950", "40"]] * 2
