"""Labels of a system that annotators find chosen: shown on the real screen, kept or changed by a person, and told as anchoring."""

from __future__ import annotations

import json

import pytest

from .conftest import command, make_checkout

pytestmark = pytest.mark.integration


def test_labels_of_a_run_are_found_chosen_and_what_is_kept_is_told(studio, annotate, screen, tmp_path):
    root = make_checkout(tmp_path / "checkout")
    code, _, err = command("evaluate", "system=majority", "task=veracity", "sample=10", cwd=tmp_path)
    assert code == 0, err
    (run,) = (tmp_path / "runs" / "veracity").iterdir()
    answers = [json.loads(line) for line in (run / "predictions.jsonl").read_bytes().splitlines()]
    kept, changed = (row["id"] for row in answers[:2])
    blind = next(id_ for id_ in ("vc-0001", "vc-0002") if id_ not in {row["id"] for row in answers})
    label = answers[0]["label"]
    other = "conflicting" if label != "conflicting" else "refuted"
    words = ("round=30", "tasks=[veracity]")
    annotate(root, "do=push", *words, "annotators=[p1]", f"items=[{kept},{changed},{blind}]", f"prefill={run}")

    _, tasks = studio.project("r30-p1-veracity")
    assert {item: task["data"].get("prefilled") for item, task in tasks.items()} == {
        kept: label, changed: label, blind: None
    }  # fmt: skip
    screen.login("ann")
    screen.open("r30-p1-veracity", blind)
    screen.shows_chosen()
    screen.open("r30-p1-veracity", kept)
    screen.shows_chosen(label)
    screen.send()
    screen.open("r30-p1-veracity", changed)
    screen.choose(other)
    screen.shows_chosen(other)
    screen.send()

    out = annotate(root, "do=pull", *words)
    assert "r30-p1-veracity: 2 of 3 voted on" in out
    entries = json.loads((root / "dataset/annotation/r30-p1-veracity.json").read_text("utf-8"))
    votes = {e["data"]["item"]: e["annotations"][0]["result"][0]["value"]["choices"] for e in entries}
    assert votes == {kept: [label], changed: [other]}
    page = (root / "report" / "annotation-report.html").read_text("utf-8")
    assert "<td>p1</td><td>veracity</td><td>2</td><td>0.50</td>" in page


def test_push_without_a_run_shows_nothing_chosen(studio, annotate, tmp_path):
    root = make_checkout(tmp_path / "checkout")
    annotate(root, "do=push", "round=31", "annotators=[p1]", "tasks=[veracity]", "items=[vc-0001]")
    project, tasks = studio.project("r31-p1-veracity")
    assert "prefilled" not in tasks["vc-0001"]["data"]
    assert studio.admin.call("GET", f"/api/predictions/?project={project}") == []
    assert studio.admin.call("GET", f"/api/projects/{project}/")["show_collab_predictions"] is False


def test_run_on_another_task_is_refused(annotate, tmp_path):
    root = make_checkout(tmp_path / "checkout")
    code, _, err = command("evaluate", "system=majority", "task=veracity", "sample=10", cwd=tmp_path)
    assert code == 0, err
    (run,) = (tmp_path / "runs" / "veracity").iterdir()
    words = ("do=push", "round=32", "annotators=[p1]", "tasks=[stance]", "items=[all]", f"prefill={run}")
    assert "is a run on veracity; expected 'tasks=[veracity]' with it" in annotate(root, *words, code=2)
