"""The verdict on two systems, where there is an interval and where there is none."""

import pytest

from harness.score import Difference
from harness.verdict import _against


def said_of(**fields):
    given = {"value": 0.25, "low": 0.05, "high": 0.45, "p": 0.02, "p_holm": 0.04, "exact": True, "detectable": 0.3}
    made = Difference(a="one", b="two", n=40, n_clusters=20, **(given | fields))
    return _against(made, "accuracy", "the next contender")


def test_lead_comes_with_its_interval():
    assert "25.0 points of accuracy, 95 % interval 5.0 to 45.0, Holm p 0.040, n = 40" in said_of()


def test_lead_without_an_interval_comes_with_its_p():
    # Three wins to none: every cluster says the same, so that there is a p-value and no interval.
    said = said_of(value=1.0, low=None, high=None, p_holm=0.25, detectable=None)
    assert "100.0 points of accuracy, no interval, Holm p 0.250, n = 40" in said


@pytest.mark.parametrize("fields", [{"value": None}, {"p_holm": None}])
def test_systems_without_a_test_cannot_be_compared(fields):
    assert "they share 40 answered questions in 20 clusters" in said_of(**fields)
