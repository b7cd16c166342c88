"""Votes by arithmetic: shares, majorities, ties that are told, and voters without a verdict."""

import json
from datetime import date

import pytest

from harness.ballot_box import combined, mean_probabilities, vote_shares, without_verdict
from harness.engine import Reading
from harness.label import Outcome, Task
from harness.schema import Question

LABELS = ("supported", "refuted", "conflicting")
ASKED = Question(id="q", task=Task.VERACITY, claim="c", labels=LABELS, as_of=date(2026, 1, 1))


def said(label, **more):
    return Reading(Outcome.ANSWERED, f'"{label}"', label, **more)


def lost(outcome):
    return Reading(outcome, "?", error=f"it is {outcome}")


def decided(*readings):
    shares = None if without_verdict(readings) else vote_shares(readings, LABELS)
    return combined({f"v{k}": reading for k, reading in enumerate(readings)}, ASKED, shares, "members")


def test_the_shares_of_the_votes_are_the_probabilities():
    made = decided(said("refuted"), said("refuted"), said("supported"))
    assert made.label == "refuted"
    assert made.probabilities == {"supported": 1 / 3, "refuted": 2 / 3, "conflicting": 0}
    assert json.loads(made.raw) == {"v0": '"refuted"', "v1": '"refuted"', "v2": '"supported"'}


def test_a_tie_is_told_and_nobody_wins():
    made = decided(said("refuted"), said("supported"))
    assert (made.outcome, made.label, made.probabilities) == (Outcome.ABSTAINED, None, None)
    assert made.error == "the 2 members are tied: supported 0.50, refuted 0.50"


def test_a_voter_without_a_verdict_is_no_vote():
    made = decided(said("refuted"), said("refuted"), lost(Outcome.UNPARSABLE))
    assert made.probabilities == {"supported": 0, "refuted": 1, "conflicting": 0}


@pytest.mark.parametrize(
    ("others", "ended"),
    [
        ([Outcome.REFUSED, Outcome.REFUSED, Outcome.UNPARSABLE], Outcome.REFUSED),
        ([Outcome.ABSTAINED, Outcome.UNPARSABLE], Outcome.UNPARSABLE),
        ([Outcome.ABSTAINED, Outcome.REFUSED], Outcome.REFUSED),
    ],
)
def test_where_half_have_no_verdict_it_ends_as_most_of_them(others, ended):
    readings = [*map(lost, others), *[said("refuted")] * (len(others) if len(others) == 2 else 1)]
    made = decided(*readings)
    assert (made.outcome, made.label) == (ended, None)
    assert f"{len(others)} of {len(readings)} members have no verdict; the first: it is {others[0]}" in made.error


def test_evidence_and_reasons_are_those_of_the_winners():
    made = decided(
        said("refuted", evidence=("b", "a"), rationale="no"),
        said("refuted", evidence=("a", "c")),
        said("supported", evidence=("d",), rationale="yes"),
    )
    assert made.evidence == ("b", "a", "c")
    assert made.rationale == "v0: no"


def test_means_of_probabilities_need_no_majority():
    rows = [
        said("refuted", probabilities={"supported": 0.4, "refuted": 0.6, "conflicting": 0}),
        said("refuted", probabilities={"supported": 0.4, "refuted": 0.6, "conflicting": 0}),
        said("supported", probabilities={"supported": 1.0, "refuted": 0.0, "conflicting": 0}),
    ]
    shares = mean_probabilities(rows, LABELS)
    assert shares == pytest.approx({"supported": 0.6, "refuted": 0.4, "conflicting": 0})
    assert combined({str(k): row for k, row in enumerate(rows)}, ASKED, shares, "members").label == "supported"
