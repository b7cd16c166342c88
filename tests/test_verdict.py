"""The verdict on two systems, where there is an interval and where there is none, and whichever way the metric runs."""

import pytest
from report.conftest import comparison as _comparison

from harness.score import Described, Difference
from harness.verdict import answer, warnings

comparison = _comparison  # tfidf, llm, and the floor majority
LESS = Described(definition="Loss.", source="-", higher_is_better=False, low=0, high=None, unit="nats")


def said_of(comparison, **fields):
    """The sentence on tfidf's lead over the floor."""
    given = {"value": 0.25, "low": 0.05, "high": 0.45, "p": 0.02, "p_holm": 0.04, "exact": True, "detectable": 0.3}
    made = Difference(a="tfidf", b="majority", n=40, n_clusters=20, **(given | fields))
    return answer(comparison.model_copy(update={"differences": (made,)}))


def less_is_better(comparison):
    """The same systems in the same order, with the signs of their differences turned round."""
    turned = tuple(
        d.model_copy(
            update={
                "value": None if d.value is None else -d.value,
                "low": None if d.high is None else -d.high,
                "high": None if d.low is None else -d.low,
            }
        )
        for d in comparison.differences
    )
    return comparison.model_copy(update={"differences": turned, "metrics": {"macro_f1": LESS}})


def test_lead_comes_with_its_interval(comparison):
    said = said_of(comparison)
    assert said.startswith("tfidf has the best macro-F1: 71.2 %")
    assert "25.0 points of macro-F1, 95 % interval 5.0 to 45.0, Holm p 0.040, n = 40" in said


def test_lead_names_the_correction_that_was_declared(comparison):
    said = said_of(comparison, p_holm=0.2, p_bh=0.03, correction="bh")
    assert "BH p 0.030" in said
    assert "more than luck explains" in said


def test_lead_without_an_interval_comes_with_its_p(comparison):
    # Three wins to none: every cluster says the same, so that there is a p-value and no interval.
    said = said_of(comparison, value=1.0, low=None, high=None, p_holm=0.25, detectable=None)
    assert "100.0 points of macro-F1, no interval, Holm p 0.250, n = 40" in said


@pytest.mark.parametrize("fields", [{"value": None}, {"p_holm": None}])
def test_systems_without_a_test_cannot_be_compared(comparison, fields):
    assert "they share 40 answered questions in 20 clusters" in said_of(comparison, **fields)


def test_lead_is_a_lead_where_less_is_better(comparison):
    turned = less_is_better(comparison)
    assert answer(turned) == answer(comparison)
    assert "Its lead over the best floor, majority, is more than luck explains (51.2 points" in answer(turned)


def test_contender_that_beats_the_floor_is_not_near_it_where_less_is_better(comparison):
    for made in (comparison, less_is_better(comparison)):
        assert "Not shown to be better than majority, which never holds claim and evidence together: llm." in warnings(
            made, []
        )
