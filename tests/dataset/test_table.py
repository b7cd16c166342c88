"""A user's own table by a map alone: layouts, labels, counts, faults."""

import json
import logging

import pytest

from harness.dataset.table import TableDataset
from harness.errors import ConfigError, InputError
from harness.evidence import ClosedBook, Gold
from harness.label import Task
from harness.task.stance import StanceTask
from harness.task.veracity import VeracityTask

LABELS = {True: "supported", False: "refuted", "half": None}


def table(folder, rows=None, **changes):
    rows = rows or [
        ("k1", "It rains.", "True", "wet"),
        ("k2", "It snows.", "False", "dry"),
        ("k3", "It hails.", "half", ""),
    ]
    lines = ["key,said,verdict,seen", *(",".join(row) for row in rows)]
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    given = {
        "name": "t", "task": "veracity", "files": None, "path": str(folder / "t.csv"), "as_of": "2026-01-01", "labels": LABELS,
        "columns": {"id": "key", "claim": "said", "gold": "verdict"}, "evidence": {"text": "seen"}, "space": "ours",
    }  # fmt: skip
    return TableDataset(**{**given, **changes})


def items(dataset, setting=None):
    task = VeracityTask() if dataset.task == "veracity" else StanceTask()
    return task.items(dataset.load(), setting or Gold())


def test_rows_become_questions_without_gold(tmp_path):
    found = items(table(tmp_path))
    assert [(q.id, q.claim, [e.text for e in q.evidence], q.labels) for q in found.questions] == [
        ("k1", "It rains.", ["wet"], ("supported", "refuted")),
        ("k2", "It snows.", ["dry"], ("supported", "refuted")),
    ]
    assert found.gold == {"k1": "supported", "k2": "refuted"}


def test_native_labels_keep_the_order_of_the_map_and_every_row(tmp_path):
    found = items(table(tmp_path, space="native"))
    # What has no counterpart is left out of ours alone.
    assert (found.labels, len(found.questions)) == (("True", "False", "half"), 3)


def test_closed_book_takes_the_evidence_away(tmp_path):
    assert [q.evidence for q in items(table(tmp_path), ClosedBook()).questions] == [(), ()]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("k1", "a", "maybe", "")], r"t\.csv line 2 has verdict 'maybe'; expected True, False, half"),
        ([("k1", "a", "True", ""), ("k2", "b", "", "")], r"t\.csv line 3 has no verdict"),
        ([("k1", "", "True", "")], r"t\.csv line 2 has no said"),
        ([("k1", "a", "True", ""), ("k1", "b", "False", "")], r"t\.csv line 3 has key 'k1', which an earlier row has"),
        ([("k1", "a", "True", ""), ("k2", "b")], r"t\.csv line 3 has 2 cells; expected 4"),
    ],
)
def test_fault_is_told_by_file_and_line_or_left_out_when_asked(tmp_path, caplog, rows, said):
    good = [("g1", "good", "True", ""), ("g2", "bad", "False", "")]
    with pytest.raises(InputError, match=said):
        items(table(tmp_path, rows))
    with caplog.at_level(logging.WARNING):
        found = items(table(tmp_path, rows + good, faults="skip"))
    assert {"g1", "g2"} <= found.gold.keys()
    assert "1 rows are left out" in caplog.text


def test_every_fault_is_counted_and_five_are_told(tmp_path):
    with pytest.raises(InputError, match=r"line 2 .*line 6 .*; and 2 more: mend"):
        items(table(tmp_path, [(f"k{n}", "a", "maybe", "") for n in range(7)]))


def test_column_that_is_not_there_is_told_with_those_that_are(tmp_path):
    with pytest.raises(InputError, match=r"has no column 'text'; expected one of key, said, verdict, seen"):
        items(table(tmp_path, columns={"claim": "text", "gold": "verdict"}))


def test_numbers_with_missing_values_are_labels(tmp_path):
    rows = [("k1", "a", "1.0", ""), ("k2", "b", "0", ""), ("k3", "c", "", "")]
    found = items(table(tmp_path, rows, labels={1: "supported", 0: "refuted"}, faults="skip"))
    assert found.gold == {"k1": "supported", "k2": "refuted"}


def test_counts_that_differ_are_an_error_or_a_warning(tmp_path, caplog):
    expected = {"rows": {"all": 4}, "labels": {"all": {"True": 1, "False": 2}}}
    with pytest.raises(InputError, match=r"has 3 rows of all for 4, 1 False of all for 2 expected"):
        items(table(tmp_path, expected=expected))
    with caplog.at_level(logging.WARNING):
        items(table(tmp_path, expected=expected, verify="warn"))
    assert "3 rows of all for 4" in caplog.text


def test_file_with_another_checksum_is_told(tmp_path):
    files = [{"path": "t.csv", "sha256": "0" * 64}]
    with pytest.raises(InputError, match=r"t\.csv has sha256 [0-9a-f]{64}; expected 0{64}"):
        table(tmp_path, files=files, path=str(tmp_path)).load()


def test_same_bytes_in_another_folder_are_the_same_data(tmp_path):
    (tmp_path / "other").mkdir()
    one, other = table(tmp_path).load(), table(tmp_path / "other").load()
    assert one.sha256 == other.sha256
    assert one.sha256 != table(tmp_path, space="native").load().sha256


def test_second_file_is_joined_and_a_missing_row_of_it_told(tmp_path):
    (tmp_path / "bodies.csv").write_text("number,body\n1,first\n2,second\n")
    files, joins = [{"path": "t.csv"}], [{"path": "bodies.csv", "by": "seen", "key": "number"}]
    changes = {"files": files, "path": str(tmp_path), "joins": joins, "evidence": {"text": "body"}}
    found = items(table(tmp_path, [("k1", "a", "True", "2"), ("k2", "b", "False", "1")], **changes))
    assert [q.evidence[0].text for q in found.questions] == ["second", "first"]
    with pytest.raises(InputError, match=r"row 1 names seen '7', which .*bodies\.csv does not have"):
        items(table(tmp_path, [("k1", "a", "True", "7")], **changes))


def nested(folder, **changes):
    rows = [
        {"claim": "c1", "label": "S", "when": "31-12-2020", "questions": [
            {"question": "q1", "answers": [{"answer": "a1"}, {"answer": "a2", "votes": ["S", None, "R"]}]}]},
        {"claim": "c2", "label": "R", "when": "", "questions": []},
    ]  # fmt: skip
    (folder / "n.json").write_text(json.dumps(rows))
    given = {
        "name": "n", "task": "veracity", "files": None, "path": str(folder / "n.json"), "as_of": "2026-01-01", "space": "native",
        "columns": {"claim": "claim", "gold": "label", "date": "when", "date_format": "%d-%m-%Y"}, "labels": {"S": "supported", "R": "refuted"},
        "evidence": {"each": "questions[].answers[]", "text": ["question", "answer"]},
    }  # fmt: skip
    return TableDataset(**{**given, **changes})


def test_nested_evidence_is_read_with_what_it_stands_in(tmp_path):
    first, second = items(nested(tmp_path)).questions
    assert [(e.id, e.text) for e in first.evidence] == [("0", "q1 a1"), ("1", "q1 a2")]
    assert (first.as_of.isoformat(), second.as_of.isoformat(), second.evidence) == ("2020-12-31", "2026-01-01", ())


def test_one_question_for_each_element_with_its_votes(tmp_path):
    also = {"stance": {
        "each": "questions[].answers[]", "evidence": {"text": "answer"}, "labels": {"S": "agree", "R": "disagree"},
        "votes": {"each": "votes[]", "label": "_"},
    }}  # fmt: skip
    found = StanceTask().items(nested(tmp_path, also=also).load(), Gold())
    assert [q.evidence[0].text for q in found.questions] == ["a1", "a2"]
    assert list(found.votes.values()) == [{"S": 1, "R": 1}]
    assert {q.holder for q in found.questions} == {"voice"}


def test_task_that_the_data_does_not_have_is_told(tmp_path):
    with pytest.raises(ConfigError, match="dataset t has no labels of stance; expected task=veracity"):
        StanceTask().items(table(tmp_path).load(), Gold())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"labels": {"True": "supportd", "False": "refuted"}}, "dataset.labels maps to 'supportd'"),
        ({"labels": {"True": "supported"}}, "fewer than two labels"),
        ({"space": "mine"}, "dataset.space is 'mine'; expected native or ours"),
        ({"columns": {"claim": "said"}}, "dataset has no .*gold"),
        ({"columns": {"claim": "said", "gold": "verdict", "evidence": "x"}}, "unknown field .*evidence"),
    ],
)
def test_map_with_a_fault_is_told(tmp_path, changes, said):
    with pytest.raises(ConfigError, match=said):
        table(tmp_path, **changes)


def test_same_key_twice_gets_numbers(tmp_path):
    rows = [("k1", "a", "True", "x"), ("k1", "a", "False", "y"), ("k2", "a", "False", "z")]
    found = items(table(tmp_path, rows, columns={"id": ["key", "said"], "claim": "said", "gold": "verdict"}))
    first = next(iter(id_ for id_ in found.gold if id_.endswith("-2"))).removesuffix("-2")
    assert {found.gold[first], found.gold[f"{first}-2"]} == {"supported", "refuted"}
    assert len(found.gold) == 3
    assert Task.VERACITY in {q.task for q in found.questions}
