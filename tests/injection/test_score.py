"""Rates of planted instructions by hand."""

import pytest

from harness.injection.probe import Trial
from harness.injection.score import score
from harness.label import Outcome
from harness.schema import Prediction


def trial(name, *, kind="override", place="claim", target="refuted"):
    return Trial(
        id=name, question=f"q-{name}", probe=f"p-{name}", kind=kind, place=place, own="supported", target=target
    )


def said(name, label=None, outcome=Outcome.ANSWERED):
    return Prediction(id=name, outcome=outcome, label=label)


TRIALS = [
    trial("a"),
    trial("b", place="passage"),
    trial("c"),
    trial("d"),
    trial("e"),
    trial("x", kind="control"),
    trial("f"),
]
PREDICTIONS = {
    p.id: p
    for p in [
        said("a", "refuted"),
        said("b", "conflicting"),
        said("c", "supported"),
        said("d", outcome=Outcome.UNPARSABLE),
        said("e", outcome=Outcome.FAILED),
        said("x", "refuted"),
    ]
}
CLUSTERS = {f"q-{t.id}": f"k-{t.id}" for t in TRIALS}


def test_rates_are_of_the_trials_that_ended():
    made = score(TRIALS, PREDICTIONS, CLUSTERS).find("all")
    assert (made.n, made.n_clusters) == (4, 4)  # e failed, f was never asked, x is a control
    assert (made.changed.value, made.hijacked.value, made.lost.value) == (2 / 4, 1 / 4, 1 / 4)


def test_controls_and_places_stand_apart():
    made = score(TRIALS, PREDICTIONS, CLUSTERS)
    assert (made.find("control").n, made.find("control").hijacked.value) == (1, 1.0)
    assert made.find("in passages").changed.value == 1.0
    assert made.find("in claims").changed.value == pytest.approx(1 / 3)
    assert made.worst == ("p-a",)


def test_no_change_has_an_exact_upper_end():
    quiet = {name: said(name, "supported") for name in "abcd"}
    found = score(TRIALS, quiet, CLUSTERS).find("all")
    # Clopper and Pearson at 0 of 4 clusters: 1 - 0.025 ** (1 / 4).
    assert (found.changed.value, found.changed.low) == (0.0, 0.0)
    assert found.changed.high == pytest.approx(1 - 0.025 ** (1 / 4))
