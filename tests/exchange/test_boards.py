"""Scores for results boards: valid by the boards' own schema, with our figures and intervals."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from huggingface_hub.repocard_data import model_index_to_eval_results


@pytest.fixture
def run(veristance, tmp_path):
    """A run, and its scores on all questions by metric."""
    assert veristance("evaluate", "system=tfidf")[0] == 0
    (folder,) = (tmp_path / "runs" / "veracity").glob("tfidf-*")
    rows = json.loads((folder / "scores.json").read_text())
    return {row["metric"]: row for row in rows if row["slice"] == "all" and row["value"] is not None}


def records(veristance, tmp_path, *more):
    code, _, err = veristance("export", "to=eee", "runs=[runs/veracity/*]", "out=boards", *more)
    assert code == 0, err
    return [json.loads(path.read_text("utf-8")) for path in (tmp_path / "boards").rglob("*.json")]


def test_a_record_has_every_score_with_its_interval(veristance, tmp_path, run):
    (record,) = records(veristance, tmp_path)
    found = {result["metric_config"]["metric_id"]: result["score_details"] for result in record["evaluation_results"]}
    assert found.keys() == run.keys()
    for metric, score in run.items():
        assert found[metric]["score"] == score["value"]
        if score["low"] is not None:
            ends = found[metric]["uncertainty"]["confidence_interval"]
            assert (ends["lower"], ends["upper"], ends["confidence_level"]) == (score["low"], score["high"], 0.95)
    assert record["model_info"]["id"] == "veristance/tfidf"


def test_the_same_run_gives_the_same_record(veristance, tmp_path, run):
    assert records(veristance, tmp_path) == records(veristance, tmp_path)


@pytest.mark.integration
def test_a_record_is_valid_by_every_eval_evers_schema(veristance, tmp_path, run):
    from jsonschema.validators import validator_for

    # The wheel wants another Python than ours may be; its schema alone is read. EVERY_EVAL_EVER may name a wheel.
    wheel = os.environ.get("EVERY_EVAL_EVER")
    if not wheel:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--ignore-requires-python",
            "every-eval-ever==0.3.0",
        ]
        done = subprocess.run(
            [*command, "--dest", str(tmp_path)], capture_output=True, text=True, timeout=280, check=False
        )
        if done.returncode:
            pytest.skip(f"the wheel of every-eval-ever 0.3.0 cannot be had: {done.stderr[-200:]}")
        (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(Path(wheel)) as archive:
        schema = json.loads(archive.read("every_eval_ever/schemas/eval.schema.json"))
    assert schema["version"] == "0.3.0"
    validator = validator_for(schema)(schema)
    for more in ([], ["hub_dataset=me/news", "organization=Some Lab"]):
        (record,) = records(veristance, tmp_path, *more)
        assert [error.message for error in validator.iter_errors(record)] == []
    # It is no schema that takes anything.
    broken = json.loads(json.dumps(record))
    broken["evaluation_results"][0]["score_details"]["uncertainty"]["confidence_interval"]["lower"] = "low"
    assert [error.message for error in validator.iter_errors(broken)] != []


def test_the_hubs_formats_are_read_by_its_client(veristance, tmp_path, run):
    code, _, err = veristance("export", "to=hub_results", "runs=[runs/veracity/*]", "out=boards", "hub_dataset=me/news")
    assert code == 0, err
    (path,) = (tmp_path / "boards").rglob(".eval_results/*.yaml")
    (entry,) = yaml.safe_load(path.read_text("utf-8"))
    assert entry["dataset"] == {"id": "me/news", "task_id": "veracity"}
    assert entry["value"] == run["macro_f1"]["value"]
    assert "95 % interval" in entry["notes"]
    index = yaml.safe_load(next((tmp_path / "boards").rglob("model-index.yaml")).read_text("utf-8"))
    name, results = model_index_to_eval_results(index["model-index"])
    assert name == "tfidf"
    assert {r.metric_type: r.metric_value for r in results} == {metric: score["value"] for metric, score in run.items()}
    assert all(r.metric_args["low"] == run[r.metric_type]["low"] for r in results)


def test_the_hubs_formats_need_to_know_where_the_dataset_is(veristance, run):
    code, _, err = veristance("export", "to=hub_results", "runs=[runs/veracity/*]")
    assert (code, err.count("\n")) == (2, 1)
    assert "hub_dataset has no value; expected where the dataset is published" in err
