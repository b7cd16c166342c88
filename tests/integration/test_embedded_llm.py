"""The embedded language model from the command line to the report: real answers, the same twice, and what they cost."""

from __future__ import annotations

import json

import pytest

from harness.run import read_manifest, read_predictions

pytestmark = pytest.mark.integration


def saved(folder):
    return list(read_predictions(folder, set(read_manifest(folder).declared)).values())


@pytest.mark.parametrize("task", ["veracity", "stance"])
def test_llm_answers_for_real_and_the_same_when_asked_afresh(veristance, tmp_path, task):
    kept = []
    for _ in range(2):
        code, _, err = veristance("evaluate", "system=llm", f"task={task}", "sample=8", "fresh=true")
        assert code == 0, err
        (folder,) = (tmp_path / "runs" / task).iterdir()
        rows = saved(folder)
        scores = [s for s in json.loads((folder / "scores.json").read_text()) if not s["metric"].startswith("latency")]
        kept.append((scores, [row.model_copy(update={"seconds": None}) for row in rows]))
    assert kept[0] == kept[1]
    assert 0 < len(rows) <= 8
    for row in rows:
        assert row.raw
        assert row.n_tokens_in
        assert row.messages[1].content.count("<claim>") == 1
        assert (row.probabilities is None) == (task == "veracity")


def test_report_holds_the_models_name_and_speed(veristance, tmp_path):
    assert veristance("evaluate", "-m", "system=majority,llm", "task=veracity", "sample=8")[0] == 0
    code, out, _ = veristance("compare")
    assert code == 0
    assert "Tokens/s" in out
    page = (tmp_path / "reports/latest/report.html").read_text()
    assert "SmolLM2-135M-Instruct" in page


def test_closed_book_setting_sends_no_passage(veristance, tmp_path):
    assert veristance("evaluate", "system=llm", "evidence=none", "sample=4")[0] == 0
    (folder,) = tmp_path.glob("runs/veracity/llm-*")
    sent = [row.messages[1].content for row in saved(folder)]
    assert sent
    assert all("No passages are given." in words and "<passage" not in words for words in sent)


def test_samples_of_a_real_model_differ_by_number_and_are_the_same_when_drawn_again(veristance, tmp_path):
    kept = []
    for _ in range(2):
        words = ["system=llm_self_consistency", "sample=4", "system.temperature=1.5", "fresh=true"]
        code, _, err = veristance("evaluate", *words)
        assert code == 0, err
        (folder,) = tmp_path.glob("runs/veracity/llm_self_consistency-*")
        kept.append({row.id: row.model_copy(update={"seconds": None}) for row in saved(folder)})
    assert kept[0] == kept[1]
    rows = kept[0].values()
    assert any(len(set(json.loads(row.raw).values())) > 1 for row in rows)
    for row in rows:
        assert row.n_requests >= 5
        if row.probabilities:
            assert max(row.probabilities, key=row.probabilities.get) == row.label


@pytest.mark.parametrize("system", ["llm_panel", "llm_decompose", "llm_calibrated"])
def test_every_fact_checker_asks_a_real_model(veristance, tmp_path, system):
    fit = ["system.n=4"] if system == "llm_calibrated" else []
    code, _, err = veristance("evaluate", f"system={system}", "sample=4", *fit)
    assert code == 0, err
    (folder,) = tmp_path.glob(f"runs/veracity/{system}-*")
    rows = saved(folder)
    assert rows
    assert all(row.raw and row.n_tokens_in for row in rows)
    assert {row.outcome.value for row in rows} <= {"answered", "abstained", "unparsable"}
