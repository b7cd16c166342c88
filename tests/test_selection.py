"""Hyper-parameters are chosen inside the training questions, by folds of whole clusters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from harness.errors import ConfigError
from harness.label import Outcome, Task
from harness.metric.accuracy import Accuracy
from harness.schema import Prediction, Question
from harness.selection import Selection, configured, inner_folds
from harness.system.chance import Chance
from harness.system.pipeline import OwnPipeline
from harness.system.tfidf import Tfidf

LABELS = ("supported", "refuted")
QUESTIONS = [
    Question(id=f"q{k:02d}", task=Task.VERACITY, claim=f"Claim {k}.", labels=LABELS, as_of=date(2025, 9, 6))
    for k in range(24)
]
GOLD = {q.id: LABELS[k % 2] for k, q in enumerate(QUESTIONS)}
CLUSTERS = {q.id: f"c{k // 4}" for k, q in enumerate(QUESTIONS)}


@dataclass(frozen=True)
class Skilled:
    """Is right about as many of ten questions as its skill says; and keeps what it was trained on and asked."""

    skill: int
    log: list = field(default_factory=list)

    def fit(self, questions, gold):
        return Asked(self.skill, {q.id for q in questions}, self.log)


@dataclass(frozen=True)
class Asked:
    skill: int
    trained: set
    log: list

    def predict(self, questions):
        for q in questions:
            self.log.append((self.skill, self.trained, q.id))
            right = int(q.id[1:]) % 10 < self.skill
            label = GOLD[q.id] if right else next(x for x in LABELS if x != GOLD[q.id])
            yield Prediction(id=q.id, outcome=Outcome.ANSWERED, label=label)


def test_the_best_candidate_is_refitted_on_all_training_questions():
    chosen = Selection({"skill": [3, 9, 6]}, Accuracy()).fit(Skilled(0), QUESTIONS, GOLD, CLUSTERS)
    assert (chosen.skill, chosen.trained) == (9, set(GOLD))


def test_of_equals_the_first_is_taken():
    assert Selection({"skill": [20, 10]}, Accuracy()).fit(Skilled(0), QUESTIONS, GOLD, CLUSTERS).skill == 20


def test_inner_folds_keep_clusters_whole_and_ask_no_question_that_they_trained_on():
    system = Skilled(0)
    Selection({"skill": [3, 6]}, Accuracy(), n_folds=3).fit(system, QUESTIONS, GOLD, CLUSTERS)
    assert {id_ for _, _, id_ in system.log} == set(GOLD)
    for _, trained, id_ in system.log:
        assert CLUSTERS[id_] not in {CLUSTERS[other] for other in trained}


def test_inner_folds_are_fewer_where_clusters_are():
    assert set(inner_folds(QUESTIONS[:8], GOLD, CLUSTERS, 5, 0).values()) == {0, 1}


def test_inner_folds_of_one_cluster_are_refused():
    with pytest.raises(ConfigError, match="the 4 training questions are of one cluster"):
        inner_folds(QUESTIONS[:4], GOLD, CLUSTERS, 5, 0)


def test_configured_reaches_into_scikit_learn_and_leaves_the_given_system_alone():
    system = OwnPipeline(make_pipeline(TfidfVectorizer(), LogisticRegression(C=1)))
    made = configured(system, {"pipeline.logisticregression.C": 7, "input": "claim"})
    assert (made.pipeline[-1].C, made.input) == (7, "claim")
    assert (system.pipeline[-1].C, system.input) == (1, "text")


def test_configured_reaches_into_our_own_parts():
    made = configured(Tfidf(LogisticRegression()), {"words.longest": 3, "estimator.C": 2})
    assert (made.words.longest, made.estimator.C) == (3, 2)


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ({"estimator.D": [1]}, "the grid names estimator.D"),
        ({"word.longest": [1]}, "Tfidf has no word; expected one of estimator, words"),
        ({"words.longest.x": [1]}, "int has no x"),
    ],
)
def test_a_setting_that_a_system_does_not_have_is_refused(grid, said):
    with pytest.raises(ConfigError, match=said):
        Selection(grid, Accuracy()).check(Tfidf(LogisticRegression()))


@pytest.mark.parametrize("grid", [{}, {"seed": []}, {"seed": 3}])
def test_a_grid_without_values_is_refused(grid):
    with pytest.raises(ConfigError, match="the grid has no"):
        Selection(grid, Accuracy())


def test_a_zero_shot_system_is_refused():
    with pytest.raises(ConfigError, match="is not trained, so that there is nothing to select"):
        Selection({"seed": [1]}, Accuracy()).check(Asked(1, set(), []))
    Selection({"seed": [1]}, Accuracy()).check(Chance(0))
