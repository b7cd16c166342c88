"""Holm's correction against its definition."""

import math

import numpy as np
import pytest

from harness.statistics.holm import holm


def by_definition(p):
    """Holm (1979): the k-th smallest of m is multiplied by m - k + 1; none is below a smaller one, none above 1."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted = [math.nan] * len(p)
    for rank, i in enumerate(order):
        own = (len(p) - rank) * p[i]
        before = adjusted[order[rank - 1]] if rank else 0.0
        adjusted[i] = min(1.0, max(own, before))
    return adjusted


def test_three_p_values_by_hand():
    # .01 * 3, .02 * 2 and .03 * 1, which may not be below .04.
    assert holm([0.01, 0.02, 0.03]) == pytest.approx([0.03, 0.04, 0.04])


@pytest.mark.parametrize("seed", range(20))
def test_holm_is_its_definition(seed):
    p = list(np.random.default_rng(seed).random(9) ** 3)
    assert holm(p) == pytest.approx(by_definition(p), abs=1e-15)


def test_order_is_that_of_the_tests():
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])


def test_equal_p_values_have_equal_corrections():
    assert holm([0.02, 0.02, 0.5]) == pytest.approx([0.06, 0.06, 0.5])


def test_correction_is_at_most_1():
    assert holm([0.6, 0.7]) == [1.0, 1.0]


def test_single_test_needs_no_correction():
    assert holm([0.03]) == [0.03]


def test_no_test_gives_nothing():
    assert holm([]) == []


def test_undefined_stays_undefined_and_counts_as_no_test():
    first, second, third = holm([0.02, math.nan, 0.01])
    assert (first, math.isnan(second), third) == (0.02, True, 0.02)


def test_all_undefined_stay_undefined():
    assert [math.isnan(p) for p in holm([math.nan, math.nan])] == [True, True]
