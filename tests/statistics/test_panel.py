"""Many systems by one matrix product: each is as it is alone, whatever else is compared, and however rows are laid out."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from harness.metric import mean
from harness.metric.accuracy import Accuracy
from harness.metric.macro_f1 import MacroF1
from harness.statistics.paired import all_pairs, paired
from harness.statistics.panel import panel
from harness.statistics.resample import resampled, swapped


def data(seed=0, n=240, systems=4, size=3):
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, 4, n)
    given = [np.where(rng.random(n) < 0.5 + 0.1 * m, gold, rng.integers(0, 4, n)) for m in range(systems)]
    return gold, given, np.arange(n) // size


def laid_out(gold, given, clusters, metric=MacroF1()):  # noqa: B008 - it is frozen
    return panel([metric.of(gold, one, 4) for one in given], clusters)


@pytest.mark.parametrize("size", [1, 3])
def test_observed_values_are_scikit_learns(size):
    gold, given, clusters = data(size=size)
    expected = [f1_score(gold, one, average="macro") for one in given]
    assert laid_out(gold, given, clusters).observed() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("size", [1, 3])
def test_every_pair_is_what_it_is_alone(size):
    gold, given, clusters = data(size=size)
    bound = [MacroF1().of(gold, one, 4) for one in given]
    together = all_pairs(laid_out(gold, given, clusters), len(gold), 0)
    assert len(together) == 6
    for (a, b), found in zip(combinations(bound, 2), together, strict=True):
        alone = paired(a, b, clusters, 0)
        assert (found.value, found.low, found.high, found.detectable) == pytest.approx(
            (alone.value, alone.low, alone.high, alone.detectable), abs=1e-12
        )
        assert (found.n_discordant, found.exact) == (alone.n_discordant, alone.exact)


def test_drawn_p_of_every_pair_is_near_that_of_its_own_draws():
    gold, given, clusters = data(3)
    bound = [MacroF1().of(gold, one, 4) for one in given]
    together = all_pairs(laid_out(gold, given, clusters), len(gold), 0)
    for (a, b), found in zip(combinations(bound, 2), together, strict=True):
        alone = paired(a, b, clusters, 1).p
        assert found.p == pytest.approx(alone, abs=4 * np.sqrt(2 * alone * (1 - alone) / 10_000) + 1e-4)


def test_what_systems_share_is_kept_once():
    gold, given, clusters = data()
    # Gold's four columns, and eight of each system.
    assert laid_out(gold, given, clusters).columns.shape[1] == 4 + 8 * 4


def test_equal_rows_are_counted_and_give_the_same_values():
    gold, given, clusters = data(n=4000, systems=2, size=1)
    table = laid_out(gold, given, clusters)
    assert (len(table.counts) <= 64, table.n_units) == (True, 4000)
    assert table.observed() == pytest.approx([f1_score(gold, one, average="macro") for one in given], abs=1e-12)


def test_resampled_sums_have_the_mean_and_spread_of_draws_with_replacement():
    # Of 500 units with share p: mean 500 p, variance 500 p (1 - p), within 4 Monte Carlo errors.
    right = (np.arange(500) < 350).astype(int)
    for clusters in (np.arange(500), np.random.default_rng(0).permutation(500)):
        table = panel([Accuracy().of(np.ones(500, dtype=int), right, 2)], clusters)
        sums = resampled(table, 0)[:, 0]
        assert sums.mean() == pytest.approx(350, abs=4 * np.sqrt(105 / 10_000))
        assert sums.var() == pytest.approx(105, rel=0.06)


def test_signs_have_mean_0_and_move_every_unit():
    gold, given, clusters = data(n=999)
    table = laid_out(gold, given, clusters)
    sums = swapped(table, 0)
    expected = (table.counts[:, None] * table.columns**2).sum(axis=0)
    assert sums.mean(axis=0) / np.sqrt(expected) == pytest.approx(0, abs=4 / np.sqrt(10_000))
    assert sums.var(axis=0) == pytest.approx(expected, rel=0.08)


def test_same_seed_gives_the_same_draws():
    gold, given, clusters = data()
    assert (resampled(laid_out(gold, given, clusters), 5) == resampled(laid_out(gold, given, clusters), 5)).all()


def test_shuffled_rows_give_the_same_comparison():
    gold, given, clusters = data()
    order = np.random.default_rng(0).permutation(len(gold))
    here = all_pairs(laid_out(gold, given, clusters), len(gold), 0)
    there = all_pairs(laid_out(gold[order], [g[order] for g in given], clusters[order]), len(gold), 0)
    assert [(t.p, t.n_discordant) for t in there] == [(t.p, t.n_discordant) for t in here]


def test_sums_too_large_for_float32_are_kept_in_float64():
    gold, given, clusters = data(n=60, systems=1)
    made = Accuracy().of(gold, given[0], 4)
    large = type(made)(made.rows * 2**22, made.value)
    assert (panel([large], clusters).columns.dtype, panel([made], clusters).columns.dtype) == (np.float64, np.float32)


def test_unit_that_adds_nothing_to_any_system_changes_no_comparison():
    rng = np.random.default_rng(1)
    one, other = rng.random((2, 40))
    none = np.full(20, np.nan)
    here = paired(mean(one), mean(other), np.arange(40) // 2, 0)
    there = paired(
        mean(np.append(one, none)), mean(np.append(other, none)), np.append(np.arange(40) // 2, 30 + np.arange(20)), 0
    )
    assert (there.low, there.high, there.p, there.n_clusters) == (here.low, here.high, here.p, 20)
