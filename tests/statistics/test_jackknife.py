"""The interval: against a plain loop, against scipy, and against a truth that is known."""

import math

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score

from harness.metric import mean
from harness.metric.accuracy import Accuracy
from harness.metric.macro_f1 import MacroF1
from harness.statistics.jackknife import interval


def table(seed, n_clusters=12):
    """Gold, predictions and clusters of one to five questions; the better half of the answers is right."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(n_clusters), rng.integers(1, 6, n_clusters))
    gold = rng.integers(0, 4, len(clusters))
    return gold, np.where(rng.random(len(gold)) < 0.6, gold, rng.integers(0, 4, len(gold))), clusters


def by_hand(metric, gold, predicted, clusters):
    """Value, standard error and ends, by scoring anew without each cluster in turn."""
    value = metric(gold, predicted)
    names = sorted(set(clusters))
    replicates = [metric(gold[clusters != name], predicted[clusters != name]) for name in names]
    g = len(names)
    mean = sum(replicates) / g
    se = math.sqrt((g - 1) / g * sum((replicate - mean) ** 2 for replicate in replicates))
    reach = stats.t(g - 1).ppf(0.975) * se / (value * (1 - value))
    logit = math.log(value / (1 - value))
    return value, 1 / (1 + math.exp(-(logit - reach))), 1 / (1 + math.exp(-(logit + reach))), se


def macro_f1(gold, predicted):
    return f1_score(gold, predicted, labels=range(4), average="macro", zero_division=0)


def accuracy_of(right, clusters):
    """The interval of the accuracy of answers that are right (1) or wrong (0)."""
    right = np.asarray(right)
    return interval(Accuracy().of(np.ones_like(right), right, 2), np.asarray(clusters), is_proportion=True)


@pytest.mark.parametrize("seed", range(10))
def test_interval_of_accuracy_is_that_of_a_plain_loop(seed):
    gold, predicted, clusters = table(seed)
    found = interval(Accuracy().of(gold, predicted, 4), clusters, is_proportion=True)
    expected = by_hand(accuracy_score, gold, predicted, clusters)
    assert (found.value, found.low, found.high, found.se) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_interval_of_macro_f1_is_that_of_a_plain_loop(seed):
    gold, predicted, clusters = table(seed)
    found = interval(MacroF1().of(gold, predicted, 4), clusters, is_proportion=False)
    expected = by_hand(macro_f1, gold, predicted, clusters)
    assert (found.value, found.low, found.high, found.se) == pytest.approx(expected, abs=1e-12)


def test_standard_error_of_a_mean_of_single_questions_is_the_usual_one():
    # Of n independent zeros and ones: s / sqrt(n), with n - 1 in the variance.
    right = np.array([1, 1, 1, 0, 1, 0, 1])
    assert accuracy_of(right, np.arange(7)).se == pytest.approx(stats.sem(right), abs=1e-12)


def test_doubled_questions_of_a_cluster_do_not_narrow_the_interval():
    right = np.array([1, 1, 1, 0, 1, 0, 1])
    once, twice = accuracy_of(right, np.arange(7)), accuracy_of(np.repeat(right, 2), np.repeat(np.arange(7), 2))
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high), abs=1e-12)


def test_interval_does_not_depend_on_the_order_of_rows():
    gold, predicted, clusters = table(3)
    order = np.random.default_rng(0).permutation(len(gold))
    found = interval(MacroF1().of(gold[order], predicted[order], 4), clusters[order], is_proportion=False)
    here = interval(MacroF1().of(gold, predicted, 4), clusters, is_proportion=False)
    assert (found.low, found.high) == pytest.approx((here.low, here.high), abs=1e-12)


def test_interval_does_not_depend_on_the_codes_of_clusters():
    gold, predicted, clusters = table(3)
    found = interval(MacroF1().of(gold, predicted, 4), 100 - 7 * clusters, is_proportion=False)
    here = interval(MacroF1().of(gold, predicted, 4), clusters, is_proportion=False)
    assert (found.low, found.high) == pytest.approx((here.low, here.high), abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_interval_stays_inside_0_and_1_around_the_value(seed):
    gold, predicted, clusters = table(seed, n_clusters=5)
    found = interval(MacroF1().of(gold, predicted, 4), clusters, is_proportion=False)
    assert 0 < found.low < found.value < found.high < 1


@pytest.mark.parametrize(("right", "successes"), [(0, 0), (1, 7)])
def test_proportion_at_0_or_1_has_the_exact_interval_of_its_clusters(right, successes):
    # 14 questions in 7 clusters are 7 trials.
    found = accuracy_of(np.full(14, right), np.repeat(np.arange(7), 2))
    expected = stats.binomtest(successes, 7).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("right", [0, 1])
def test_interval_at_0_or_1_is_not_a_point(right):
    found = accuracy_of(np.full(50, right), np.arange(50))
    assert found.high - found.low > 0.05


@pytest.mark.parametrize("right", [0, 1])
def test_standard_error_at_0_or_1_is_not_0(right):
    assert math.isnan(accuracy_of(np.full(50, right), np.arange(50)).se)


def test_other_metric_at_1_has_no_interval_and_says_so():
    found = interval(MacroF1().of(np.arange(4), np.arange(4), 4), np.arange(4), is_proportion=False)
    assert (found.value, math.isnan(found.low), math.isnan(found.high), found.note) == (
        1,
        True,
        True,
        "no interval at 100%",
    )


def test_equal_clusters_have_no_interval_and_say_so():
    # One right and one wrong in each: the spread between clusters is 0, which is not certainty.
    found = accuracy_of([1, 0] * 3, [0, 0, 1, 1, 2, 2])
    assert (math.isnan(found.low), math.isnan(found.high), found.note[:11]) == (True, True, "no interval")


def test_single_cluster_has_a_value_and_no_interval():
    found = accuracy_of([1, 1, 0], [5, 5, 5])
    assert (found.value, math.isnan(found.low), math.isnan(found.se), found.n_clusters) == (2 / 3, True, True, 1)


def test_single_cluster_all_right_has_no_interval():
    assert math.isnan(accuracy_of([1, 1], [0, 0]).low)


def test_nothing_has_no_value():
    found = accuracy_of(np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    assert (math.isnan(found.value), math.isnan(found.low), found.n_clusters) == (True, True, 0)


def test_interval_of_accuracy_covers_a_known_truth():
    # 300 datasets of 40 clusters of 1 to 6 questions. A cluster's chance of a right answer is beta(4.2, 1.8), mean .7,
    # whatever its size, so the truth is .7. Of 300 at 95 % about 285 cover it; .91 to .985 is three standard errors wide.
    rng = np.random.default_rng(20250906)
    covered = 0
    for _ in range(300):
        clusters = np.repeat(np.arange(40), rng.integers(1, 7, 40))
        right = (rng.random(len(clusters)) < rng.beta(4.2, 1.8, 40)[clusters]).astype(int)
        found = accuracy_of(right, clusters)
        covered += found.low <= 0.7 <= found.high
    assert 0.91 <= covered / 300 <= 0.985


def test_interval_that_takes_each_question_for_independent_would_not_cover():
    # The same data, each question a cluster of its own: the trap that clusters are there for.
    rng = np.random.default_rng(20250906)
    covered = 0
    for _ in range(300):
        clusters = np.repeat(np.arange(40), 8)
        right = (rng.random(320) < rng.beta(1.4, 0.6, 40)[clusters]).astype(int)
        found = accuracy_of(right, np.arange(320))
        covered += found.low <= 0.7 <= found.high
    assert covered / 300 < 0.85


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_clusters_that_hold_nothing_of_the_metric_are_no_trials(right):
    # 12 clusters, of which 5 hold what is counted: Clopper and Pearson with 5 trials, by scipy.
    values = np.full(24, np.nan)
    values[:10] = right
    found = interval(mean(values), np.arange(24) // 2, is_proportion=True)
    expected = stats.binomtest(int(5 * right), 5).proportion_ci(0.95, method="exact")
    assert found.n_clusters == 5
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_clusters_that_hold_nothing_of_the_metric_change_no_interval():
    values, clusters = np.random.default_rng(0).random(60), np.arange(60) // 4
    more = np.append(values, np.full(40, np.nan)), np.append(clusters, 20 + np.arange(40))
    here, there = (interval(mean(v), c, is_proportion=False) for v, c in ((values, clusters), more))
    assert (there.low, there.high, there.n_clusters) == (here.low, here.high, 15)


def test_metric_that_counts_none_of_the_answers_is_undefined():
    found = interval(mean(np.full(6, np.nan)), np.arange(6), is_proportion=True)
    assert (math.isnan(found.value), found.note) == (True, "undefined on these answers")
