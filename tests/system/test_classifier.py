"""What holds for every classifier that ships, made from its own YAML; `embedding` has its own integration test."""

from __future__ import annotations

from datetime import date
from itertools import count, islice

import pytest
from omegaconf import OmegaConf
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from harness import paths
from harness.errors import InputError
from harness.instantiate import make
from harness.label import Outcome, Task
from harness.schema import Evidence, Question
from harness.system.claim_only import ClaimOnly
from harness.system.classifier import BATCH, Prior, answer

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")
ROWS = [
    ("Eight drones were shot down.", "Malkov said eight drones were intercepted.", "supported"),
    ("Nine drones were shot down.", "Malkov said eight drones were intercepted.", "refuted"),
    ("26 countries pledged forces.", "On 5 September 26 countries had pledged forces.", "supported"),
    ("36 countries pledged forces.", "On 5 September 26 countries had pledged forces.", "refuted"),
    ("The refinery was not hit.", "Kyiv struck the Ryazan oil refinery.", "refuted"),
    ("The refinery was hit.", "Kyiv struck the Ryazan oil refinery.", "supported"),
    ("The forum was in Vladivostok.", "At the forum in Vladivostok he spoke.", "supported"),
    ("A buffer zone was confirmed.", "A buffer zone has been reported, but not confirmed.", "conflicting"),
]
QUESTIONS = [
    Question(
        id=f"q{i}",
        task=Task.VERACITY,
        claim=claim,
        evidence=(Evidence(id=f"a1.s{i}", text=text),),
        labels=LABELS,
        as_of=date(2025, 9, 6),
    )
    for i, (claim, text, _) in enumerate(ROWS)
]
GOLD = {f"q{i}": label for i, (_, _, label) in enumerate(ROWS)}
every_system = pytest.mark.parametrize(
    "name",
    [
        "majority",
        "chance",
        "claim_only",
        "evidence_only",
        "surface_form",
        "tfidf",
        "tfidf_char",
        "overlap",
        "tfidf_overlap",
        "linear_svm",
        "gradient_boosting",
        "pipeline",
    ],
)


def shipped(name):
    config = OmegaConf.create({"seed": 7, "system": OmegaConf.load(paths.configs() / "system" / f"{name}.yaml")})
    return make(OmegaConf.to_container(config, resolve=True))["system"]


@every_system
def test_predict_gives_probabilities_of_the_allowed_labels_in_their_order(name):
    for prediction in shipped(name).fit(QUESTIONS, GOLD).predict(QUESTIONS):
        assert prediction.outcome is Outcome.ANSWERED
        assert tuple(prediction.probabilities) == LABELS
        assert prediction.probabilities["not_enough_evidence"] == 0.0  # no training question has it
        assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-9)


@every_system
def test_predictions_do_not_depend_on_any_order(name):
    system = shipped(name)
    forward = {p.id: p for p in system.fit(QUESTIONS, GOLD).predict(QUESTIONS)}
    shuffled = [QUESTIONS[i] for i in (5, 2, 7, 0, 3, 6, 1, 4)]
    assert {p.id: p for p in system.fit(shuffled, GOLD).predict(reversed(QUESTIONS))} == forward
    assert {p.id: p for q in QUESTIONS for p in system.fit(shuffled, GOLD).predict([q])} == forward


@every_system
def test_predict_streams(name):
    endless = (QUESTIONS[0].model_copy(update={"id": f"n{i}"}) for i in count())
    first = list(islice(shipped(name).fit(QUESTIONS, GOLD).predict(endless), BATCH + 1))
    assert [p.id for p in first] == [f"n{i}" for i in range(BATCH + 1)]


@every_system
def test_fit_on_one_label_gives_it_with_probability_one(name):
    supported = [q for q in QUESTIONS if GOLD[q.id] == "supported"]
    for prediction in shipped(name).fit(supported, GOLD).predict(QUESTIONS):
        assert (prediction.label, prediction.probabilities["supported"]) == ("supported", 1.0)


@every_system
def test_fit_and_predict_without_any_evidence(name):
    closed_book = [q.model_copy(update={"evidence": ()}) for q in QUESTIONS]
    assert len(list(shipped(name).fit(closed_book, GOLD).predict(closed_book))) == len(ROWS)


@every_system
def test_fit_without_questions_is_refused(name):
    with pytest.raises(InputError, match="no training questions"):
        shipped(name).fit([], {})


@every_system
def test_fit_without_gold_names_the_question(name):
    with pytest.raises(InputError, match='training question "q3" has gold None'):
        shipped(name).fit(QUESTIONS, {key: label for key, label in GOLD.items() if key != "q3"})


@every_system
def test_a_first_comment_line_says_what_it_is(name):
    assert (paths.configs() / "system" / f"{name}.yaml").read_text("utf-8").startswith("# ")


def test_fit_leaves_the_given_estimator_unfitted():
    own = MultinomialNB()
    assert len(list(ClaimOnly(own).fit(QUESTIONS, GOLD).predict(QUESTIONS))) == len(ROWS)
    assert not hasattr(own, "classes_")


def test_fit_with_an_estimator_that_gives_no_probabilities_is_refused():
    with pytest.raises(InputError, match="LinearSVC has no predict_proba"):
        ClaimOnly(LinearSVC()).fit(QUESTIONS, GOLD)


def test_fit_with_a_label_that_is_not_allowed_is_refused():
    with pytest.raises(InputError, match="has gold 'agree'; expected one of supported, refuted"):
        ClaimOnly(LogisticRegression()).fit(QUESTIONS, GOLD | {"q0": "agree"})


def test_answer_to_a_question_with_fewer_labels_than_training_is_refused():
    narrow = QUESTIONS[0].model_copy(update={"labels": ("supported", "refuted")})
    with pytest.raises(InputError, match='"q0" does not allow conflicting'):
        list(Prior({"supported": 0.5, "conflicting": 0.5}).predict([narrow]))


def test_answer_breaks_ties_by_the_order_of_the_labels_and_not_by_the_last_digit():
    tie = {"conflicting": 0.1 + 0.2, "refuted": 0.3, "not_enough_evidence": 0.4 - 1e-17, "supported": 0.0}
    assert answer(QUESTIONS[0], tie | {"not_enough_evidence": 0.3, "supported": 0.1}).label == "refuted"
