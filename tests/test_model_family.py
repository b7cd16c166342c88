"""Families of models by name, and the warning where one voted on the labels that its systems are scored by."""

import pytest

from harness.model_family import families, models


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Claude (Anthropic), version not recorded", {"Claude"}),
        ("anthropic/claude-sonnet-4", {"Claude"}),
        ("claude3-haiku", {"Claude"}),
        ("gpt-4.1-mini", {"GPT"}),
        ("openai/o3-mini", {"GPT"}),
        ("o1", {"GPT"}),
        ("meta-llama/Llama-3.1-8B", {"Llama"}),
        ("DeepSeek-R1-Distill-Qwen-7B", {"DeepSeek", "Qwen"}),
        ("SmolLM2-135M-Instruct.Q4_1.gguf", {"SmolLM"}),
        ("qwen2.5-coder-0.5b", {"Qwen"}),
        ("my-deployment", set()),
        ("commander-7b", set()),
        ("foo1", set()),
    ],
)
def test_a_name_tells_its_family_or_none(name, told):
    assert families(name) == told


def test_models_are_found_at_any_depth():
    packaged = {"_target_": "harness.packaged_model.PackagedModel", "file": "SmolLM2.gguf"}
    config = {
        "members": [
            {"client": {"_target_": "harness.client.openai.OpenAI", "model": "gpt-4.1"}},
            {"client": {"_target_": "harness.client.llama_cpp.LlamaCpp", "model": packaged}},
            {"client": {"_target_": "harness.client.llama_cpp.LlamaCpp", "model": "/claude/b.gguf"}},
        ]
    }
    assert list(models(config)) == ["gpt-4.1", "SmolLM2.gguf", "b.gguf"]


def test_the_report_warns_where_a_family_voted_on_the_labels_and_else_does_not(veristance, tmp_path):
    (tmp_path / "answers.jsonl").write_text("")
    words = ["evaluate", "system=llm", "sample=20", "client=replay"]
    for model in ("claude-sonnet-4", "gpt-4.1"):
        assert veristance(*words, f"client.model={model}")[0] == 4  # nothing is recorded: what is tested is the warning
    assert veristance("evaluate", "system=majority", "sample=20")[0] == 0
    code, _, err = veristance("compare", "runs=[runs/veracity/*]")
    assert code == 0, err
    report = (tmp_path / "reports/latest/report.md").read_text()
    assert "Models of the family Claude voted on the labels, and llm (claude-sonnet-4) asks one of it" in report
    assert "gpt-4.1) asks" not in report
