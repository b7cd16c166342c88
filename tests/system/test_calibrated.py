"""The fit against scikit-learn and against known bias; the system out of fold, through the engine, with a model that favours one label."""

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pytest
from sklearn.metrics import log_loss

from harness.client import ClientError, LabelScores
from harness.errors import ConfigError, InputError
from harness.label import Outcome, Task
from harness.schema import Question
from harness.system.calibrated import RIDGE, Calibrated, fitted
from harness.system.llm import LlmFactChecker, Prompt

LABELS = ("supported", "refuted", "not_enough_evidence")
PROMPT = Prompt("Check.", "{passages}\n{claim}\n{labels}\n{answer}", dict.fromkeys(LABELS, "so"))


@dataclass
class Biased:
    """Knows the label, which is the claim's first word, by one nat, and favours the first letter by three."""

    asked: Counter = field(default_factory=Counter)
    name: str = "biased"
    silent: bool = False

    def complete(self, messages, schema):
        raise AssertionError("letters are asked for")

    def score_labels(self, messages, labels):
        words = messages[1].content.split("<claim>")[1].split("</claim>")[0]
        self.asked[words] += 1
        told = LABELS.index(words.split()[0])
        values = {letter: 3.0 * (k == 0) + 1.0 * (k == told) for k, letter in enumerate(labels)}
        return LabelScores(
            raw="A", n_tokens_in=1, n_tokens_out=1, seconds=0.1, finish_reason="length", log_probabilities=values
        )


def question(number, label):
    claim = f"{label} {number}"
    return Question(id=claim, task=Task.VERACITY, claim=claim, labels=LABELS, as_of=date(2025, 9, 6))


def pool(n, start=0):
    made = [question(k, LABELS[k % 3]) for k in range(start, start + n)]
    return made, {q.id: q.id.split()[0] for q in made}


def test_a_known_bias_is_taken_out_and_unseen_questions_are_right():
    model = Biased()
    checker = LlmFactChecker(model, PROMPT, answer="logprobs")
    asked, gold = pool(30, start=100)
    assert {p.label for p in checker.predict(asked)} == {"supported"}
    fit = Calibrated(checker, n=60).fit(*pool(90))
    rows = {p.id: p for p in fit.predict(asked)}
    assert {id_: row.label for id_, row in rows.items()} == gold
    # The favour is 3 for the first label and 0 for the others: centred, 2, -1, -1; the ridge holds a little of it back.
    assert list(fit.bias.values()) == pytest.approx([-2, 1, 1], abs=0.15)
    for row in rows.values():
        assert sum(row.probabilities.values()) == pytest.approx(1)
        assert max(row.probabilities, key=row.probabilities.get) == row.label
        assert max(json.loads(row.raw).values()) == pytest.approx(4 if row.label == "supported" else 3)


def test_the_fit_is_the_least_of_its_loss_as_scikit_learn_reckons_it():
    rng = np.random.default_rng(0)
    scores, right = rng.normal(size=(200, 4)), rng.integers(0, 4, 200)
    weights = np.where(right == 0, 3.0, 1.0)
    scale, bias = fitted(scores, right, weights)

    def loss(bias, scale=1.0):
        z = scale * (scores + bias)
        shares = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return log_loss(right, shares, sample_weight=weights, labels=range(4))

    def whole(bias):
        return loss(bias) + RIDGE / 2 * (bias**2).sum()

    for step in np.vstack([np.eye(4), -np.eye(4)]) * 0.02:
        assert whole(bias) < whole(bias + step)
    assert loss(bias, scale) < min(loss(bias, scale * 1.05), loss(bias, scale / 1.05))
    assert bias.sum() == pytest.approx(0, abs=1e-9)


def test_no_bias_is_found_where_there_is_none():
    rng = np.random.default_rng(1)
    right = rng.integers(0, 3, 3000)
    scores = np.log(np.full((3000, 3), 0.2))
    scores[np.arange(3000), np.where(rng.random(3000) < 0.6, right, rng.integers(0, 3, 3000))] = math.log(0.6)
    _, bias = fitted(scores, right, np.ones(3000))
    assert bias == pytest.approx(np.zeros(3), abs=0.1)


def test_the_questions_of_the_fit_are_even_over_labels_few_and_asked_once_for_all_folds():
    model = Biased()
    system = Calibrated(LlmFactChecker(model, PROMPT, answer="logprobs"), n=30)
    questions, gold = pool(150)
    for fold in range(5):
        system.fit([q for k, q in enumerate(questions) if k % 5 != fold], gold)
    assert set(model.asked.values()) == {1}
    assert 30 <= sum(model.asked.values()) < 60  # five times 30 without what the folds share
    first = Biased()
    Calibrated(LlmFactChecker(first, PROMPT, answer="logprobs"), n=30).fit(questions, gold)
    assert Counter(words.split()[0] for words in first.asked) == dict.fromkeys(LABELS, 10)


def test_real_shares_move_the_bias_towards_the_frequent_label():
    questions, gold = pool(120)
    kept = [q for k, q in enumerate(questions) if gold[q.id] == "refuted" or k % 4 == 0]
    even, real = (
        Calibrated(LlmFactChecker(Biased(), PROMPT, answer="logprobs"), n=None, balanced=balanced).fit(kept, gold)
        for balanced in (True, False)
    )
    assert real.bias["refuted"] > even.bias["refuted"] + 0.5


def test_json_has_nothing_to_calibrate():
    with pytest.raises(ConfigError, match="answer is json, which has no probabilities"):
        Calibrated(LlmFactChecker(Biased(), PROMPT)).fit(*pool(9))


def test_a_model_that_scores_nothing_ends_with_its_cause(tmp_path):
    from harness.client.replay import Replay

    (tmp_path / "none.jsonl").write_text("")
    checker = LlmFactChecker(Replay(str(tmp_path / "none.jsonl")), PROMPT, answer="logprobs")
    with pytest.raises(InputError, match="none of 9 training questions has label log-probabilities"):
        Calibrated(checker).fit(*pool(9))


@dataclass
class Stumbling(Biased):
    """Fails the first time that it is asked each of some questions."""

    faults: int = 12

    def score_labels(self, messages, labels):
        if sum(self.asked.values()) < self.faults:
            self.asked[messages[1].content] += 1
            raise ClientError("the moment's fault")
        return super().score_labels(messages, labels)


def test_a_fault_of_the_moment_is_told_and_asked_again_for_the_next_fold(caplog):
    model = Stumbling()
    system = Calibrated(LlmFactChecker(model, PROMPT, answer="logprobs"), n=30)
    questions, gold = pool(30)
    system.fit(questions, gold)
    assert "calibrated without 12 of 30 training questions (the moment's fault" in caplog.text
    caplog.clear()
    fit = system.fit(questions, gold)
    assert "calibrated without" not in caplog.text
    assert fit.bias["supported"] < -1.5


def test_an_answer_that_is_none_stays_none(tmp_path):
    from harness.client.replay import Replay

    fit = Calibrated(LlmFactChecker(Biased(), PROMPT, answer="logprobs"), n=9).fit(*pool(9))
    (tmp_path / "none.jsonl").write_text("")
    lost = LlmFactChecker(Replay(str(tmp_path / "none.jsonl")), PROMPT, answer="logprobs")
    (row,) = type(fit)(lost, fit.scale, fit.bias, lost.engine).predict(pool(1)[0])
    assert (row.outcome, row.label, row.probabilities) == (Outcome.FAILED, None, None)
