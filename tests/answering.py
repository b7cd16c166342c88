"""Random answers for tests of metrics."""

import numpy as np

from harness.metric import bind
from harness.metric.answers import Answers

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")


def made(seed=0, n=60, k=4, missing=False, **more):
    """Gold, predictions (-1 for no label where `missing`) and probabilities; the label given is that of the highest probability."""
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, k, n)
    p = rng.dirichlet(np.ones(k), n)
    predicted = p.argmax(axis=1)
    if missing:
        predicted = np.where(rng.random(n) < 0.2, -1, predicted)
    given = {"probabilities": p, "clusters": np.arange(n), "labels": LABELS[:k]}
    return Answers(tuple(f"q{i}" for i in range(n)), gold, predicted, **(given | more))


def value(metric, answers, weights=None):
    """The metric with unit weights, or with one set of weights."""
    row = np.ones(len(answers.ids)) if weights is None else weights
    return float(bind(metric, answers).score(np.asarray(row, dtype=float)[None, :])[0])


def whole_weights(seed, n=60):
    return np.random.default_rng([seed, 1]).integers(0, 4, n).astype(float)


def repeated(answers, weights):
    """The answers, each as often as its weight says: what a metric must give with these weights."""
    rows = np.repeat(np.arange(len(answers.ids)), weights.astype(int))
    return Answers(
        tuple(f"r{i}" for i in range(len(rows))),
        answers.gold[rows],
        answers.predicted[rows],
        answers.clusters[rows],
        answers.labels,
        probabilities=None if answers.probabilities is None else answers.probabilities[rows],
        seconds=None if answers.seconds is None else answers.seconds[rows],
    )
