"""Our questions for other harnesses: the same words, the same reading of answers, the same scores."""

import importlib.util
import json
import sys

import pytest
from sklearn.metrics import f1_score

from harness.answer import Unparsable, read_label

VERACITY = ["supported", "refuted", "conflicting", "not_enough_evidence"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The folder with the veracity task for lm-evaluation-harness, and its module of scores."""
    from hydra import compose, initialize_config_dir
    from hydra.core.hydra_config import HydraConfig

    from harness import paths
    from harness.exchange.export import export
    from harness.instantiate import make, resolved

    with initialize_config_dir(str(paths.configs()), version_base="1.3"):
        composed = compose("export", ["to=lm_eval"], return_hydra_config=True)
        HydraConfig.instance().set_config(composed)
        plain = resolved(composed)
    made = make({key: plain[key] for key in ("dataset", "task", "evidence", "prompt")})
    corpus = made["dataset"].load()
    items = made["task"].items(corpus, made["evidence"])
    folder = tmp_path_factory.mktemp("exported")
    export(items, made["prompt"], corpus, "gold", "lm_eval", folder)
    spec = importlib.util.spec_from_file_location("veristance_scores", folder / "veristance_scores.py")
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return folder, module, items, made["prompt"]


def rows(folder):
    return [json.loads(line) for line in (folder / "veristance_veracity.jsonl").read_text("utf-8").splitlines()]


def test_every_question_is_there_with_the_words_that_we_send(exported):
    folder, _, items, prompt = exported
    written = {row["id"]: row for row in rows(folder)}
    assert written.keys() == {question.id for question in items.questions}
    for question in items.questions[::97]:
        row = written[question.id]
        assert [row["system"], row["user"]] == [message.content for message in prompt.messages(question, "json")]
        assert [row["system_letters"], row["user_letters"]] == [
            m.content for m in prompt.messages(question, "logprobs")
        ]
        assert row["target"] == items.gold[question.id] == row["labels"][row["target_index"]]


ANSWERS = [
    '{"label": "refuted"}',
    '```json\n{"label": "Supported"}\n```',
    "supported.",
    "The claim is supported.",
    '{"label": "refuted", "label": "supported"}',
    "I'm sorry, but I can't help with that.",
    "<think>supported?</think>\nconflicting",
    "NOT_SUPPORTED",
    "",
]


@pytest.mark.parametrize("said", ANSWERS)
def test_an_answer_is_read_as_we_read_it(exported, said):
    _, module, _, _ = exported
    try:
        ours = read_label(said, VERACITY).label
    except Unparsable:
        ours = None
    assert module.read(said, VERACITY) == ours


def test_the_exported_scores_are_scikit_learns_on_what_was_answered(exported):
    _, module, _, _ = exported
    gold = ["supported", "refuted", "refuted", "conflicting", "supported", "refuted"]
    given = ["supported", "refuted", "supported", "refuted", None, "refuted"]
    items = [[VERACITY, g, p] for g, p in zip(gold, given, strict=True)]
    kept = [(g, p) for g, p in zip(gold, given, strict=True) if p]
    expected = f1_score(*zip(*kept, strict=True), labels=VERACITY, average="macro", zero_division=0)
    assert module.macro_f1(items) == pytest.approx(expected, abs=1e-12)
    assert module.accuracy(items) == pytest.approx(3 / 5)
    assert module.coverage(items) == pytest.approx(5 / 6)


def test_a_prompt_with_a_reason_has_no_task_of_letters(veristance, tmp_path):
    code, out, _ = veristance("export", "to=lm_eval", "prompt=veracity_reason", "out=tasks")
    assert code == 0
    assert [path.name for path in (tmp_path / "tasks").glob("*.yaml")] == ["veristance_veracity.yaml"]
    assert "lm_eval run --include_path" in out


def test_a_harness_that_is_not_known_is_one_sentence(veristance):
    code, _, err = veristance("export", "to=helm")
    assert (code, err.count("\n")) == (2, 1)
    assert "to is 'helm'; expected lm_eval, inspect, eee or hub_results" in err
