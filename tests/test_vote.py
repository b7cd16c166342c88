"""Votes beside gold, and what the metrics of labels, votes and evidence get from a run."""

from dataclasses import replace
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
from test_compare import ITEMS

from harness.vote import with_votes


def corpus(tmp_path, rows):
    (tmp_path / "data" / "votes").mkdir(parents=True)
    names = ("item", "task", "label", "annotator", "round")
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})
    pq.write_table(table, tmp_path / "data" / "votes" / "test.parquet")
    return SimpleNamespace(path=tmp_path)


def test_votes_are_counted_by_label(tmp_path):
    rows = [
        ("q00", "veracity", "supported", "a", 0),
        ("q00", "veracity", "refuted", "b", 0),
        ("q01", "veracity", "refuted", "a", 0),
    ]
    assert with_votes(ITEMS, corpus(tmp_path, rows)).votes == {
        "q00": {"supported": 1, "refuted": 1},
        "q01": {"refuted": 1},
    }


def test_whether_annotators_agree_is_a_slice(tmp_path):
    rows = [("q00", "veracity", "refuted", "a", 0), ("q00", "veracity", "supported", "b", 0)]
    rows += [("q01", "veracity", "refuted", "a", 0), ("q01", "veracity", "refuted", "b", 0)]
    slices = with_votes(ITEMS, corpus(tmp_path, rows)).slices
    assert [slices[id_]["agreement"] for id_ in ("q00", "q01", "q02")] == ["split", "unanimous", "-"]
    assert slices["q00"].items() >= ITEMS.slices["q00"].items()


def test_first_round_of_an_annotator_counts(tmp_path):
    rows = [("q00", "veracity", "refuted", "a", 1), ("q00", "veracity", "supported", "a", 0)]
    assert with_votes(ITEMS, corpus(tmp_path, rows)).votes == {"q00": {"supported": 1}}


def test_labels_that_a_task_takes_together_are_counted_together(tmp_path):
    rows = [
        ("q00", "veracity", "false", "a", 0),
        ("q00", "veracity", "refuted", "b", 0),
        ("q00", "veracity", "x", "c", 0),
    ]
    items = replace(ITEMS, merged={"false": "refuted"})
    assert with_votes(items, corpus(tmp_path, rows)).votes == {"q00": {"refuted": 2}}


def test_votes_on_another_task_or_question_are_left_out(tmp_path):
    rows = [("q00", "stance", "agree", "a", 0), ("q99", "veracity", "refuted", "a", 0)]
    assert with_votes(ITEMS, corpus(tmp_path, rows)).votes == {}


def test_dataset_without_votes_leaves_the_items_as_they_are(tmp_path):
    assert with_votes(ITEMS, SimpleNamespace(path=tmp_path)) is ITEMS
