"""Comparing, in the parts that need no run directory: names, shared questions, the family of tests."""

from datetime import date
from pathlib import Path

import pytest

from harness.compare import Loaded, _alone, _names, _row, _same_data, _system, compare
from harness.errors import InputError
from harness.label import Outcome, Task
from harness.metric.accuracy import Accuracy
from harness.metric.cost import Cost
from harness.metric_set import Measured
from harness.pairwise import Rules, differences
from harness.run import Manifest
from harness.schema import Prediction, Question
from harness.task import Items

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")
# Twelve questions, each a cluster of its own, all with gold "supported".
IDS = tuple(f"q{number:02d}" for number in range(12))
ITEMS = Items(
    questions=tuple(
        Question(id=name, task=Task.VERACITY, claim=name, labels=LABELS, as_of=date(2025, 9, 6)) for name in IDS
    ),
    labels=LABELS,
    gold=dict.fromkeys(IDS, "supported"),
    clusters={name: f"k-{name}" for name in IDS},
    folds=dict.fromkeys(IDS, 0),
    slices={name: {} for name in IDS},
    justification=dict.fromkeys(IDS, ""),
)


def manifest(name="tfidf", **fields):
    given = {
        "about": "A system.",
        "floor": False,
        "trained": True,
        "task": Task.VERACITY,
        "evidence": "gold",
        "dataset": "tiny",
        "version": "1.0.0",
        "dataset_sha256": "d" * 64,
        "hash": "a" * 64,
        "config": {"task": {"content": ["factual"]}},
        "seed": 0,
        "declared": IDS,
        "packages": {},
        "machine": "none",
        "commit": None,
        "started": "2025-09-06T00:00:00+00:00",
    }
    return Manifest(name=name, **(given | fields))


def row(name, marks, declared=IDS):
    """A system whose answers are right (1), wrong (0) or not given (-), in the order of the questions it was asked."""
    label = {"1": "supported", "0": "refuted"}
    made = {
        id_: Prediction(id=id_, outcome=Outcome.ANSWERED, label=label[mark])
        if mark in label
        else Prediction(id=id_, outcome=Outcome.ABSTAINED)
        for id_, mark in zip(declared, marks, strict=True)
    }
    run = Loaded(Path("runs/veracity") / name, manifest(name, declared=declared), made)
    return _row(run, name, Path("runs"), ITEMS, Measured((Accuracy(),)))


def difference(a, b):
    [found] = differences([a, b], ITEMS, Accuracy(), Rules())
    return found


def test_different_systems_keep_their_names():
    assert _names([manifest("tfidf"), manifest("llm")]) == ["tfidf", "llm"]


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ({"evidence": "gold"}, {"evidence": "none"}, ["tfidf (gold)", "tfidf (none)"]),
        ({"seed": 0}, {"seed": 1}, ["tfidf (seed 0)", "tfidf (seed 1)"]),
        ({"declared": IDS}, {"declared": IDS[:4]}, ["tfidf (n 12)", "tfidf (n 4)"]),
        ({"hash": "a" * 64}, {"hash": "b" * 64}, ["tfidf (aaaaaaaa)", "tfidf (bbbbbbbb)"]),
        ({}, {}, ["tfidf #1", "tfidf #2"]),
    ],
    ids=["evidence", "seed", "sample", "hash", "nothing"],
)
def test_systems_of_one_name_are_told_apart_by_the_first_that_differs(one, other, names):
    assert _names([manifest(**one), manifest(**other)]) == names


def test_systems_that_differ_in_two_things_get_both_where_needed():
    three = [manifest(evidence="none"), manifest(evidence="gold", seed=0), manifest(evidence="gold", seed=1)]
    assert _names(three) == ["tfidf (none)", "tfidf (gold) (seed 0)", "tfidf (gold) (seed 1)"]


def test_only_the_name_that_stands_twice_is_told_apart():
    assert _names([manifest("llm"), manifest(seed=0), manifest(seed=1)]) == ["llm", "tfidf (seed 0)", "tfidf (seed 1)"]


def test_systems_of_one_name_are_compared_with_each_other_and_not_with_themselves():
    names = _names([manifest(), manifest()])
    assert difference(row(names[0], "1" * 12), row(names[1], "0" * 12)).value == 1


def test_difference_is_on_the_questions_that_both_answered():
    # Both answered q04 to q07: four right against one right.
    found = difference(row("a", "----11111111"), row("b", "11110001----"))
    assert (found.n, found.n_clusters, found.value) == (4, 4, pytest.approx(3 / 4))


def test_difference_is_on_the_questions_that_both_were_asked():
    found = difference(row("a", "1" * 8, IDS[:8]), row("b", "0" * 6, IDS[6:]))
    assert found.n == 2


@pytest.mark.parametrize("last", [0, 1, 2])
def test_third_system_that_answered_less_changes_no_difference_of_the_others(last):
    # On all twelve questions 12 against 6 right; on the first four, which are all that the third answered, 4 against 4.
    rows = [row("a", "1" * 12), row("b", "111111000000"), row("c", "1100--------")]
    made = {frozenset((d.a, d.b)): d for d in differences(rows[last:] + rows[:last], ITEMS, Accuracy(), Rules())}
    found = made[frozenset("ab")]
    assert (found.n, abs(found.value), found.p) == (12, 6 / 12, 2 / 64)
    assert made[frozenset("ac")].n == made[frozenset("bc")].n == 4


def test_systems_without_a_shared_answer_have_no_difference():
    found = difference(row("a", "111111------"), row("b", "------111111"))
    assert (found.n, found.value, found.p, found.p_holm) == (0, None, None, None)


def test_every_pair_is_compared_in_the_order_of_the_systems():
    made = differences([row("c", "1" * 12), row("a", "0" * 12), row("b", "-" * 12)], ITEMS, Accuracy(), Rules())
    assert [(d.a, d.b) for d in made] == [("c", "a"), ("c", "b"), ("a", "b")]


def test_holm_corrects_for_all_pairs_of_the_comparison():
    # 6 wins to none: 2/64; 4 to none: 2/16; 2 to none: 2/4. Times 3, 2 and 1, and none below a smaller one.
    best, middle, least = row("a", "111111111111"), row("b", "111111110011"), row("c", "111100000011")
    made = {(d.a, d.b): d for d in differences([best, middle, least], ITEMS, Accuracy(), Rules())}
    found = [(made[pair].p, made[pair].p_holm) for pair in (("a", "c"), ("b", "c"), ("a", "b"))]
    assert found == [(2 / 64, 6 / 64), (2 / 16, 4 / 16), (2 / 4, 2 / 4)]


def test_pair_without_a_shared_answer_is_no_test_of_the_family():
    one, other, silent = row("a", "111111111111"), row("b", "000000111111"), row("c", "-" * 12)
    made = {(d.a, d.b): d for d in differences([one, other, silent], ITEMS, Accuracy(), Rules())}
    assert made["a", "b"].p_holm == made["a", "b"].p == 2 / 64


def test_question_that_the_task_does_not_have_is_named():
    with pytest.raises(InputError, match='declares "q99", which is no question of the task'):
        row("a", "1", ("q99",))


def test_row_counts_outcomes():
    assert row("a", "1100--------").outcomes == {Outcome.ABSTAINED: 8, Outcome.ANSWERED: 4}


def test_unknown_tokens_stay_unknown():
    assert (row("a", "1" * 12).n_tokens_in, row("a", "1" * 12).seconds) == (None, None)


@pytest.mark.parametrize(
    ("veracity", "stance", "same"),
    [
        ({"prompt": {"user": "of veracity"}}, {"prompt": {"user": "of stance"}}, True),
        ({"engine": {"n": 1}}, {"engine": {"n": 8}}, True),
        ({"client": {"model": "small"}}, {"client": {"model": "large"}}, False),
    ],
    ids=["prompt", "engine", "model"],
)
def test_runs_of_one_name_are_one_system_where_their_configuration_is(veracity, stance, same):
    one, other = (manifest("llm", config={"system": own}) for own in (veracity, stance))
    assert (_system(one) == _system(other)) is same


def test_system_that_ran_twice_on_a_task_is_joined_with_neither():
    twice = [Loaded(Path("one"), manifest(), {}), Loaded(Path("two"), manifest(), {})]
    other = Loaded(Path("three"), manifest("llm"), {})
    assert list(_alone([*twice, other]).values()) == [other]


def test_runs_on_other_data_are_refused_by_name():
    runs = [
        Loaded(Path("runs/one"), manifest(), {}),
        Loaded(Path("runs/two"), manifest(dataset_sha256="e" * 64, version="2.0.0"), {}),
    ]
    with pytest.raises(InputError, match=r"runs/two is on tiny 2.0.0 \(eeeeeeee\) and runs/one is on tiny 1.0.0"):
        _same_data(runs)


def test_runs_of_other_questions_are_refused_by_name():
    runs = [
        Loaded(Path("runs/one"), manifest(), {}),
        Loaded(Path("runs/two"), manifest(config={"task": {"content": ["forecast"]}}), {}),
    ]
    with pytest.raises(InputError, match="runs/two and runs/one differ in task"):
        _same_data(runs)


def test_no_run_at_all_is_refused():
    with pytest.raises(InputError, match="there is no run to compare"):
        compare([], Path("runs"))


def test_folder_that_is_no_run_is_named(tmp_path):
    with pytest.raises(InputError, match=r"holds no manifest\.json"):
        compare([tmp_path], tmp_path)


def test_no_worse_is_meant_by_the_metrics_own_direction():
    # The one costs 2 cents, the other 1, within a hundredth of a cent: it is worse, and the other is not.
    costs = {"dear": 0.02, "cheap": 0.01}
    rows = [
        row(name, "1" * 12).model_copy(
            update={
                "predictions": {
                    id_: Prediction(id=id_, outcome=Outcome.ANSWERED, label="supported", cost=cost + 1e-4 * place / 12)
                    for place, id_ in enumerate(IDS if name == "dear" else IDS[::-1])
                }
            }
        )
        for name, cost in costs.items()
    ]
    [dear] = differences(rows, ITEMS, Cost(), Rules(margin=0.005))
    [cheap] = differences(rows[::-1], ITEMS, Cost(), Rules(margin=0.005))
    assert (dear.value > 0, dear.p_not_worse > 0.99) == (True, True)
    assert (cheap.value < 0, cheap.p_not_worse < 0.01) == (True, True)
