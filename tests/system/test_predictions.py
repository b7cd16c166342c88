from __future__ import annotations

import json
from datetime import date

import pytest

from harness.dataset.published import PublishedDataset
from harness.errors import ConfigError, InputError
from harness.evidence import Gold
from harness.label import Outcome, Task
from harness.schema import Question
from harness.system.predictions import SavedPredictions
from harness.task.veracity import VeracityTask

LABELS = ("supported", "refuted")
QUESTIONS = [
    Question(id=name, task=Task.VERACITY, claim=f"Claim {name}.", labels=LABELS, as_of=date(2025, 9, 6))
    for name in ("a", "b", "c")
]
IDS = {"a", "b", "c"}


def saved(folder, text, name="mine.jsonl", **settings):
    (folder / name).write_text(text, "utf-8")
    return SavedPredictions(str(folder / name), **settings)


def rows(*labels):
    return "".join(json.dumps({"id": i, "label": label}) + "\n" for i, label in labels)


def test_jsonl_is_joined_by_id_and_not_by_order(tmp_path):
    system = saved(tmp_path, rows(("c", "refuted"), ("a", "supported"), ("b", "refuted")))
    assert [(p.id, p.label) for p in system.predict(QUESTIONS)] == [
        ("a", "supported"),
        ("b", "refuted"),
        ("c", "refuted"),
    ]


def test_every_field_of_a_row_is_kept(tmp_path):
    row = {
        "id": "a",
        "label": "refuted",
        "probabilities": {"refuted": 0.75, "supported": 0.25},
        "rationale": "Eight, not nine.",
        "evidence": ["a1.s07"],
    }
    (made,) = saved(tmp_path, json.dumps(row)).predict(QUESTIONS[:1])
    assert list(made.probabilities.items()) == [("supported", 0.25), ("refuted", 0.75)]
    assert (made.label, made.rationale, made.evidence) == ("refuted", "Eight, not nine.", ("a1.s07",))


def test_csv_row_with_line_separators_of_unicode_stays_whole(tmp_path):
    text = "id,label,rationale\na,refuted,Eight\u2028not\u0085nine\n"
    (made,) = saved(tmp_path, text, "mine.csv").predict(QUESTIONS[:1])
    assert made.rationale == "Eight\u2028not\u0085nine"


def test_csv_with_probabilities_a_byte_order_mark_and_a_comma_in_the_rationale(tmp_path):
    text = '\ufeffid,label,probability_supported,probability_refuted,rationale,evidence\na,refuted,0.2,0.8,"Eight, not nine",p1 p2\n'
    (made,) = saved(tmp_path, text, "mine.csv").predict(QUESTIONS[:1])
    assert made.probabilities == {"supported": 0.2, "refuted": 0.8}
    assert (made.rationale, made.evidence) == ("Eight, not nine", ("p1", "p2"))


def test_an_abstention_has_no_label(tmp_path):
    (made,) = saved(tmp_path, '{"id": "a", "outcome": "abstained"}').predict(QUESTIONS[:1])
    assert (made.outcome, made.label) == (Outcome.ABSTAINED, None)


def test_probabilities_that_are_off_by_rounding_are_brought_to_one(tmp_path):
    text = '{"id": "a", "label": "refuted", "probabilities": {"supported": 0.333, "refuted": 0.666}}'
    (made,) = saved(tmp_path, text).predict(QUESTIONS[:1])
    assert made.probabilities == {"supported": pytest.approx(1 / 3), "refuted": pytest.approx(2 / 3)}


def test_unknown_ids_are_named(tmp_path):
    system = saved(tmp_path, rows(*((f"x{k}", "refuted") for k in range(7))))
    with pytest.raises(InputError, match=r'answers "x0", "x1", "x2", "x3", "x4" and 2 more, which are no questions'):
        system.join(IDS, IDS)


def test_missing_ids_are_named(tmp_path):
    with pytest.raises(InputError, match=r'has no row for "b", "c" of 3 questions'):
        saved(tmp_path, rows(("a", "refuted"))).join(IDS, IDS)


def test_duplicate_ids_are_named_with_their_lines(tmp_path):
    system = saved(tmp_path, rows(("a", "refuted"), ("b", "refuted"), ("a", "refuted")))
    with pytest.raises(InputError, match=r'answers "a" \(lines 1 and 3\) twice'):
        system.join(IDS, IDS)


def test_a_file_may_answer_more_than_a_sample_asks(tmp_path):
    system = saved(tmp_path, rows(("a", "refuted"), ("b", "supported"), ("c", "refuted")))
    system.join(IDS, {"b"})
    assert [p.label for p in system.predict(QUESTIONS[1:2])] == ["supported"]


def test_missing_ids_may_count_as_failed(tmp_path):
    system = saved(tmp_path, rows(("a", "refuted")), missing="fail")
    system.join(IDS, IDS)
    assert [p.outcome for p in system.predict(QUESTIONS)] == ["answered", "failed", "failed"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"id": "a", "label": "Refuted"}', "has label 'Refuted'; expected supported, refuted"),
        ('{"id": "a"}', "has outcome None and label None; expected a label"),
        ('{"id": "a", "label": "refuted", "outcome": "abstained"}', "has outcome 'abstained' and label 'refuted'"),
        ('{"id": "a", "label": "refuted", "gold": "x"}', "has the unknown field gold"),
        (
            '{"id": "a", "label": "refuted", "probabilities": {"refuted": 1}}',
            "has probabilities of refuted; expected one",
        ),
        ('{"id": "a", "label": "refuted", "probabilities": {"refuted": 1, "supported": 1}}', "that sum to 1"),
        ('{"id": "a", "label": "refuted", "evidence": "p1"}', "expected a list of passage ids"),
    ],
)
def test_a_row_that_does_not_fit_is_told_with_its_line(tmp_path, row, said):
    with pytest.raises(InputError, match=f"mine.jsonl line 1.*{said}"):
        list(saved(tmp_path, row).predict(QUESTIONS[:1]))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("mine.jsonl", "{", "mine.jsonl line 1 is no JSON"),
        ("mine.jsonl", "[]", "mine.jsonl line 1 is list; expected an object"),
        ("mine.jsonl", '{"id": 3}', "line 1 has id 3; expected the id of a question"),
        ("mine.csv", "name,label\n", "has the columns name, label; expected id and label"),
        ("mine.csv", "id,label\na\n", "line 2 has not as many cells"),
        ("mine.csv", "id,label,probability_refuted\na,refuted,x\n", "line 2 has a probability that is no number"),
        ("mine.tsv", "", "ends in .tsv; expected a .jsonl or a .csv file"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, name, text, said):
    with pytest.raises(InputError, match=said):
        saved(tmp_path, text, name).join(IDS, IDS)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"system.path is .*none.jsonl, which cannot be read: No such file"):
        SavedPredictions(str(tmp_path / "none.jsonl")).join(IDS, IDS)


def test_missing_takes_three_words_alone():
    with pytest.raises(ConfigError, match=r"system\.missing is 'skip'; expected refuse, fail or leave_out"):
        SavedPredictions("x.jsonl", missing="skip")


def test_the_command_scores_a_file_and_another_content_is_another_run(veristance, tmp_path):
    items = VeracityTask().items(PublishedDataset("vladivostok-claims").load(), Gold())
    right = rows(*items.gold.items())
    (tmp_path / "mine.jsonl").write_text(right)
    words = ("evaluate", "system=predictions", "system.path=mine.jsonl", "name=mine")
    code, _, err = veristance(*words)
    assert code == 0, err
    (scores,) = tmp_path.glob("runs/veracity/mine-*/scores.json")
    assert json.loads(scores.read_text())[0]["value"] == 1.0
    (tmp_path / "mine.jsonl").write_text(right.replace('"supported"', '"refuted"'))
    assert veristance(*words)[0] == 0
    assert len(list(tmp_path.glob("runs/veracity/mine-*"))) == 2


def test_the_command_refuses_a_file_before_it_writes_anything(veristance, tmp_path, files):
    (tmp_path / "mine.jsonl").write_text('{"id": "x", "label": "refuted"}\n')
    code, _, err = veristance("evaluate", "system=predictions", "system.path=mine.jsonl")
    assert code == 2
    assert 'answers "x", which is no question of this task' in err
    assert files() == ["mine.jsonl"]


def test_the_command_without_a_path_says_what_is_missing(veristance):
    code, _, err = veristance("evaluate", "system=predictions")
    assert code == 2
    assert "system.path" in err
    assert "ours" not in err
