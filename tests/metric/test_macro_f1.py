"""Macro-F1 against scikit-learn, and by arithmetic where scikit-learn has no answer."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from harness.metric.macro_f1 import MacroF1


def table(seed, n=60, k=4):
    """Random gold and predictions; some labels may be missing from a short table."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, k, n), rng.integers(0, k, n)


def expected(gold, predicted, k=4, weights=None):
    return f1_score(gold, predicted, labels=range(k), average="macro", zero_division=0, sample_weight=weights)


def value(gold, predicted, k=4):
    return MacroF1().of(gold, predicted, k).score(np.ones((1, len(gold))))[0]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("n", [1, 3, 60])
def test_macro_f1_is_that_of_scikit_learn(seed, n):
    gold, predicted = table(seed, n)
    assert value(gold, predicted) == pytest.approx(expected(gold, predicted), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_no_label_is_a_wrong_answer_as_in_scikit_learn(seed):
    gold, predicted = table(seed)
    predicted = np.where(np.arange(60) % 3 == 0, -1, predicted)
    assert value(gold, predicted) == pytest.approx(expected(gold, predicted), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_weights_are_those_of_scikit_learn(seed):
    gold, predicted = table(seed)
    weights = np.random.default_rng(seed).integers(0, 4, (5, 60)).astype(float)
    found = MacroF1().of(gold, predicted, 4).score(weights)
    assert found == pytest.approx([expected(gold, predicted, weights=row) for row in weights], abs=1e-12)


def test_weights_of_zero_and_one_are_a_slice():
    gold, predicted = table(1)
    mask = np.arange(60) % 2 == 0
    found = MacroF1().of(gold, predicted, 4).score(mask[None, :].astype(float))
    assert found == pytest.approx([expected(gold[mask], predicted[mask])], abs=1e-12)


def test_shuffled_rows_have_the_same_score():
    gold, predicted = table(2)
    order = np.random.default_rng(0).permutation(60)
    assert value(gold[order], predicted[order]) == value(gold, predicted)


def test_label_that_is_in_neither_counts_0():
    # Two labels are all right, the third is nowhere: (1 + 1 + 0) / 3.
    assert value(np.array([0, 1]), np.array([0, 1]), k=3) == pytest.approx(2 / 3)


def test_all_right_is_1():
    assert value(np.arange(4), np.arange(4)) == 1


def test_all_wrong_is_0():
    assert value(np.arange(4), np.array([1, 2, 3, 0])) == 0


def test_one_label_for_all_is_its_own_f1_over_all_labels():
    # The majority's F1 is 2 * 3 / (3 + 5), the three others' is 0.
    assert value(np.array([0, 0, 0, 1, 2]), np.zeros(5, dtype=int)) == pytest.approx((6 / 8) / 4)


def test_no_answer_at_all_is_undefined():
    assert np.isnan(MacroF1().of(*table(0), 4).score(np.zeros((1, 60)))[0])
