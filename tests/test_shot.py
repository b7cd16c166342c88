"""Worked examples: where they may come from, what is sent, and that none is of what is asked."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import date

import pyarrow.parquet as pq
import pytest

from harness import paths
from harness.dataset.published import PublishedDataset
from harness.errors import ConfigError, InputError
from harness.evaluate import prepare
from harness.evidence import Gold
from harness.label import Task, Veracity
from harness.schema import Evidence, Question
from harness.shot import Drawn, Shot, ShotPrompt, drawn
from harness.system.few_shot import FewShot
from harness.system.llm import LlmFactChecker, Prompt
from harness.task.veracity import VeracityTask
from tests.configs.test_compose import composed
from tests.engine.conftest import server  # noqa: F401 - a fixture

LABELS = tuple(Veracity)
WORDS = {
    "system": "Check.",
    "user": "{passages}\n{claim}\n{labels}\n{answer}",
    "definitions": dict.fromkeys(LABELS, "so"),
}


def question(id_, claim="It rained."):
    evidence = (Evidence(id="a1.s01", text="Rain fell."),)
    return Question(id=id_, task=Task.VERACITY, claim=claim, evidence=evidence, labels=LABELS, as_of=date(2025, 9, 6))


def pool(**n_of_label):
    return [Shot(question(f"{label}{i}"), label) for label, n in n_of_label.items() for i in range(n)]


class Nobody:
    name = "nobody"


@pytest.fixture(scope="session")
def split(tmp_path_factory):
    """The shipped dataset with six clusters set aside as the split `examples`, as the build lays it out."""
    root = tmp_path_factory.mktemp("split") / "dataset"
    shutil.copytree(paths.dataset() / "data", root / "data", ignore=shutil.ignore_patterns("votes"))
    claims = pq.read_table(root / "data/claims/test.parquet").to_pylist()
    aside = set(sorted({row["cluster"] for row in claims})[:6])
    kept = {row["id"] for row in claims if row["cluster"] in aside}
    for kind, key in (("claims", "id"), ("pairs", "claim")):
        table = pq.read_table(root / f"data/{kind}/test.parquet")
        mask = [value in kept for value in table[key].to_pylist()]
        pq.write_table(table.filter(mask), root / f"data/{kind}/examples.parquet")
        pq.write_table(table.filter([not held for held in mask]), root / f"data/{kind}/test.parquet")
    return root


def test_examples_are_drawn_evenly_over_the_labels_and_by_the_seed():
    rows = pool(supported=9, refuted=9, conflicting=1)
    chosen = drawn(rows, 7, seed=0)
    assert Counter(shot.label for shot in chosen) == {"supported": 3, "refuted": 3, "conflicting": 1}
    assert drawn(rows[::-1], 7, seed=0) == chosen
    assert drawn(rows, 7, seed=1) != chosen


def test_too_few_examples_are_told():
    with pytest.raises(InputError, match="there are 2 examples to draw from; expected at least 3"):
        drawn(pool(supported=2), 3, seed=0)


def test_examples_are_turns_of_the_chat_in_the_words_of_the_prompt():
    prompt = Prompt(**WORDS)
    made = ShotPrompt(prompt, Drawn((Shot(question("q1", "It snowed."), "refuted"),))).messages(question("q2"), "json")
    assert [m.role for m in made] == ["system", "user", "assistant", "user"]
    assert made[1] == prompt.messages(question("q1", "It snowed."), "json")[1]
    assert json.loads(made[2].content) == {"label": "refuted"}
    assert (made[0], made[3]) == prompt.messages(question("q2"), "json")


def test_an_example_answers_by_letter_where_letters_are_asked_for():
    made = ShotPrompt(Prompt(**WORDS), Drawn((Shot(question("q1"), "refuted"),))).messages(question("q2"), "logprobs")
    assert made[2].content == "B"


def test_an_example_gives_its_reason_before_its_label_and_its_passages_after():
    prompt = Prompt(**WORDS, rationale=True, cite=True)
    [*_, said, _] = ShotPrompt(prompt, Drawn((Shot(question("q1"), "refuted", "It did not."),))).messages(
        question("q2"), "json"
    )
    assert said.content == '{"rationale": "It did not.", "label": "refuted", "evidence": ["a1.s01"]}'


def test_an_example_without_a_written_reason_cannot_show_one():
    prompt = ShotPrompt(Prompt(**WORDS, rationale=True), Drawn((Shot(question("q1"), "refuted"),)))
    with pytest.raises(ConfigError, match='example "q1" has no written reason'):
        prompt.messages(question("q2"), "json")


def test_a_reason_does_not_fit_into_a_letter():
    with pytest.raises(ConfigError, match=r"one letter holds neither; expected system\.answer=json"):
        Prompt(**WORDS, rationale=True).messages(question("q1"), "logprobs")


@pytest.mark.parametrize("task", ["veracity", "stance"])
def test_the_shipped_few_shot_prompt_draws_from_the_split_examples_alone(split, task):
    parts = prepare(
        composed("evaluate", "system=llm", f"task={task}", f"prompt={task}_few_shot", f"dataset.path={split}")
    )
    aside = PublishedDataset("vladivostok-claims", str(split), "examples").load()
    asked = parts.items.questions[0]
    _, *turns, _ = parts.system.prompt.messages(asked, "json" if task == "veracity" else "logprobs")
    assert len(turns) == 8
    texts = {claim.text for claim in aside.claims.values()}
    assert all(any(text.translate({60: "‹", 62: "›"}) in turn.content for text in texts) for turn in turns[::2])
    assert {aside.claims[id_].cluster for id_ in aside.claims}.isdisjoint(parts.items.clusters.values())


def test_a_dataset_without_the_split_is_told(tmp_path, split):
    shutil.copytree(split, tmp_path / "none", ignore=shutil.ignore_patterns("examples.parquet"))
    parts = composed("evaluate", "system=llm", "prompt=veracity_few_shot", f"dataset.path={tmp_path / 'none'}")
    with pytest.raises(InputError, match=r"examples.parquet is missing; expected the split 'examples'"):
        prepare(parts).system.prompt.messages(question("q1"), "json")


def test_few_shot_of_folds_is_never_shown_a_cluster_that_it_is_asked_about():
    items = VeracityTask().items(PublishedDataset("vladivostok-claims").load(), Gold())
    parts = prepare(composed("evaluate", "system=llm_few_shot"))
    folds = parts.protocol.folds(items)
    by_claim = {q.claim: q.id for q in items.questions}
    assert len(by_claim) == len(items.questions)
    for fold in sorted(set(folds.values())):
        training = [q for q in items.questions if folds[q.id] != fold]
        fitted = parts.system.fit(training, {q.id: items.gold[q.id] for q in training})
        shots = fitted.prompt.examples.chosen
        assert {items.clusters[s.question.id] for s in shots}.isdisjoint(
            items.clusters[id_] for id_ in folds if folds[id_] == fold
        )
        assert all(s.label == items.gold[s.question.id] for s in shots)
        assert len({s.label for s in shots}) == 4


def test_few_shot_refuses_a_prompt_with_examples_of_its_own():
    prompt = ShotPrompt(Prompt(**WORDS), Drawn(()))
    with pytest.raises(ConfigError, match="a prompt without examples"):
        FewShot(LlmFactChecker(Nobody(), prompt))


def test_a_change_of_the_examples_is_another_run(split, tmp_path):
    from harness.run import identity

    words = ["system=llm", "prompt=veracity_few_shot"]
    changed = tmp_path / "changed"
    shutil.copytree(split, changed)
    table = pq.read_table(changed / "data/claims/examples.parquet")
    pq.write_table(
        table.set_column(table.schema.get_field_index("justification"), "justification", [["No."] * len(table)]),
        changed / "data/claims/examples.parquet",
    )
    shutil.copytree(split, tmp_path / "copy")
    first, moved, other = (
        identity(composed("evaluate", *words, f"dataset.path={path}"), "0" * 64)
        for path in (split, tmp_path / "copy", changed)
    )
    assert first == moved
    assert first != other


@pytest.mark.parametrize("task", ["veracity", "stance"])
def test_the_shipped_split_gives_its_examples_from_the_command_line(veristance, server, task):  # noqa: F811
    words = [
        f"task={task}",
        f"prompt={task}_few_shot",
        "client=openai",
        f"client.base_url={server.url}",
        "client.model=m",
    ]
    code, _, err = veristance("evaluate", "system=llm", "system.answer=json", "sample=60", *words, "prompt.n=3")
    assert code == 0, err
    aside = PublishedDataset("vladivostok-claims", split="examples").load()
    texts = {claim.text for claim in aside.claims.values()}
    assert server.bodies
    for body in server.bodies:
        _, *turns, asked = body["messages"]
        assert [turn["role"] for turn in turns] == ["user", "assistant"] * 3
        assert all(any(f"<claim>{text}</claim>" in turn["content"] for text in texts) for turn in turns[::2])
        assert len({turn["content"] for turn in turns[1::2]}) == 3  # three labels
        assert not any(f"<claim>{text}</claim>" in asked["content"] for text in texts)
