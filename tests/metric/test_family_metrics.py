"""Families of contrast edits, stances and costs: by arithmetic."""

import numpy as np
import pytest
from answering import made, value

from harness.metric import AnswerMetric
from harness.metric.contrast_consistency import ContrastConsistency
from harness.metric.cost import Cost
from harness.metric.flip_accuracy import FlipAccuracy
from harness.metric.fnc_score import FncScore
from harness.metric.tokens import Tokens

# Three families: a parent with two edits, a parent with one, a claim alone.
GOLD = np.array([0, 1, 0, 1, 0, 2])
FAMILIES = np.array([0, 0, 0, 1, 1, 2])
PARENTS = np.array([-1, 0, 0, -1, 3, -1])


def family(predicted):
    a = made(0, n=6)
    return type(a)(a.ids, GOLD, np.array(predicted), FAMILIES, a.labels, families=FAMILIES, parents=PARENTS)


def test_family_counts_when_all_of_it_is_right():
    assert value(ContrastConsistency(), family([0, 1, 0, 1, 1, 2])) == 1 / 2


def test_claim_without_an_edit_is_no_family():
    assert value(ContrastConsistency(), family([0, 1, 0, 1, 0, 0])) == 1


def test_family_counts_by_what_of_it_was_answered():
    # Of the first family two of three were answered, both rightly; of the second one, which makes no family.
    assert value(ContrastConsistency(), family([0, 1, -1, -1, 0, 2]).answered()) == 1


def test_flip_wants_both_sides_and_counts_changed_labels_alone():
    # Changed: 0-1 and 3-4; 0-2 keeps its label. The first is right on both sides, the second on one.
    assert value(FlipAccuracy(), family([0, 1, 1, 1, 1, 2])) == 1 / 2


def test_family_that_is_left_out_by_weight_does_not_count():
    weights = np.array([1, 1, 1, 0, 0, 1.0])
    assert value(ContrastConsistency(), family([0, 1, 0, 0, 0, 2]), weights) == 1


def test_parent_outside_the_slice_leaves_no_pair():
    a = family([0, 1, 0, 1, 0, 2]).only(np.array([False, True, True, False, False, True]))
    assert FlipAccuracy().on(a) is None


def test_fnc_score_is_a_quarter_for_relatedness_and_the_rest_for_stance():
    labels = ("agree", "disagree", "discuss", "unrelated")
    gold, given = np.array([0, 1, 2, 3, 3]), np.array([0, 0, 3, 3, 1])
    a = made(0, n=5)
    a = type(a)(a.ids, gold, given, a.clusters, labels)
    # Right stance 1, related 1/4, nothing, unrelated 1/4, nothing; possible 3 x 1 and 2 x 1/4.
    assert value(FncScore(), a) == pytest.approx((1 + 0.25 + 0.25) / 3.5)


def test_unknown_cost_is_left_out_and_not_0():
    assert value(Cost(), made(0, n=3, cost=np.array([0.1, np.nan, 0.3]))) == pytest.approx(0.2)


def test_no_known_tokens_is_no_metric():
    assert Tokens().on(made(0)) is None


@pytest.mark.parametrize("metric", [ContrastConsistency(), FncScore(), Cost()], ids=lambda m: m.name)
def test_metric_of_more_than_labels_is_told_from_one_of_labels(metric):
    assert isinstance(metric, AnswerMetric)
