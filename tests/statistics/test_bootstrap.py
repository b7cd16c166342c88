"""Bootstrap intervals against scipy, and by what they must not depend on."""

import math

import numpy as np
import pytest
from answering import made
from scipy import stats
from sklearn.metrics import f1_score

from harness.metric import bind, mean
from harness.metric.accuracy import Accuracy
from harness.metric.aurc import Aurc
from harness.metric.macro_f1 import MacroF1
from harness.statistics.bootstrap import bootstrap, of_all, of_labels
from harness.statistics.panel import panel


def macro_f1(gold, given):
    return f1_score(gold, given, labels=range(4), average="macro", zero_division=0)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_interval_of_a_mean_is_scipys(method):
    # scipy's own replicates differ by chance: with 100,000 of each the ends agree to about 0.002.
    right = (np.random.default_rng(0).random(80) < 0.8).astype(int)
    found = bootstrap(
        Accuracy().of(np.ones(80, dtype=int), right, 2), np.arange(80), 0, method=method, n_replicates=100_000
    )
    name = {"percentile": "percentile", "bca": "BCa"}[method]
    expected = stats.bootstrap((right,), np.mean, method=name, n_resamples=99_999, rng=np.random.default_rng(1))
    ends = expected.confidence_interval
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), abs=0.013)  # one step of the mean is 1/80
    assert found.se == pytest.approx(expected.standard_error, rel=0.02)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_interval_of_macro_f1_is_scipys(method):
    answers = made(2, n=200)
    given = np.where(np.random.default_rng(3).random(200) < 0.6, answers.gold, answers.predicted)
    found = of_labels(MacroF1(), answers.gold, given, 4, 0, method=method, n_replicates=40_000)
    name = {"percentile": "percentile", "bca": "BCa"}[method]
    expected = stats.bootstrap(
        (answers.gold, given),
        macro_f1,
        paired=True,
        vectorized=False,
        method=name,
        n_resamples=1500,
        rng=np.random.default_rng(1),
    ).confidence_interval
    # 1,500 replicates of scikit-learn's function: a 95 % bound has a Monte Carlo error of about 0.07 standard errors.
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.3 * found.se)


def test_count_table_and_rows_have_the_same_distribution():
    answers = made(4, n=400)
    table = of_labels(MacroF1(), answers.gold, answers.predicted, 4, 0)
    rows = bootstrap(MacroF1().of(answers.gold, answers.predicted, 4), np.arange(400), 1)
    assert (table.low, table.high) == pytest.approx((rows.low, rows.high), abs=0.1 * rows.se)


def test_standard_error_is_not_divided_by_the_root_of_the_replicates():
    # Of 100 questions with 80 right: sqrt(.8 x .2 / 100) = .04, whatever the number of replicates.
    right = np.repeat([1, 0], [80, 20])
    found = [
        bootstrap(Accuracy().of(np.ones(100, dtype=int), right, 2), np.arange(100), 0, n_replicates=b).se
        for b in (1000, 16_000)
    ]
    assert found == pytest.approx([0.04, 0.04], rel=0.08)


def test_clusters_are_resampled_whole():
    # 20 clusters of 5 equal questions err as 20 questions do.
    right = np.repeat(np.repeat([1, 0], [14, 6]), 5)
    found = bootstrap(Accuracy().of(np.ones(100, dtype=int), right, 2), np.repeat(np.arange(20), 5), 0)
    assert found.se == pytest.approx(math.sqrt(0.7 * 0.3 / 20), rel=0.03)


def test_metric_that_is_no_sum_is_resampled_too():
    answers = made(5, n=120)
    clusters = np.arange(120) // 3
    found = bootstrap(bind(Aurc(), answers), clusters, 0, n_replicates=2000)
    assert found.low < found.value < found.high


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_shuffled_rows_give_the_same_interval(method):
    answers, order = made(6), np.random.default_rng(0).permutation(60)
    clusters = np.arange(60) // 3
    here = bootstrap(MacroF1().of(answers.gold, answers.predicted, 4), clusters, 7, method=method)
    there = bootstrap(MacroF1().of(answers.gold[order], answers.predicted[order], 4), clusters[order], 7, method=method)
    assert (here.low, here.high) == (there.low, there.high)


@pytest.mark.parametrize("right", [0, 1])
def test_proportion_at_0_or_1_is_never_a_point(right):
    found = bootstrap(
        Accuracy().of(np.ones(30, dtype=int), np.full(30, right), 2), np.arange(30), 0, is_proportion=True
    )
    expected = stats.binomtest(30 * right, 30).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_other_metric_without_an_error_has_no_interval_and_says_so():
    gold = np.arange(40) % 4
    found = bootstrap(MacroF1().of(gold, gold, 4), np.arange(40) // 8, 0)
    assert (math.isnan(found.low), found.note) == (True, "no interval: all resamples give the same value")


def test_units_that_hold_nothing_of_the_metric_are_no_trials():
    # Of 30 questions 10 are counted, all right: Clopper and Pearson with 10 trials, by scipy.
    found = bootstrap(mean(np.where(np.arange(30) < 10, 1.0, np.nan)), np.arange(30), 0, is_proportion=True)
    expected = stats.binomtest(10, 10).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_each_system_of_a_panel_has_the_trials_that_it_counts():
    # Both are right on all that is counted: 10 questions of the one, 20 of the other.
    counted = [mean(np.where(np.arange(30) < n, 1.0, np.nan)) for n in (10, 20)]
    found = of_all(panel(counted, np.arange(30)), 0, is_proportion=True)
    assert [one.n_clusters for one in found] == [10, 20]
    expected = [stats.binomtest(n, n).proportion_ci(0.95, method="exact").low for n in (10, 20)]
    assert [one.low for one in found] == pytest.approx(expected, abs=1e-12)


def test_metric_that_counts_none_of_the_answers_is_undefined():
    assert bootstrap(mean(np.full(6, np.nan)), np.arange(6), 0).note == "undefined on these answers"
