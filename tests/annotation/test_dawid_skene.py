"""One label out of many votes: simulated annotators whose errors are known, and the crowd of Emergent."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from harness.annotation.dawid_skene import dawid_skene
from harness.errors import InputError

LABELS = ["x", "y", "z"]
# Row = true label, column = label given.
GOOD = [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]]
MEDIOCRE = [[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]]
TAKES_Y_FOR_Z = [[0.8, 0.1, 0.1], [0.1, 0.2, 0.7], [0.1, 0.1, 0.8]]
CARELESS = [[1 / 3, 1 / 3, 1 / 3]] * 3
CONFUSION = {
    f"w{number}": rows for number, rows in enumerate([GOOD, GOOD, MEDIOCRE, MEDIOCRE, TAKES_Y_FOR_Z, CARELESS])
}


def simulated(seed, n=2000):
    """True labels and the votes of all six annotators on n items, of which half are x, .3 y and .2 z."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    votes = [
        (f"i{i:04d}", name, LABELS[rng.choice(3, p=rows[truth[i]])])
        for name, rows in CONFUSION.items()
        for i in range(n)
    ]
    return {f"i{i:04d}": LABELS[truth[i]] for i in range(n)}, votes


def share_right(labels, truth):
    return sum(labels[item] == label for item, label in truth.items()) / len(truth)


@pytest.fixture(scope="module")
def crowd():
    truth, votes = simulated(20250906)
    return truth, votes, dawid_skene(votes, LABELS)


def test_known_confusion_is_found_again(crowd):
    # The rarest class has 400 items: three standard errors of a share near 1/2 are .075.
    found = crowd[2].confusion
    assert {name: np.abs(found[name] - rows).max() < 0.075 for name, rows in CONFUSION.items()} == dict.fromkeys(
        CONFUSION, True
    )


def test_known_prevalence_is_found_again(crowd):
    assert crowd[2].prevalence == pytest.approx([0.5, 0.3, 0.2], abs=0.04)


def test_labels_are_better_than_those_of_the_best_annotator(crowd):
    truth, votes, found = crowd
    good = {item: label for item, name, label in votes if name == "w0"}
    assert share_right(found.labels, truth) > share_right(good, truth)


def test_labels_come_close_to_those_of_known_confusion(crowd):
    # With the true confusion and prevalence Bayes' rule is the best that any method can do on average.
    truth, votes, found = crowd
    score = {item: np.log([0.5, 0.3, 0.2]) for item in truth}
    for item, name, label in votes:
        score[item] = score[item] + np.log(np.array(CONFUSION[name])[:, LABELS.index(label)])
    best = {item: LABELS[int(row.argmax())] for item, row in score.items()}
    assert share_right(found.labels, truth) > share_right(best, truth) - 0.01


def test_rows_of_confusion_and_posterior_add_up_to_1(crowd):
    found = crowd[2]
    sums = [*np.concatenate(list(found.confusion.values())).sum(axis=1), *(p.sum() for p in found.posterior.values())]
    assert sums == pytest.approx([1] * len(sums), abs=1e-12)


def test_estimate_is_that_of_plain_loops():
    # Dawid and Skene's equations 2.3-2.5, cell by cell, until they have come to rest.
    votes = simulated(4, n=40)[1]
    items = sorted({item for item, _, _ in votes})
    share = {i: [sum(v[2] == label for v in votes if v[0] == i) / len(CONFUSION) for label in LABELS] for i in items}
    for _ in range(400):
        prevalence = [sum(share[i][k] for i in items) / len(items) for k in range(3)]
        given = {(w, k, label): 0.01 for w in CONFUSION for k in range(3) for label in LABELS}
        for item, w, label in votes:
            for k in range(3):
                given[w, k, label] += share[item][k]
        joint = {i: list(prevalence) for i in items}
        for item, w, label in votes:
            for k in range(3):
                joint[item][k] *= given[w, k, label] / sum(given[w, k, other] for other in LABELS)
        share = {i: [value / sum(row) for value in row] for i, row in joint.items()}
    found = dawid_skene(votes, LABELS).posterior
    assert np.array([found[i] for i in items]) == pytest.approx(np.array([share[i] for i in items]), abs=1e-5)


def test_log_likelihood_never_falls_without_a_pseudo_count():
    found = dawid_skene(simulated(1, n=200)[1], LABELS, pseudo_count=0)
    assert np.diff(found.log_likelihood).min() > -1e-9


def test_order_of_votes_does_not_matter():
    votes = simulated(2, n=100)[1]
    assert dawid_skene(votes[::-1], LABELS).labels == dawid_skene(votes, LABELS).labels


def test_unanimous_votes_are_the_labels():
    votes = [(item, who, label) for item, label in (("a", "x"), ("b", "y"), ("c", "x")) for who in "pq"]
    assert dawid_skene(votes, LABELS).labels == {"a": "x", "b": "y", "c": "x"}


def test_annotator_who_swaps_two_labels_is_read_the_other_way_round():
    # s always says y for x and x for y; three others are right nine times in ten, so s alone betrays the label.
    rng = np.random.default_rng(3)
    truth = {f"i{i:03d}": "xy"[i % 2] for i in range(400)}
    swap = {"x": "y", "y": "x"}
    votes = [
        (item, who, label if rng.random() < 0.9 else swap[label]) for item, label in truth.items() for who in "pqr"
    ]
    votes += [(item, "s", swap[label]) for item, label in truth.items()]
    assert share_right(dawid_skene(votes, ["x", "y"]).labels, truth) == 1


@pytest.mark.parametrize(
    ("votes", "said"), [([], "votes on nothing"), ([("a", "p", "w")], "label 'w'; expected one of x, y, z")]
)
def test_bad_votes_are_named(votes, said):
    with pytest.raises(InputError, match=said):
        dawid_skene(votes, LABELS)


@pytest.mark.public_data
def test_emergent_crowd_meets_the_journalists():
    # Measured beforehand on this file: .7164, above the majority vote's .6859.
    folder = os.environ.get("VERISTANCE_PUBLIC_DATA")
    if not folder:
        pytest.skip("VERISTANCE_PUBLIC_DATA names no folder of public datasets")
    with (Path(folder) / "emergent" / "crowd_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"]]
    gold = {row["articleCount"]: row["gold"] for row in rows}
    found = dawid_skene(
        [(row["articleCount"], row["worker"], row["label"]) for row in rows], ["for", "against", "observing"]
    )
    assert share_right(found.labels, gold) == pytest.approx(0.7164, abs=5e-5)
