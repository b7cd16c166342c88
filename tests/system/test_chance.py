from __future__ import annotations

import math
from datetime import date

import pytest

from harness.label import Task
from harness.schema import Question
from harness.system.chance import Chance


def question(name):
    return Question(id=name, task=Task.STANCE, claim="It rained.", labels=("agree", "disagree"), as_of=date(2025, 9, 6))


TRAIN = [question(name) for name in "abcd"]
GOLD = {"a": "disagree", "b": "agree", "c": "agree", "d": "agree"}
MANY = [question(f"q{i}") for i in range(2_000)]


def drawn(seed, questions):
    return {p.id: p.label for p in Chance(seed).fit(TRAIN, GOLD).predict(questions)}


def test_chance_gives_the_training_shares():
    (prediction,) = Chance(0).fit(TRAIN, GOLD).predict([question("new")])
    assert prediction.probabilities == {"agree": 3 / 4, "disagree": 1 / 4}


def test_chance_draws_labels_by_their_shares():
    n_agree = sum(label == "agree" for label in drawn(0, MANY).values())
    # Binomial: four standard deviations around 2,000 x 3/4.
    assert n_agree == pytest.approx(1_500, abs=4 * math.sqrt(2_000 * 3 / 4 * 1 / 4))


def test_chance_draws_the_same_in_any_order_and_company():
    assert drawn(0, MANY[::-1]) == drawn(0, MANY)
    assert drawn(0, MANY[7:8]) == {"q7": drawn(0, MANY)["q7"]}


def test_chance_draws_otherwise_with_another_seed():
    assert drawn(1, MANY) != drawn(0, MANY)
