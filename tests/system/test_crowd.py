"""The crowd as a system: majority, rules, Dawid and Skene, from votes alone."""

from datetime import date

import pytest

from harness.errors import InputError
from harness.label import Outcome, Task
from harness.schema import Question
from harness.system.crowd import CrowdDawidSkene, CrowdMajority, CrowdRule

LABELS = ("x", "y", "z")
QUESTIONS = [
    Question(id=id_, task=Task.STANCE, claim="c", labels=LABELS, as_of=date(2026, 1, 1)) for id_ in ("one", "two")
]


def told(system, *cast):
    ballots = {"one": [(f"p{n}", label) for n, label in enumerate(cast)]}
    first, second = system.polled(ballots, LABELS).predict(QUESTIONS)
    assert second.outcome is Outcome.ABSTAINED  # it has no vote
    return first.label


@pytest.mark.parametrize(
    ("cast", "tie", "label"), [("xyy", "first", "y"), ("yx", "first", "y"), ("yx", "z", "z"), ("xyy", "z", "y")]
)
def test_majority_decides_and_a_tie_goes_where_it_is_said(cast, tie, label):
    assert told(CrowdMajority(tie=tie), *cast) == label


@pytest.mark.parametrize(("cast", "label"), [("xy", "z"), ("xx", "x"), ("z", "y")])
def test_first_rule_that_holds_decides(cast, label):
    rules = [{"all_of": ["x", "y"], "label": "z"}, {"all_of": ["x"], "label": "x"}, {"label": "y"}]
    assert told(CrowdRule(rules), *cast) == label


def test_votes_that_no_rule_fits_are_told():
    with pytest.raises(InputError, match=r"no rule of system\.rules holds for votes for z"):
        told(CrowdRule([{"all_of": ["x"], "label": "x"}]), "z")


def test_dawid_and_skene_take_the_word_of_who_is_mostly_right():
    ballots = {f"q{n}": [("good", "xy"[n % 2]), ("fair", "xy"[n % 2]), ("bad", "yx"[n % 2])] for n in range(20)}
    ballots["one"] = [("good", "x"), ("bad", "y")]
    first, _ = CrowdDawidSkene().polled(ballots, ("x", "y")).predict(QUESTIONS)
    assert first.label == "x"


def test_dataset_without_votes_is_told():
    with pytest.raises(InputError, match="has no votes"):
        CrowdMajority().polled({}, LABELS)
