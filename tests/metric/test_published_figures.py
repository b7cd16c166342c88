"""Published figures of public data sets and of real systems' saved answers, to the last digit that was published or counted."""

import csv
import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from answering import value

from harness.ballot_box import leaders
from harness.metric.accuracy import Accuracy
from harness.metric.answers import Answers
from harness.metric.class_f1 import ClassF1
from harness.metric.fnc_score import FncScore
from harness.metric.macro_f1 import MacroF1

pytestmark = [
    pytest.mark.public_data,
    pytest.mark.skipif("VERISTANCE_PUBLIC_DATA" not in os.environ, reason="VERISTANCE_PUBLIC_DATA names no folder"),
]
STANCES = ("agree", "disagree", "discuss", "unrelated")


def public(name):
    return Path(os.environ["VERISTANCE_PUBLIC_DATA"], name)


def rows(name):
    with public(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answers(gold, given, labels):
    code = {label: place for place, label in enumerate(labels)}
    return Answers(
        tuple(map(str, range(len(gold)))), np.array([code[g] for g in gold]), np.array([code[g] for g in given]),
        np.arange(len(gold)), labels,
    )  # fmt: skip


def points(found):
    """FNC-1's points, before they are divided by the possible ones."""
    return FncScore().on(found).rows.sum(axis=0)


def fnc(given):
    return answers([row["Stance"] for row in rows("fnc-1/competition_test_stances.csv")], given, STANCES)


def submitted(name):
    asked = [(row["Headline"], row["Body ID"]) for row in rows("fnc-1/competition_test_stances.csv")]
    made = rows(f"fnc-1/submissions/meta-ensemble_{name}.csv")
    assert [(row["Headline"], row["Body ID"]) for row in made] == asked
    return fnc([row["Stance"] for row in made])


def test_fnc_gold_has_all_points():
    gold = [row["Stance"] for row in rows("fnc-1/competition_test_stances.csv")]
    assert points(fnc(gold)).tolist() == [11651.25, 11651.25]


def test_fnc_all_unrelated_has_its_points():
    found = fnc(["unrelated"] * 25413)
    assert (points(found)[0], round(value(FncScore(), found), 4), round(value(MacroF1(), found), 4)) == (
        4587.25,
        0.3937,
        0.2096,
    )


@pytest.mark.parametrize(
    ("name", "score", "macro_f1"),
    [("talos_submission", 0.8201, 0.576), ("athene_submission1", 0.8268, 0.602), ("riedel_submission", 0.8213, 0.563)],
)
def test_fnc_submission_has_its_score_and_macro_f1(name, score, macro_f1):
    found = submitted(name)
    assert (round(value(FncScore(), found), 4), round(value(MacroF1(), found), 3)) == (score, macro_f1)


def test_fnc_talos_has_its_points():
    assert points(submitted("talos_submission"))[0] == 9555.0


def test_emergent_authors_have_their_accuracy():
    made = rows("emergent/author_predictions_test_correct.csv") + rows("emergent/author_predictions_test_errors.csv")
    found = answers([row["y"] for row in made], [row["y_hat"] for row in made], ("for", "against", "observing"))
    assert (value(Accuracy(), found), round(value(MacroF1(), found), 4)) == (384 / 524, 0.7233)


@pytest.mark.parametrize(
    ("model", "threshold", "f1", "accuracy"),
    [
        ("gpt-4-0613", 0.5, 0.610, 0.77),
        ("gpt-3.5-turbo-0613", 0.0, 0.393, 0.32),
        ("t5-3b-anli", 0.34, 0.618, 0.74),
        ("t5-3b-anli-wice", 0.54, 0.778, 0.88),
    ],
)
def test_wice_model_has_its_f1_and_accuracy(model, threshold, f1, accuracy):
    scores = json.loads(public(f"wice/model_outputs/{model}.test.entailment_score.json").read_text("utf-8"))
    lines = public("wice/claim/test.jsonl").read_text("utf-8").splitlines()
    gold = {row["meta"]["id"]: row["label"] for row in map(json.loads, lines)}
    labels = ("not_supported", "supported")
    found = answers(
        [labels[gold[id_] == "supported"] for id_ in scores],
        [labels[score > threshold] for score in scores.values()],
        labels,
    )
    assert len(scores) == 100
    assert (round(value(ClassF1("supported"), found), 3), value(Accuracy(), found)) == (f1, accuracy)


@pytest.mark.parametrize(("size", "accuracy", "macro_f1"), [("8b", 0.702, 0.409), ("70b", 0.726, 0.459)])
def test_averitec_hero_has_its_accuracy(size, accuracy, macro_f1):
    gold = [row["label"] for row in json.loads(public("averitec/dev.json").read_text("utf-8"))]
    made = json.loads(public(f"averitec-systems/hero_dev_veracity_prediction_{size}.json").read_text("utf-8"))
    given = {int(row["claim_id"]): row["pred_label"] for row in made}
    assert sorted(given) == list(range(500))
    found = answers(gold, [given[place] for place in range(500)], tuple(sorted(set(gold) | set(given.values()))))
    assert (value(Accuracy(), found), round(value(MacroF1(), found), 3)) == (accuracy, macro_f1)


def test_climate_fever_labels_follow_their_rules():
    # Diggelmann et al. (2020), section 3: a passage has the majority of its votes, a tie is not enough; a claim with a passage for
    # and one against it is disputed, else either decides.
    lines = public("climate-fever/climate-fever.jsonl").read_text("utf-8").splitlines()
    n_passages = n_claims = 0
    for claim in map(json.loads, lines):
        voted = set()
        for passage in claim["evidences"]:
            ahead = leaders(Counter(vote for vote in passage["votes"] if vote))
            voted.add(ahead[0] if len(ahead) == 1 else "NOT_ENOUGH_INFO")
            n_passages += passage["evidence_label"] == (ahead[0] if len(ahead) == 1 else "NOT_ENOUGH_INFO")
        decided = voted - {"NOT_ENOUGH_INFO"}
        n_claims += claim["claim_label"] == (
            "DISPUTED" if len(decided) == 2 else next(iter(decided), "NOT_ENOUGH_INFO")
        )
    assert (n_passages, n_claims, len(lines)) == (7675, 1535, 1535)
