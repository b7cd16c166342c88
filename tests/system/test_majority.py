from __future__ import annotations

from datetime import date

from harness.label import Task
from harness.schema import Question
from harness.system.majority import Majority


def question(name):
    return Question(id=name, task=Task.STANCE, claim="It rained.", labels=("agree", "disagree"), as_of=date(2025, 9, 6))


def test_majority_gives_the_most_frequent_label_and_the_shares():
    train = [question(name) for name in "abc"]
    (prediction,) = Majority().fit(train, {"a": "disagree", "b": "agree", "c": "disagree"}).predict([question("new")])
    assert prediction.label == "disagree"
    assert prediction.probabilities["disagree"] == round(2 / 3, 12)
    assert prediction.probabilities["agree"] == round(1 / 3, 12)


def test_majority_of_a_tie_is_the_first_label_in_the_question_s_order():
    train = [question("a"), question("b")]
    (prediction,) = Majority().fit(train, {"a": "disagree", "b": "agree"}).predict([question("new")])
    assert prediction.label == "agree"
