"""A planted leak: a word of the claim is its cluster's name, and labels go by cluster. Grouped folds must not profit from it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from harness.label import Task
from harness.metric.accuracy import Accuracy
from harness.protocol import GroupedKFold, LeaveOneArticleOut, TrainTest
from harness.schema import Question
from harness.selection import Selection
from harness.system.linear_svm import LinearSvm
from harness.system.tfidf import Tfidf, Words
from harness.task import Items

LABELS = ("supported", "refuted")
N_CLUSTERS, SIZE = 40, 6
RNG = np.random.default_rng(5)
OF_CLUSTER = [LABELS[k] for k in RNG.permutation([0, 1] * (N_CLUSTERS // 2))]
NAMES = [f"c{cluster:02d}q{k}" for cluster in range(N_CLUSTERS) for k in range(SIZE)]
CLUSTERS = {name: name[:3] for name in NAMES}
GOLD = {name: OF_CLUSTER[int(name[1:3])] for name in NAMES}
NOISE = {name: " ".join(RNG.choice(["rain", "sun", "wind", "snow", "hail", "fog"], size=3)) for name in NAMES}
ITEMS = Items(
    questions=tuple(
        Question(
            id=name, task=Task.VERACITY, claim=f"leak{name[1:3]} {NOISE[name]}", labels=LABELS, as_of=date(2025, 9, 6)
        )
        for name in NAMES
    ),
    labels=LABELS,
    gold=GOLD,
    clusters=CLUSTERS,
    folds=dict.fromkeys(NAMES, 0),
    slices={
        name: {"article": f"a{int(name[1:3]) % 2}", "split": "train" if int(name[1:3]) < 30 else "test"}
        for name in NAMES
    },
    justification=dict.fromkeys(NAMES, ""),
)
SYSTEM = Tfidf(LogisticRegression())


def right(predictions):
    predictions = list(predictions)
    return np.mean([p.label == GOLD[p.id] for p in predictions])


def test_plain_folds_profit_from_the_leak():
    questions, found = np.array(ITEMS.questions, dtype=object), []
    for inside, outside in KFold(5, shuffle=True, random_state=0).split(questions):
        fitted = SYSTEM.fit(list(questions[inside]), GOLD)
        found += fitted.predict(questions[outside])
    assert right(found) > 0.95


# Half of the clusters are of each label, so that chance is 0.5; the clusters, 40, are the sample: two standard errors are 0.16.
@pytest.mark.parametrize(
    "protocol",
    [
        GroupedKFold(5),
        LeaveOneArticleOut(),
        GroupedKFold(5, selection=Selection({"estimator.C": [0.1, 100.0]}, Accuracy())),
    ],
)
def test_grouped_folds_do_not(protocol):
    assert abs(right(protocol.predict(SYSTEM, ITEMS, set(GOLD))) - 0.5) < 0.16


def test_a_split_does_not():
    # Ten test clusters: two standard errors are 0.32.
    assert abs(right(TrainTest().predict(SYSTEM, ITEMS, set(GOLD))) - 0.5) < 0.32


def test_selection_by_grouped_inner_folds_does_not_see_the_leak_where_plain_ones_do():
    # Words that are in every claim alone (min_n) against all words, among them the leak.
    grid = {"words.min_n": [len(NAMES) // 4, 1]}
    training = list(ITEMS.questions)
    plain, grouped = (
        Selection(grid, Accuracy(), n_folds=5)._score(
            Tfidf(LogisticRegression(C=100), Words(min_n=1)), training, GOLD, clusters
        )
        for clusters in ({name: name for name in NAMES}, CLUSTERS)
    )
    assert plain > 0.95
    assert abs(grouped - 0.5) < 0.16


def test_calibration_on_grouped_folds_is_modest_where_plain_folds_are_sure():
    system = LinearSvm(LinearSVC(), Words())
    training, held_out = list(ITEMS.questions[: 30 * SIZE]), list(ITEMS.questions[30 * SIZE :])
    grouped = system.fit_clusters(training, GOLD, CLUSTERS)
    plain = system.fit(training, GOLD)  # each question a cluster of its own: near copies calibrate each other
    seen = [np.mean([max(p.probabilities.values()) for p in fitted.predict(training)]) for fitted in (grouped, plain)]
    assert seen[0] < 0.7 < 0.85 < seen[1]
    assert np.mean([max(p.probabilities.values()) for p in grouped.predict(held_out)]) < 0.7
