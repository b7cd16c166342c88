"""Corrections, McNemar's test, power and equivalence against scipy and statsmodels; ties and ranks by hand."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as theirs
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.weightstats import DescrStatsW

from harness.errors import InputError
from harness.statistics.benjamini_hochberg import benjamini_hochberg
from harness.statistics.equivalence import equivalence
from harness.statistics.mcnemar import mcnemar
from harness.statistics.power import clusters_needed, detectable, effect_shown, power
from harness.statistics.ranks import probability_of_best, rank_intervals
from harness.statistics.ties import letters


@pytest.mark.parametrize("seed", range(10))
def test_benjamini_hochberg_is_scipys(seed):
    p = np.random.default_rng(seed).random(17) ** 2
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p).tolist(), abs=1e-12)


def test_benjamini_hochberg_is_statsmodels():
    p = np.random.default_rng(0).random(50) ** 3
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1].tolist(), abs=1e-12)


def test_test_that_was_not_made_does_not_count():
    assert benjamini_hochberg([0.01, math.nan, 0.04])[::2] == [0.02, 0.04]


@pytest.mark.parametrize("seed", range(10))
def test_mcnemar_is_that_of_statsmodels(seed):
    a, b = np.random.default_rng(seed).random((2, 40)) < [[0.7], [0.5]]
    table = [[int((a & b).sum()), int((a & ~b).sum())], [int((~a & b).sum()), int((~a & ~b).sum())]]
    assert mcnemar(a, b, np.arange(40)) == pytest.approx(theirs(table, exact=True).pvalue, abs=1e-12)


def test_mcnemar_of_three_wins_is_a_quarter_and_never_0():
    assert mcnemar(np.array([True] * 3), np.array([False] * 3), np.arange(3)) == 0.25


def test_mcnemar_of_identical_answers_is_1():
    assert mcnemar(np.array([True, False]), np.array([True, False]), np.arange(2)) == 1


def test_mcnemar_refuses_clustered_questions():
    with pytest.raises(InputError, match="3 questions are in 2 clusters; use the swap test by cluster"):
        mcnemar(np.array([True] * 3), np.array([False] * 3), np.array([0, 0, 1]))


@pytest.mark.parametrize("g", [5, 20, 60, 500])
@pytest.mark.parametrize("effect", [0.1, 1.0, 3.0])
def test_power_is_that_of_statsmodels(g, effect):
    expected = TTestPower().power(effect / math.sqrt(g), nobs=g, alpha=0.05, alternative="two-sided")
    assert power(effect, g) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("g", [10, 60, 500])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 190])
def test_detectable_difference_is_that_of_statsmodels(g, alpha):
    # By its power of this very difference; one-sided, for its two-sided one is nan in places, where the other tail is below 1e-6.
    found = TTestPower().power(effect_shown(g, alpha) / math.sqrt(g), nobs=g, alpha=alpha / 2, alternative="larger")
    assert found == pytest.approx(0.8, abs=1e-6)


def test_detectable_difference_after_correction_is_larger():
    assert detectable(0.03, 60, 0.05 / 190) > 1.5 * detectable(0.03, 60)


@pytest.mark.parametrize("value", [0.02, 0.05, 0.2])
def test_clusters_needed_are_the_next_whole_number_of_statsmodels(value):
    # A standard error of .04 over 60 clusters is a deviation of .04 sqrt(60).
    expected = TTestPower().solve_power(value / (0.04 * math.sqrt(60)), alpha=0.05, power=0.8)
    assert clusters_needed(value, 0.04, 60) == math.ceil(expected)


def test_clusters_needed_for_no_difference_are_unknown():
    assert math.isnan(clusters_needed(0.0, 0.04, 60))


@pytest.mark.parametrize("seed", range(5))
def test_equivalence_is_that_of_statsmodels(seed):
    x = np.random.default_rng(seed).normal(0.01, 0.1, 50)
    found = equivalence(x.mean(), stats.sem(x), 50, 0.05)
    described = DescrStatsW(x)
    p, (_, lower, _), _ = described.ttost_mean(-0.05, 0.05)
    assert (found.p_equivalent, found.p_not_worse) == pytest.approx((p, lower), abs=1e-12)


def test_no_difference_found_is_no_equivalence():
    # A difference of 0 with a standard error as large as the margin shows nothing.
    assert equivalence(0.0, 0.02, 60, 0.02).p_equivalent > 0.1


def test_systems_that_share_a_letter_were_not_told_apart():
    # Piepho's chain: a is told from c and d, b from d.
    assert letters("abcd", [("a", "c"), ("a", "d"), ("b", "d")]) == {"a": "a", "b": "ab", "c": "bc", "d": "c"}


@pytest.mark.parametrize("seed", range(20))
def test_letters_say_just_what_was_told_apart(seed):
    rng = np.random.default_rng(seed)
    names = [f"s{i}" for i in range(9)]
    apart = {(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if rng.random() < 0.4}
    found = letters(names, apart)
    shares = {(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if set(found[a]) & set(found[b])}
    assert shares == {(a, b) for i, a in enumerate(names) for b in names[i + 1 :]} - apart


def test_nothing_told_apart_is_one_letter():
    assert letters("xyz", []) == dict.fromkeys("xyz", "a")


def test_more_groups_than_letters_go_on_with_two():
    names = [f"s{i:02d}" for i in range(28)]
    found = letters(names, [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]])
    assert (found["s00"], found["s25"], found["s27"]) == ("a", "z", "ab")


def test_rank_interval_counts_who_is_shown_to_be_better_or_worse():
    assert rank_intervals("abc", [("a", "c")]) == {"a": (1, 2), "b": (1, 3), "c": (2, 3)}


def test_probability_of_best_shares_ties_and_skips_the_undefined():
    values = np.array([[1.0, 1.0], [2.0, 1.0], [0.0, 1.0], [np.nan, 1.0]])
    assert probability_of_best(values).tolist() == [(0.5 + 1) / 3, (0.5 + 1) / 3]


def test_probability_of_best_turns_round_where_less_is_better():
    assert probability_of_best(np.array([[1.0, 2.0]]), higher_is_better=False).tolist() == [1, 0]
