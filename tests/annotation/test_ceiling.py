"""Each annotator against the others: by hand, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from harness.annotation.agreement import agreement
from harness.annotation.ceiling import ceilings
from harness.errors import InputError

LABELS = ["x", "y", "z"]
# On a p stands alone, on b q does, on c all agree, on d the others of p tie, on e only r voted.
VOTES = [
    *[("a", "p", "x"), ("a", "q", "y"), ("a", "r", "y")],
    *[("b", "p", "y"), ("b", "q", "x"), ("b", "r", "y")],
    *[("c", "p", "x"), ("c", "q", "x"), ("c", "r", "x")],
    *[("d", "p", "x"), ("d", "q", "y"), ("d", "r", "x")],
    ("e", "r", "x"),
]


def of(name, votes=VOTES):
    return next(found for found in ceilings(votes, LABELS) if found.annotator == name)


def test_accuracy_is_against_the_majority_of_the_others():
    # p: a x against y, y; b y against x, y ties; c x against x, x; d x against y, x ties. One of two is right.
    assert (of("p").accuracy, of("p").n, of("p").n_left_out) == (1 / 2, 2, 2)


def test_ties_and_lone_votes_give_no_item():
    # r: a y against x, y ties; b y against y, x ties; c x against x, x; d x against x, y ties; e has no other vote.
    assert (of("r").accuracy, of("r").n, of("r").n_left_out) == (1, 1, 4)


def test_annotator_without_a_counterpart_has_no_figure():
    found = of("p", [("a", "p", "x"), ("b", "q", "x")])
    assert (found.accuracy, found.macro_f1, found.n, found.n_left_out) == (None, None, 0, 1)


def test_second_vote_of_an_annotator_is_not_among_the_others():
    found = of("p", [("a", "p", "x"), ("a", "p", "x"), ("a", "q", "y")])
    assert (found.accuracy, found.n) == (0, 2)


def test_annotators_are_ordered_by_name():
    assert [found.annotator for found in ceilings(VOTES, LABELS)] == ["p", "q", "r"]


def test_two_annotators_are_scored_as_scikit_learn_does():
    rng = np.random.default_rng(7)
    one = rng.choice(LABELS, 60)
    two = np.where(rng.random(60) < 0.7, one, rng.choice(LABELS, 60))
    votes = [(f"i{i}", who, str(given[i])) for who, given in (("p", one), ("q", two)) for i in range(60)]
    found = of("p", votes)
    expected = accuracy_score(two, one), f1_score(two, one, labels=LABELS, average="macro", zero_division=0)
    assert (found.accuracy, found.macro_f1) == pytest.approx(expected, abs=1e-12)


def test_accuracy_of_two_annotators_is_their_raw_agreement():
    votes = [vote for vote in VOTES if vote[1] != "r"]
    raw = agreement(votes, dict.fromkeys("abcde", "k"), task="any").raw
    assert [found.accuracy for found in ceilings(votes, LABELS)] == [raw, raw]


def test_order_of_votes_does_not_matter():
    assert ceilings(VOTES[::-1], LABELS) == ceilings(VOTES, LABELS)


def test_unknown_label_is_named():
    with pytest.raises(InputError, match="has label 'z'; expected one of x, y"):
        ceilings([("a", "p", "z")], ["x", "y"])
