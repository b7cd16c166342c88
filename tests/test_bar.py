"""The bar for CI: who passes, who fails, and the XML that says so."""

from xml.etree import ElementTree as ET

import pytest
from report.conftest import comparison as _comparison
from test_verdict import LESS

from harness.bar import Bar, checks, find, junit
from harness.errors import ConfigError, InputError
from harness.explain import explain
from harness.power_sentence import power_sentence

comparison = _comparison  # tfidf .7125 (.66 to .761), llm .613 (.5 to .7), and the floor majority


def passed(comparison, **fields):
    return {check.system: check.passed for check in checks(comparison, Bar(**fields))}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"fail_below": 0.65}, {"tfidf": True, "llm": False}),
        ({"fail_below": 0.65, "fail_by": "low"}, {"tfidf": True, "llm": False}),
        ({"fail_below": 0.69, "fail_by": "low"}, {"tfidf": False, "llm": False}),
        ({"fail_below": 0.69, "fail_by": "high"}, {"tfidf": True, "llm": True}),
    ],
)
def test_bar_is_on_the_headline_value_of_contenders(comparison, fields, expected):
    assert passed(comparison, **fields) == expected


@pytest.mark.parametrize(("fail_below", "expected"), [(-0.1, True), (-0.09, False)])
def test_bar_with_a_baseline_is_on_the_difference_from_it(comparison, fail_below, expected):
    # llm is 9.95 points below tfidf.
    assert passed(comparison, fail_below=fail_below, baseline="tfidf") == {"llm": expected}


def test_difference_turns_round_where_the_baseline_stands_first(comparison):
    [check] = checks(comparison, Bar(0.0, "tfidf"))
    assert "-0.0995 (95 % interval -0.2200 to 0.0200)" in check.said


def test_system_without_a_difference_from_the_baseline_fails(comparison):
    assert passed(comparison, fail_below=-1, baseline="majority") == {"tfidf": True, "llm": False}


@pytest.mark.parametrize("name", ["llm", "veracity/llm-0a1b2c3d", "llm-0a1b2c3d", "runs/veracity/llm-0a1b2c3d/"])
def test_baseline_is_found_by_name_or_run(comparison, name):
    assert find(comparison, name).name == "llm"


def test_unknown_baseline_is_named(comparison):
    with pytest.raises(InputError, match="baseline='bert' is 0 of the veracity systems; expected one of tfidf"):
        checks(comparison, Bar(0.0, "bert"))


@pytest.mark.parametrize("fields", [{"fail_below": 60}, {"fail_below": "much"}, {"fail_below": 0.5, "fail_by": "mean"}])
def test_bar_that_makes_no_sense_is_refused(fields):
    with pytest.raises(ConfigError, match="expected"):
        Bar(**fields)


def test_junit_counts_and_names_failures(comparison):
    root = ET.fromstring(junit(checks(comparison, Bar(0.65))))
    cases = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert (root.get("tests"), root.get("failures"), cases) == ("2", "1", {"tfidf": ["system-out"], "llm": ["failure"]})


def test_junit_escapes_what_a_system_is_called(comparison):
    first, *rest = comparison.systems
    hostile = comparison.model_copy(update={"systems": (first.model_copy(update={"name": '<b> & "'}), *rest)})
    root = ET.fromstring(junit(checks(hostile, Bar(0.65))))
    assert '<b> & "' in {case.get("name") for case in root.iter("testcase")}


def test_explanation_gives_every_number_with_its_meaning(comparison):
    said = "\n".join(explain(comparison))
    for words in (
        "2 clusters",
        "71.2 (66.0 to 76.1)",
        "+10.0 points, 95 % interval -2.0 to +22.0",
        "all swaps",
        "Holm's correction",
    ):
        assert words in said


def test_power_sentence_counts_pairs(comparison):
    assert power_sentence(comparison).startswith("Of 3 pairs of systems 1 can be told apart")


# Where less is better: tfidf is a loss of .7125 (.66 to .761), llm .613 (.5 to .7), and llm is 9.95 points lower.


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"fail_below": 0.65}, {"tfidf": False, "llm": True}),
        ({"fail_below": 0.69, "fail_by": "low"}, {"tfidf": False, "llm": False}),
        ({"fail_below": 0.71, "fail_by": "low"}, {"tfidf": False, "llm": True}),
        ({"fail_below": 0.67, "fail_by": "high"}, {"tfidf": True, "llm": True}),
        ({"fail_below": 0.65, "fail_by": "high"}, {"tfidf": False, "llm": True}),
        ({"fail_below": -0.1, "baseline": "llm"}, {"tfidf": True}),
        ({"fail_below": -0.09, "baseline": "llm"}, {"tfidf": False}),
        ({"fail_below": -0.2, "baseline": "llm", "fail_by": "low"}, {"tfidf": False}),
        ({"fail_below": -0.22, "baseline": "llm", "fail_by": "low"}, {"tfidf": True}),
    ],
)
def test_value_must_stay_below_the_bar_where_less_is_better(comparison, fields, expected):
    assert passed(comparison.model_copy(update={"metrics": {"macro_f1": LESS}}), **fields) == expected


def test_system_without_a_headline_value_fails_a_bar_with_a_baseline(comparison):
    tfidf, llm, majority = comparison.systems
    head = llm.headline.model_copy(update={"value": None, "low": None, "high": None})
    little = llm.model_copy(update={"scores": (head, *llm.scores[1:])})
    made = comparison.model_copy(update={"systems": (tfidf, little, majority)})
    [check] = checks(made, Bar(-1.0, "tfidf"))
    assert not check.passed
    assert "no headline value, for only 2 of 3 questions were answered" in check.said


def test_explanation_of_one_system_speaks_of_no_pairs(comparison):
    alone = comparison.model_copy(update={"systems": comparison.systems[:1], "differences": ()})
    said = "\n".join(explain(alone))
    assert "tested" not in said
    one = comparison.model_copy(update={"differences": comparison.differences[:1]})
    assert "1 pair was tested" in "\n".join(explain(one))
