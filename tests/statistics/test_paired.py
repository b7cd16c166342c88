"""Two systems: the swap test against all swaps one by one, and the interval against a plain loop."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score
from statsmodels.stats.power import TTestPower

from harness.metric.accuracy import Accuracy
from harness.metric.macro_f1 import MacroF1
from harness.statistics.paired import paired


def table(seed, n_clusters=7):
    """Gold, two systems' answers (the first is better) and clusters of one to four questions."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(n_clusters), rng.integers(1, 5, n_clusters))
    gold = rng.integers(0, 4, len(clusters))
    a, b = (np.where(rng.random(len(gold)) < share, gold, rng.integers(0, 4, len(gold))) for share in (0.7, 0.3))
    return gold, a, b, clusters


def compared(metric, gold, a, b, clusters, seed=0):
    return paired(metric.of(gold, a, 4), metric.of(gold, b, 4), clusters, seed)


def accuracy_of(a, b, clusters=None, seed=0):
    """Compare answers that are right (1) or wrong (0); without clusters each question is one."""
    a, b = np.asarray(a), np.asarray(b)
    return compared(
        Accuracy(), np.ones_like(a), a, b, np.arange(len(a)) if clusters is None else np.asarray(clusters), seed
    )


def macro_f1(gold, predicted):
    return f1_score(gold, predicted, labels=range(4), average="macro", zero_division=0)


def p_by_hand(metric, gold, a, b, clusters):
    """The share of all swaps of whole clusters whose difference is as large as the one found."""
    names = sorted(set(clusters))
    found = abs(metric(gold, a) - metric(gold, b))
    reached = 0
    for swaps in product([False, True], repeat=len(names)):
        swapped = np.isin(clusters, [name for name, swap in zip(names, swaps, strict=True) if swap])
        difference = metric(gold, np.where(swapped, b, a)) - metric(gold, np.where(swapped, a, b))
        reached += abs(difference) >= found - 1e-9
    return reached / 2 ** len(names)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("ours", "theirs"), [(MacroF1(), macro_f1), (Accuracy(), accuracy_score)])
def test_p_is_that_of_all_swaps_one_by_one(ours, theirs, seed):
    data = table(seed)
    found = compared(ours, *data)
    assert (found.p, found.exact) == (pytest.approx(p_by_hand(theirs, *data), abs=1e-12), True)


def test_p_of_single_questions_is_that_of_the_sign_test():
    # Accuracy on 9 wins to 2 losses, each question a cluster: McNemar's exact test, which is a sign test.
    a, b = [1] * 9 + [0] * 2 + [1] * 5, [0] * 9 + [1] * 2 + [1] * 5
    assert accuracy_of(a, b).p == pytest.approx(stats.binomtest(9, 11).pvalue, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("ours", "theirs"), [(MacroF1(), macro_f1), (Accuracy(), accuracy_score)])
def test_interval_is_that_of_a_plain_loop(ours, theirs, seed):
    gold, a, b, clusters = table(seed)
    value = theirs(gold, a) - theirs(gold, b)
    left = [(gold[clusters != k], a[clusters != k], b[clusters != k]) for k in range(7)]
    replicates = [theirs(g, x) - theirs(g, y) for g, x, y in left]
    se = math.sqrt(6 / 7 * sum((r - sum(replicates) / 7) ** 2 for r in replicates))
    reach = stats.t(6).ppf(0.975) * se
    found = compared(ours, gold, a, b, clusters)
    assert (found.value, found.low, found.high) == pytest.approx((value, value - reach, value + reach), abs=1e-12)


def test_interval_of_single_questions_is_that_of_the_paired_t_test():
    a, b = np.array([1, 1, 1, 0, 1, 0, 1, 1]), np.array([0, 1, 0, 0, 1, 1, 0, 0])
    expected = stats.ttest_rel(a, b).confidence_interval(0.95)
    found = accuracy_of(a, b)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_detectable_difference_is_that_of_the_standard_error():
    # statsmodels' effect size for 8 clusters, in standard deviations, times the deviation of the differences.
    a, b = np.array([1, 1, 1, 0, 1, 0, 1, 1]), np.array([0, 1, 0, 0, 1, 1, 0, 0])
    expected = TTestPower().solve_power(nobs=8, alpha=0.05, power=0.8) * np.std(a - b, ddof=1)
    assert accuracy_of(a, b).detectable == pytest.approx(expected, abs=1e-6)


def test_three_wins_to_none_have_p_one_quarter():
    # Of the 2^3 swaps the one found and its mirror image reach it: 2 / 8.
    assert accuracy_of([1, 1, 1, 1, 0], [0, 0, 0, 1, 0]).p == 0.25


def test_three_wins_of_whole_clusters_have_p_one_quarter():
    assert accuracy_of([1] * 9, [0] * 9, [0, 0, 0, 1, 1, 1, 2, 2, 2]).p == 0.25


def test_three_wins_and_nothing_else_have_no_interval():
    found = accuracy_of([1, 1, 1], [0, 0, 0])
    assert (found.value, math.isnan(found.low), math.isnan(found.high), math.isnan(found.detectable)) == (
        1,
        True,
        True,
        True,
    )


def test_p_is_never_0_though_many_swaps_are_drawn():
    # 40 wins to none: 2 / 2^40 is below what 10,000 draws can show, and the one found is counted as a draw.
    found = accuracy_of([1] * 40, [0] * 40)
    assert (found.p, found.exact) == (1 / 10_001, False)


def test_drawn_p_is_near_the_exact_one():
    # 16 wins to 6 losses; 10,000 draws have a standard error of sqrt(p (1 - p) / 10,000).
    exact = stats.binomtest(16, 22).pvalue
    found = accuracy_of([1] * 16 + [0] * 6, [0] * 16 + [1] * 6)
    assert found.p == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 10_000))


def test_drawn_p_is_the_same_for_the_same_seed():
    a, b = [1] * 16 + [0] * 6, [0] * 16 + [1] * 6
    assert accuracy_of(a, b, seed=3).p == accuracy_of(a, b, seed=3).p


def test_drawn_p_is_another_for_another_seed():
    a, b = [1] * 16 + [0] * 6, [0] * 16 + [1] * 6
    assert len({accuracy_of(a, b, seed=seed).p for seed in range(4)}) > 1


def test_clusters_without_a_difference_do_not_cost_exactness():
    a, b = [1, 1, 1] + [1] * 97, [0, 0, 0] + [1] * 97
    assert accuracy_of(a, b).exact


def test_identical_answers_have_p_1():
    gold, a, _, clusters = table(0)
    found = compared(MacroF1(), gold, a, a, clusters)
    assert (found.value, found.p) == (0, 1)


def test_identical_answers_promise_no_detectable_difference():
    gold, a, _, clusters = table(0)
    assert math.isnan(compared(MacroF1(), gold, a, a, clusters).detectable)


@pytest.mark.parametrize("seed", range(5))
def test_exchanged_systems_have_the_opposite_difference(seed):
    gold, a, b, clusters = table(seed)
    one, other = compared(MacroF1(), gold, a, b, clusters), compared(MacroF1(), gold, b, a, clusters)
    assert (other.value, other.low, other.high) == pytest.approx((-one.value, -one.high, -one.low), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_exchanged_systems_have_the_same_p(seed):
    gold, a, b, clusters = table(seed)
    assert compared(MacroF1(), gold, a, b, clusters).p == compared(MacroF1(), gold, b, a, clusters).p


def test_shuffled_rows_give_the_same_comparison():
    gold, a, b, clusters = table(1)
    order = np.random.default_rng(0).permutation(len(gold))
    here = compared(MacroF1(), gold, a, b, clusters)
    there = compared(MacroF1(), gold[order], a[order], b[order], clusters[order])
    assert (there.value, there.low, there.high, there.p) == pytest.approx(
        (here.value, here.low, here.high, here.p), abs=1e-12
    )


def test_single_cluster_has_a_value_alone():
    found = accuracy_of([1, 1], [0, 1], [0, 0])
    assert (found.value, math.isnan(found.low), math.isnan(found.p), found.n_clusters) == (0.5, True, True, 1)


def test_nothing_has_no_value():
    found = accuracy_of(np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    assert (math.isnan(found.value), math.isnan(found.p), found.n, found.n_clusters) == (True, True, 0, 0)
