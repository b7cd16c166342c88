"""Other tools' files, by a map, into answers joined by id."""

import json

import pytest

from harness.errors import ConfigError, InputError
from harness.system.prediction_map import PredictionMap
from harness.system.predictions import SavedPredictions


def test_several_columns_are_the_id_and_what_is_there_again_gets_a_number(tmp_path):
    (tmp_path / "a.csv").write_text("Headline,Body ID,Stance\nh,1,agree\nh,1,discuss\nh,2,unrelated\n")
    made = PredictionMap(id=["_split", "Body ID", "Headline"], label="Stance", fields={"_split": "test"})
    found = [row for _, row in made.rows(str(tmp_path / "a.csv"))]
    assert [row["label"] for row in found] == ["agree", "discuss", "unrelated"]
    assert found[1]["id"] == f"{found[0]['id']}-2"
    assert len({row["id"] for row in found}) == 3


def test_score_above_the_threshold_is_one_label_and_all_else_the_other(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"k1": 0.5, "k2": 0.6, "k3": 0}))
    made = PredictionMap(id="key", score="value", threshold=0.5, above="yes", below="no", format={"rows": "*"})
    assert [(row["id"], row["label"]) for _, row in made.rows(str(tmp_path / "a.json"))] == [
        ("k1", "no"), ("k2", "yes"), ("k3", "no"),
    ]  # fmt: skip


def test_labels_are_translated_and_null_abstains(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"n": 0, "said": "T"}\n{"n": 1, "said": "?"}\n{"n": 2, "said": ""}\n')
    made = PredictionMap(id="n", prefix="dev-", label="said", labels={"T": "true", "?": None})
    assert [row for _, row in made.rows(str(tmp_path / "a.jsonl"))] == [
        {"id": "dev-0", "label": "true"}, {"id": "dev-1", "outcome": "abstained"}, {"id": "dev-2", "outcome": "abstained"},
    ]  # fmt: skip


def test_fault_is_told_by_line(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"n": 0, "s": 0.1}\n{"n": 1, "s": "high"}\n')
    made = PredictionMap(id="n", score="s", above="a", below="b")
    with pytest.raises(InputError, match=r"a\.jsonl line 2 has s that is no number"):
        list(made.rows(str(tmp_path / "a.jsonl")))
    with pytest.raises(InputError, match=r"a\.jsonl line 1 has no column 'x'; expected one of n, s"):
        list(PredictionMap(id="x", label="s").rows(str(tmp_path / "a.jsonl")))


def test_neither_label_nor_score_is_told():
    with pytest.raises(ConfigError, match="both or neither of label and score"):
        PredictionMap(id="n")


def test_questions_without_a_row_are_not_asked_where_they_are_left_out(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "one", "label": "x"}\n')
    path = str(tmp_path / "a.jsonl")
    assert SavedPredictions(path, missing="leave_out").join({"one", "two"}, ("one", "two")) == ("one",)
    assert SavedPredictions(path, missing="fail").join({"one", "two"}, ("one", "two")) == ("one", "two")


def test_several_files_are_one_system_and_an_id_in_both_is_told(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "one", "label": "x"}\n')
    (tmp_path / "b.jsonl").write_text('{"id": "two", "label": "y"}\n')
    paths = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    assert SavedPredictions(paths).rows.keys() == {"one", "two"}
    with pytest.raises(InputError, match=r'answers "one" .* twice'):
        _ = SavedPredictions([paths[0], paths[0]]).rows
