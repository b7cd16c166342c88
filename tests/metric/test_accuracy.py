"""Accuracy against scikit-learn, and by arithmetic where scikit-learn has no answer."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from harness.metric.accuracy import Accuracy


def table(seed, n=60, k=4):
    rng = np.random.default_rng(seed)
    return rng.integers(0, k, n), rng.integers(-1, k, n)


def value(gold, predicted):
    return Accuracy().of(gold, predicted, 4).score(np.ones((1, len(gold))))[0]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("n", [1, 3, 60])
def test_accuracy_is_that_of_scikit_learn(seed, n):
    gold, predicted = table(seed, n)
    assert value(gold, predicted) == pytest.approx(accuracy_score(gold, predicted), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_weights_are_those_of_scikit_learn(seed):
    gold, predicted = table(seed)
    weights = np.random.default_rng(seed).integers(0, 4, (5, 60)).astype(float)
    expected = [accuracy_score(gold, predicted, sample_weight=row) for row in weights]
    assert Accuracy().of(gold, predicted, 4).score(weights) == pytest.approx(expected, abs=1e-12)


def test_weights_of_zero_and_one_are_a_slice():
    gold, predicted = table(1)
    mask = np.arange(60) % 2 == 0
    found = Accuracy().of(gold, predicted, 4).score(mask[None, :].astype(float))
    assert found == pytest.approx([accuracy_score(gold[mask], predicted[mask])], abs=1e-12)


def test_shuffled_rows_have_the_same_score():
    gold, predicted = table(2)
    order = np.random.default_rng(0).permutation(60)
    assert value(gold[order], predicted[order]) == value(gold, predicted)


def test_two_right_of_three_are_two_thirds():
    assert value(np.array([0, 1, 2]), np.array([0, 1, 3])) == pytest.approx(2 / 3)


def test_no_label_is_never_right():
    assert value(np.array([0, 1]), np.array([-1, -1])) == 0


def test_no_answer_at_all_is_undefined():
    assert np.isnan(Accuracy().of(*table(0), 4).score(np.zeros((1, 60)))[0])
