"""Alpha: against the paper, the package, a plain loop, and a truth that is known."""

import math

import krippendorff
import numpy as np
import pytest
from scipy import stats

from harness.annotation.alpha import additive, alpha

NOTE_ONE_LABEL = "alpha is undefined: all votes are for one label"


def table(seed, n_clusters=12, n_labels=4):
    """Counts of two to five votes on one to five items a cluster, three in four votes for the item's own label."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(n_clusters), rng.integers(1, 6, n_clusters))
    counts = np.zeros((len(clusters), n_labels))
    for row, own in zip(counts, rng.integers(0, n_labels, len(clusters)), strict=True):
        for _ in range(rng.integers(2, 6)):
            row[own if rng.random() < 0.75 else rng.integers(0, n_labels)] += 1
    return counts, clusters


def by_package(counts):
    return krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")


def drawn(rng, n_clusters, sharpness):
    """Two votes on one to ten items a cluster; beside the counts it gives their clusters.

    A vote is the item's own label with a chance r that its cluster draws from beta(sharpness), else a label by lot from p,
    as the item's own was. Two votes then disagree with E[1 - r^2] times the chance for two labels by lot, so alpha is E[r^2].
    """
    prevalence = [0.5, 0.2, 0.1, 0.2]
    clusters = np.repeat(np.arange(n_clusters), rng.integers(1, 11, n_clusters))
    own = rng.choice(4, len(clusters), p=prevalence)
    is_own = rng.random((2, len(clusters))) < rng.beta(*sharpness, n_clusters)[clusters]
    votes = np.where(is_own, own, rng.choice(4, (2, len(clusters)), p=prevalence))
    return (votes[:, :, None] == np.arange(4)).sum(axis=0).astype(float), clusters


def mean_square(a, b):
    """E[r^2] of beta(a, b)."""
    return a * (a + 1) / ((a + b) * (a + b + 1))


# The value


@pytest.mark.parametrize("seed", range(20))
def test_sum_of_rows_is_what_the_package_gives(seed):
    counts, _ = table(seed, n_labels=2 + seed % 5)
    assert additive(counts).score(np.ones((1, len(counts))))[0] == pytest.approx(by_package(counts), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_replicate_is_what_the_package_gives_without_the_cluster(seed):
    counts, clusters = table(seed)
    weights = (clusters != 3).astype(float)[None, :]
    assert additive(counts).score(weights)[0] == pytest.approx(by_package(counts[clusters != 3]), abs=1e-12)


def test_alpha_of_two_items_by_hand():
    # Votes aa and ab: one of two items differs, n = 4, a 3 and b 1: 1 - (4 - 1) * 2 / (16 - 9 - 1) = 0.
    assert alpha(np.array([[2, 0], [1, 1]]), np.array([0, 1])).value == pytest.approx(0, abs=1e-12)


def test_alpha_below_chance_is_negative():
    # ab on each of two items: 1 - (4 - 1) * 4 / (16 - 4 - 4) = -1/2.
    assert alpha(np.array([[1, 1], [1, 1]]), np.array([0, 1])).value == pytest.approx(-1 / 2, abs=1e-12)


# The interval


@pytest.mark.parametrize("seed", range(10))
def test_interval_is_that_of_a_plain_loop(seed):
    counts, clusters = table(seed)
    found = alpha(counts, clusters)
    value, g = by_package(counts), 12
    replicates = [by_package(counts[clusters != name]) for name in range(g)]
    mean = sum(replicates) / g
    se = math.sqrt((g - 1) / g * sum((replicate - mean) ** 2 for replicate in replicates))
    reach = stats.t(g - 1).ppf(0.975) * se / (1 - value**2)
    ends = math.tanh(math.atanh(value) - reach), math.tanh(math.atanh(value) + reach)
    assert (found.low, found.high, found.se) == pytest.approx((*ends, se), abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_interval_contains_alpha_and_stays_below_1(seed):
    counts, clusters = drawn(np.random.default_rng(seed), 15, (30, 1))
    found = alpha(counts, clusters)
    assert -1 <= found.low < found.value <= found.high <= 1


def test_interval_does_not_depend_on_order_or_codes_of_clusters():
    counts, clusters = table(1)
    order = np.random.default_rng(0).permutation(len(counts))
    here, found = alpha(counts, clusters), alpha(counts[order], 100 - 7 * clusters[order])
    assert (found.value, found.low, found.high) == pytest.approx((here.value, here.low, here.high), abs=1e-12)


@pytest.mark.parametrize("sharpness", [(9, 1), (3, 2)], ids=["alpha .82", "alpha .40"])
def test_interval_covers_a_known_truth(sharpness):
    # 400 tables of 40 clusters. Of 400 at 95 % about 380 cover it; .915 to .985 is three standard errors wide.
    rng = np.random.default_rng(20250906)
    truth = mean_square(*sharpness)
    found = [alpha(*drawn(rng, 40, sharpness)) for _ in range(400)]
    assert 0.915 <= np.mean([f.low <= truth <= f.high for f in found]) <= 0.985


def test_interval_on_alpha_itself_would_not_cover_near_1():
    # The reason for Fisher's z: alpha's replicates are skewed near 1, and 15 clusters leave the truth below the interval.
    rng, truth, covered = np.random.default_rng(20250906), mean_square(5, 0.2), []
    for _ in range(400):
        found = alpha(*drawn(rng, 15, (5, 0.2)))
        reach = 0.0 if math.isnan(found.se) else stats.t(14).ppf(0.975) * found.se
        covered.append((found.low <= truth <= found.high, found.value - reach <= truth <= found.value + reach))
    ours, plain = np.mean(covered, axis=0)
    assert (ours > 0.93, plain < 0.88) == (True, True)


def test_full_agreement_has_the_exact_interval_of_its_clusters():
    # Of seven clusters none disagrees: at most 1 - .025^(1/7) of all do, over 2 * 8 * 6 / (14 * 13) expected of 8 and 6 votes.
    counts = np.array([[2, 0], [0, 2], [2, 0], [0, 2], [2, 0], [0, 2], [2, 0]])
    found = alpha(counts, np.arange(7))
    tail = stats.binomtest(0, 7).proportion_ci(0.95, method="exact").high
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(1 - tail / (2 * 8 * 6 / (14 * 13)), abs=1e-12)


def test_full_agreement_of_two_clusters_has_the_lower_end_of_the_scale():
    # 1 - .025^(1/2) = .84 over 2 * 2 * 18 / (20 * 19) expected would give -3.4.
    assert alpha(np.array([[2, 0], [0, 18]]), np.arange(2)).low == -1


# What is undefined


def test_votes_for_one_label_have_no_alpha():
    found = alpha(np.array([[2, 0], [3, 0]]), np.array([0, 1]))
    assert (math.isnan(found.value), found.note) == (True, NOTE_ONE_LABEL)


def test_nothing_has_no_alpha():
    found = alpha(np.zeros((0, 2)), np.zeros(0, dtype=int))
    assert (math.isnan(found.value), found.note) == (True, "alpha is undefined: no item has two votes")


def test_single_cluster_has_alpha_and_no_interval():
    found = alpha(np.array([[2, 0], [0, 2], [1, 1]]), np.zeros(3, dtype=int))
    assert (found.value > 0, math.isnan(found.low), found.note) == (True, True, "no interval from a single cluster")


def test_label_in_one_cluster_alone_leaves_no_interval():
    found = alpha(np.array([[2, 0], [2, 0], [1, 1]]), np.arange(3))
    assert (math.isnan(found.low), found.note) == (
        True,
        "no interval: without one of the clusters alpha is undefined",
    )


def test_equal_clusters_have_no_interval_and_say_so():
    found = alpha(np.array([[2, 0], [1, 1]] * 3), np.array([0, 0, 1, 1, 2, 2]))
    assert (math.isnan(found.low), found.note[:24]) == (True, "no interval: leaving out")
