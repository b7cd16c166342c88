"""Metrics of probabilities against scikit-learn, scipy and plain loops."""

import itertools

import numpy as np
import pytest
from answering import made, repeated, value, whole_weights
from scipy import stats
from sklearn import metrics as sk

from harness.errors import ConfigError
from harness.metric.aurc import Aurc
from harness.metric.brier import Brier
from harness.metric.ece import MAX_BINS, Ece
from harness.metric.latency import Latency
from harness.metric.log_loss import LogLoss
from harness.metric.selective_accuracy import SelectiveAccuracy
from harness.metric.soft_cross_entropy import SoftCrossEntropy
from harness.metric.unanimous_accuracy import UnanimousAccuracy

WEIGHED = [Brier(), LogLoss(), Ece(), Ece(debias=False), Aurc(), SelectiveAccuracy(0.7), Latency(0.5)]


@pytest.mark.parametrize("seed", range(10))
def test_brier_is_that_of_scikit_learn(seed):
    a = made(seed)
    expected = sk.brier_score_loss(a.gold, a.probabilities, labels=range(4), scale_by_half=False)
    assert value(Brier(), a) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_log_loss_is_that_of_scikit_learn(seed):
    a = made(seed)
    assert value(LogLoss(), a) == pytest.approx(sk.log_loss(a.gold, a.probabilities, labels=range(4)), abs=1e-12)


def test_certain_error_has_a_finite_log_loss():
    sure = np.eye(4)[np.zeros(60, dtype=int)]
    a = made(0, probabilities=sure)
    assert value(LogLoss(), a) == pytest.approx(sk.log_loss(a.gold, sure, labels=range(4)), abs=1e-12)


@pytest.mark.parametrize("metric", WEIGHED, ids=lambda m: m.name)
@pytest.mark.parametrize("seed", range(5))
def test_whole_weights_count_as_so_many_answers(metric, seed):
    a = made(seed, seconds=np.random.default_rng(seed).random(60))
    weights = whole_weights(seed)
    assert value(metric, a, weights) == pytest.approx(value(metric, repeated(a, weights)), abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_plain_ece_is_that_of_a_loop(seed):
    a = made(seed, n=207)
    sure, right = a.probabilities.max(axis=1), a.gold == a.predicted
    order = sorted(range(207), key=lambda i: sure[i])
    n_bins = min(MAX_BINS, 207 // 20)
    bins = [[i for place, i in enumerate(order) if int((place + 0.5) / 207 * n_bins) == b] for b in range(n_bins)]
    expected = sum(abs(sum(right[i] for i in b) - sum(sure[i] for i in b)) for b in bins) / 207
    assert value(Ece(debias=False), a) == pytest.approx(expected, abs=1e-12)


def test_debiased_ece_takes_off_the_folded_normal_excess():
    # One bin of 39: the mean of |N(d, s)| as scipy has it.
    a = made(3, n=39)
    sure, right = a.probabilities.max(axis=1), (a.gold == a.predicted).mean()
    gap, spread = abs(right - sure.mean()), np.sqrt(right * (1 - right) / 38)
    expected = max(0.0, 2 * gap - stats.foldnorm(gap / spread, scale=spread).mean())
    assert value(Ece(), a) == pytest.approx(expected, abs=1e-12)


def test_debiasing_brings_a_calibrated_system_nearer_to_0():
    rng = np.random.default_rng(0)
    found = []
    for seed in range(60):
        p = rng.dirichlet(np.ones(4), 300)
        gold = (rng.random((300, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 3)
        a = made(seed, n=300, probabilities=p)
        a = type(a)(a.ids, gold, p.argmax(axis=1), a.clusters, a.labels, probabilities=p)
        found.append((value(Ece(), a), value(Ece(debias=False), a)))
    debiased, plain = np.mean(found, axis=0)
    # What is left is the excess at the observed gaps, which are themselves too large.
    assert debiased < 0.7 * plain


@pytest.mark.parametrize("seed", range(10))
def test_aurc_is_that_of_a_loop(seed):
    a = made(seed)
    wrong = (a.gold != a.predicted)[np.argsort(-a.probabilities.max(axis=1))]
    expected = np.mean([wrong[:k].mean() for k in range(1, 61)])
    assert value(Aurc(), a) == pytest.approx(expected, abs=1e-12)


def test_equally_sure_answers_are_taken_over_all_their_orders():
    p = np.array([[0.6, 0.4, 0, 0]] * 4 + [[0.9, 0.1, 0, 0]])
    a = made(0, n=5, probabilities=p)
    a = type(a)(a.ids, np.array([0, 1, 1, 0, 0]), np.zeros(5, dtype=int), a.clusters, a.labels, probabilities=p)
    orders = [[0, *rest] for rest in itertools.permutations([0, 1, 1, 0])]
    expected = np.mean([np.mean([np.mean(order[:k]) for k in range(1, 6)]) for order in orders])
    assert value(Aurc(), a) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_selective_accuracy_is_of_the_surest(seed):
    a = made(seed)
    kept = np.argsort(-a.probabilities.max(axis=1))[:42]
    expected = sk.accuracy_score(a.gold[kept], a.predicted[kept])
    assert value(SelectiveAccuracy(0.7), a) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("quantile", [0.5, 0.9, 0.95])
def test_latency_is_numpys_quantile(quantile):
    seconds = np.random.default_rng(0).exponential(1, 60)
    expected = np.quantile(seconds, quantile, method="inverted_cdf")
    assert value(Latency(quantile), made(0, seconds=seconds)) == expected


@pytest.mark.parametrize("seed", range(5))
def test_soft_cross_entropy_is_scipys_entropy_and_divergence(seed):
    votes = np.random.default_rng(seed).integers(0, 3, (60, 4)).astype(float)
    votes[:, 0] += 1
    a = made(seed, votes=votes)
    q = votes / votes.sum(axis=1, keepdims=True)
    expected = np.mean(stats.entropy(q, axis=1) + stats.entropy(q, a.probabilities, axis=1))
    assert value(SoftCrossEntropy(), a) == pytest.approx(expected, abs=1e-12)


def test_unanimous_accuracy_leaves_out_doubtful_and_single_votes():
    # Questions: two votes for gold, right; two votes for gold, wrong; split; one vote; two votes against gold.
    votes = np.array([[2, 0], [2, 0], [1, 1], [1, 0], [0, 2]], dtype=float)
    a = made(0, n=5, k=2, votes=votes)
    a = type(a)(a.ids, np.zeros(5, dtype=int), np.array([0, 1, 0, 0, 0]), a.clusters, a.labels, votes=votes)
    assert value(UnanimousAccuracy(), a) == 1 / 2


@pytest.mark.parametrize("metric", [Brier(), LogLoss(), Ece(), Aurc(), SelectiveAccuracy()], ids=lambda m: m.name)
def test_answers_without_probabilities_have_no_such_metric(metric):
    assert metric.on(made(0, probabilities=None)) is None


def test_coverage_above_1_is_refused():
    with pytest.raises(ConfigError, match=r"coverage 1\.5; expected more than 0 and at most 1"):
        SelectiveAccuracy(1.5)
