"""The embedded language model on every evidence setting, from the command line to the gap that the report shows."""

from __future__ import annotations

import json
import os

import pytest

from harness.evidence.ranking import Retrieval
from harness.run import read_manifest, read_predictions

pytestmark = pytest.mark.integration

SAMPLE = "sample=3"  # a busy core answers one question in five seconds


def shown(folder):
    """The ids of the passages that each question's message shows."""
    rows = read_predictions(folder, set(read_manifest(folder).declared))
    return {
        id_: [part.split('"')[0] for part in row.messages[1].content.split('<passage id="')[1:]]
        for id_, row in sorted(rows.items())
    }


@pytest.mark.parametrize("model", ["embedded", "VERISTANCE_GGUF"])
def test_a_real_model_answers_in_every_setting_and_the_report_shows_the_gap(veristance, tmp_path, model):
    own = []
    if model != "embedded":
        if not os.environ.get(model):
            pytest.skip("VERISTANCE_GGUF names no model: a GGUF file of half a billion parameters or more")
        own = [f"client.model={os.environ[model]}", "client.context=4096"]
    settings = ("gold", "none", "noisy", "gold_removed", "retrieved")
    code, _, err = veristance("evaluate", "-m", "system=llm", f"evidence={','.join(settings)}", SAMPLE, *own)
    assert code == 0, err
    folders = {
        json.loads((f / "manifest.json").read_text())["evidence"]: f for f in tmp_path.glob("runs/veracity/llm-*")
    }
    seen = {name: shown(folders[name]) for name in settings}
    assert len({tuple(by_question) for by_question in seen.values()}) == 1  # the same declared sample
    for id_, gold in seen["gold"].items():
        assert seen["none"][id_] == []
        assert set(gold) < set(seen["noisy"][id_])
        assert set(gold).isdisjoint(seen["gold_removed"][id_])
        assert len(seen["retrieved"][id_]) == 5
    saved = folders["retrieved"] / "retrieval.jsonl"
    code, _, err = veristance("evaluate", "system=llm", "evidence=frozen", f"evidence.path={saved}", SAMPLE, *own)
    assert code == 0, err
    (frozen,) = (f for f in tmp_path.glob("runs/veracity/llm-*") if f not in folders.values())
    assert shown(frozen) == seen["retrieved"]
    assert "reciprocal rank fusion" in Retrieval.read(saved).head.method
    code, _, err = veristance("compare", "runs=[runs/veracity/*]")
    assert code == 0, err
    report = (tmp_path / "reports/latest/report.md").read_text()
    assert "The systems had unequal evidence: frozen, gold, gold_removed, noisy, none, retrieved." in report
    assert "| llm (gold) | llm (none) |" in report or "| llm (none) | llm (gold) |" in report
    assert "Recall@k %" in report


def test_the_whole_articles_as_a_folder_have_every_gold_passage(veristance, tmp_path):
    from harness import paths

    seeds = paths.checkout() / "seeds"
    code, _, err = veristance(
        "evaluate", "system=majority", "evidence=retrieved_folder", f"evidence.collection.path={seeds}"
    )
    assert code == 0, err
    (path,) = tmp_path.glob("runs/veracity/majority-*/evidence.json")
    made = json.loads(path.read_text())
    assert (made["retrieval"]["n_passages"], made["retrieval"]["n_withheld"]) == (80, 0)
    assert {score["measure"]: score["value"] for score in made["scores"] if score["of"] == "ranking"}["R@10"] > 0.9
