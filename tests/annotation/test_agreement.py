"""Agreement of votes: the paper's own example, published figures of two crowds, and what is left out."""

import csv
import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from harness.annotation.agreement import agreement, confusion, one_against_rest
from harness.errors import InputError
from harness.label import AnnotatorKind, Task
from harness.schema import Vote

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units, "." is missing.
OBSERVERS = {
    "A": "123321412...",
    "B": "1233224125.3",
    "C": ".3332342251.",
    "D": "12332441251.",
}
PAPER = [
    (f"u{unit:02d}", observer, label)
    for observer, labels in OBSERVERS.items()
    for unit, label in enumerate(labels, start=1)
    if label != "."
]
EACH = {f"u{unit:02d}": f"k{unit:02d}" for unit in range(1, 13)}


def vote(item, annotator, label, task=Task.VERACITY):
    return Vote(item=item, task=task, label=label, annotator=annotator, kind=AnnotatorKind.PERSON, model=None, round=1)


def public(name):
    """A file of the folder of public datasets."""
    folder = os.environ.get("VERISTANCE_PUBLIC_DATA")
    if not folder:
        pytest.skip("VERISTANCE_PUBLIC_DATA names no folder of public datasets")
    return Path(folder) / name


# The paper's example


def test_example_of_the_paper_has_its_alpha():
    # Section C: 40 pairable values, sums 9, 13, 10, 5, 3, matches 7, 10, 8, 4, 3:
    # ((40 - 1) * 32 - 344) / (40 * 39 - 344) = 904 / 1216 = .743.
    found = agreement(PAPER, EACH, task="unit")
    assert found.alpha == pytest.approx(904 / 1216, abs=1e-12)


def test_example_of_the_paper_leaves_out_the_unit_with_one_value():
    found = agreement(PAPER, EACH, task="unit")
    assert (found.n_items, found.n_votes, found.n_annotators, found.n_clusters) == (11, 40, 4, 11)
    assert "1 of 12 items have one vote only and are left out" in found.note


def test_example_of_the_paper_has_raw_agreement_by_pairs():
    # Units 1 (111), 2 (2232), 3 and 4 (3333), 5 (2222), 6 (1234), 7 (4444), 8 (1121), 9 (2222), 10 (555), 11 (11).
    assert agreement(PAPER, EACH, task="unit").raw == pytest.approx(
        (3 + 3 + 6 + 6 + 6 + 0 + 6 + 3 + 6 + 3 + 1) / (3 + 8 * 6 + 3 + 1), abs=1e-12
    )


def test_order_of_votes_does_not_matter():
    order = np.random.default_rng(1).permutation(len(PAPER))
    assert agreement([PAPER[i] for i in order], EACH, task="unit") == agreement(PAPER, EACH, task="unit")


def test_names_of_annotators_do_not_matter():
    renamed = [(item, {"A": "z", "B": "y", "C": "x", "D": "w"}[name], label) for item, name, label in PAPER]
    assert agreement(renamed, EACH, task="unit") == agreement(PAPER, EACH, task="unit")


def test_names_of_labels_do_not_matter():
    names = {"1": "e", "2": "d", "3": "c", "4": "b", "5": "a"}
    renamed = [(item, name, names[label]) for item, name, label in PAPER]
    assert agreement(renamed, EACH, task="unit").alpha == pytest.approx(904 / 1216, abs=1e-12)


def test_records_and_triples_give_the_same():
    triples = [("c1", "p", "supported"), ("c1", "q", "refuted"), ("c2", "p", "refuted"), ("c2", "q", "refuted")]
    clusters = {"c1": "k1", "c2": "k2"}
    records = [vote(*triple) for triple in triples]
    assert agreement(records, clusters, task="veracity") == agreement(triples, clusters, task="veracity")


def test_alpha_of_two_annotators_is_close_to_kappa_of_many_items():
    # Alpha takes both annotators' labels as one distribution; with equal ones it differs from Cohen's kappa by order 1/n.
    rng = np.random.default_rng(4)
    one = rng.integers(0, 3, 3000)
    two = np.where(rng.random(3000) < 0.8, one, rng.integers(0, 3, 3000))
    votes = [(f"i{i}", who, str(given[i])) for who, given in (("p", one), ("q", two)) for i in range(3000)]
    found = agreement(votes, {f"i{i}": f"k{i % 50}" for i in range(3000)}, task="any")
    assert found.alpha == pytest.approx(cohen_kappa_score(one, two), abs=1e-3)


# What is undefined, left out or refused


def test_one_vote_an_item_has_no_alpha_and_says_so():
    found = agreement([("a", "p", "x"), ("b", "q", "y")], {"a": "k", "b": "l"}, task="any")
    assert (found.alpha, found.raw, found.n_items) == (None, None, 0)
    assert found.note.startswith("alpha is undefined: no item has two votes; 2 of 2 items have one vote only")


def test_one_label_only_has_no_alpha_and_raw_agreement_1():
    votes = [(item, who, "x") for item in "ab" for who in "pq"]
    found = agreement(votes, {"a": "k", "b": "l"}, task="any")
    assert (found.alpha, found.low, found.raw) == (None, None, 1)


def test_second_vote_of_an_annotator_is_told():
    votes = [("a", "p", "x"), ("a", "p", "x"), ("a", "q", "y"), ("b", "p", "y"), ("b", "q", "y")]
    found = agreement(votes, {"a": "k", "b": "l"}, task="any")
    assert (found.n_votes, found.n_annotators) == (5, 2)
    assert "1 votes are an annotator's second or later one on the same item" in found.note


def test_label_of_few_clusters_is_told():
    votes = [(f"i{i:02d}", who, "x" if i < 9 else "y") for i in range(20) for who in "pq"]
    found = agreement(votes, {f"i{i:02d}": f"k{i:02d}" for i in range(20)}, task="any")
    assert found.note == "x was voted in only 9 clusters"


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        ([], "there are votes on nothing"),
        ([vote("a", "p", "refuted"), vote("b", "p", "agree", Task.STANCE)], "votes on stance and veracity"),
        ([("a", "p", "x"), ("z", "p", "x")], '"z" has votes on any and no cluster'),
    ],
)
def test_bad_votes_are_named(votes, said):
    with pytest.raises(InputError, match=said):
        agreement(votes, {"a": "k", "b": "k"}, task="any")


# One label, and pairs of labels


def test_one_against_rest_is_alpha_of_the_binary_votes():
    binary = [(item, who, "3" if label == "3" else "other") for item, who, label in PAPER]
    found = one_against_rest(PAPER, EACH, "3", task="unit")
    assert found.alpha == pytest.approx(agreement(binary, EACH, task="unit").alpha, abs=1e-12)


def test_one_against_rest_names_its_slice():
    assert one_against_rest(PAPER, EACH, "3", task="unit").slice == "3 against the rest"


def test_label_that_no_one_gave_has_no_alpha_against_the_rest():
    assert one_against_rest(PAPER, EACH, "9", task="unit").alpha is None


def test_confusion_counts_each_pair_of_votes_once():
    # Item a has votes x x y: pairs xx, xy, xy. Item b has y z: pair yz. Item c has one vote and no pair.
    votes = [("a", "p", "x"), ("a", "q", "x"), ("a", "r", "y"), ("b", "p", "y"), ("b", "q", "z"), ("c", "p", "z")]
    assert confusion(votes, ["x", "y", "z"]) == ((1, 2, 0), (2, 0, 1), (0, 1, 0))


def test_confusion_of_an_unknown_label_is_named():
    with pytest.raises(InputError, match="a vote of p on \"a\" has label 'w'; expected one of x, y"):
        confusion([("a", "p", "w")], ["x", "y"])


# Crowds


@pytest.mark.public_data
def test_climate_fever_has_its_alpha():
    # Published: .334. Five numbered places for votes stand in for annotators, who are not told apart.
    claims = [json.loads(line) for line in public("climate-fever/climate-fever.jsonl").read_text("utf-8").splitlines()]
    votes = [
        (f"{claim['claim_id']}/{number}", str(place), label)
        for claim in claims
        for number, evidence in enumerate(claim["evidences"])
        for place, label in enumerate(evidence["votes"])
        if label is not None
    ]
    found = agreement(votes, {item: item.split("/")[0] for item, _, _ in votes}, task="evidence")
    assert (found.alpha, found.n_items, found.n_clusters) == (pytest.approx(0.334015, abs=5e-7), 7675, 1535)
    assert (found.low < found.alpha < found.high, found.note) == (True, "")


@pytest.mark.public_data
def test_emergent_crowd_has_its_alpha():
    with public("emergent/edata_all.csv").open(encoding="utf-8", newline="") as file:
        claim = {row["articleCount"]: row["claimId"] for row in csv.DictReader(file)}
    found = agreement([vote[:3] for vote in emergent()], claim, task="stance")
    assert (found.n_items, found.n_votes, found.n_annotators, found.n_clusters) == (2595, 13843, 232, 300)
    assert found.alpha == pytest.approx(0.2649, abs=5e-5)
    assert found.note == "70 votes are an annotator's second or later one on the same item"


@pytest.mark.public_data
def test_emergent_majority_vote_meets_the_journalists():
    # A tie goes to the label that stands first in the file, which is the rule behind the published .6859.
    votes, gold = {}, {}
    for item, _, label, journalists in emergent():
        votes.setdefault(item, Counter())[label] += 1
        gold[item] = journalists
    right = sum(counter.most_common(1)[0][0] == gold[item] for item, counter in votes.items())
    assert right / len(gold) == pytest.approx(0.6859, abs=5e-5)


def emergent():
    """Headline, worker, the worker's label and the journalists' one, for the valid labels of the crowd."""
    with public("emergent/crowd_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["articleCount"], row["worker"], row["label"], row["gold"]) for row in rows if row["label"]]
