"""Inference, embedding and fine-tuning with tiny random models that are made here: no network."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from harness.errors import ConfigError, InputError
from harness.label import Task
from harness.schema import Evidence, Question
from harness.system.checkpoint import Checkpoint, label_ids
from harness.system.finetuned import FineTuned, Training
from harness.system.forward import Forward
from harness.system.mean_pooling import MeanPooling
from harness.system.nli import ZeroShotNli, pooled

pytestmark = pytest.mark.integration
LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")
MEANT = {
    "veracity": {
        "entailment": "supported",
        "contradiction": "refuted",
        "neutral": "not_enough_evidence",
        "both": "conflicting",
    },
    "stance": {"entailment": "agree", "contradiction": "disagree", "neutral": "unrelated"},
}
WORDS = [
    "eight",
    "nine",
    "drones",
    "fell",
    "rose",
    "shot",
    "down",
    "on",
    "friday",
    "the",
    "a",
    "not",
    ".",
    ",",
    "city",
    "river",
    "bank",
    "rain",
    "sun",
    "he",
    "she",
    "it",
    "was",
    "said",
]


def made(folder, names, kind="BertForSequenceClassification", seed=0, spread=0.5):
    """A BERT of two layers with random weights and a vocabulary of these words."""
    import torch
    import transformers

    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(seed)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        id2label=dict(enumerate(names)),
        label2id={name: k for k, name in enumerate(names)},
        initializer_range=spread,
    )
    getattr(transformers, kind)(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def inference(tmp_path_factory):
    # Not in the order of the literature: a system that goes by position would be wrong.
    return made(tmp_path_factory.mktemp("m") / "nli", ["Neutral", "entailment", "contradiction"])


def question(name, claim, *passages, **fields):
    evidence = tuple(Evidence(id=f"p{k}", text=text) for k, text in enumerate(passages))
    return Question(
        **{
            "id": name,
            "task": Task.VERACITY,
            "claim": claim,
            "evidence": evidence,
            "labels": LABELS,
            "as_of": date(2025, 9, 6),
        }
        | fields
    )


QUESTIONS = [
    question("a", "eight drones fell", "on friday eight drones fell ."),
    question("b", "nine drones rose", "the city .", "the river was not down , he said ."),
    question("c", "rain", "sun"),
    question("d", "rain"),
]


def nli(folder, **settings):
    return ZeroShotNli(Checkpoint(folder), MEANT, **{"max_tokens": 64} | settings)


def test_label_columns_are_found_by_name_and_agree_with_transformers_own_pipeline(inference):
    import transformers

    classify = transformers.pipeline("text-classification", model=inference, top_k=None)
    found = {row["label"]: row["score"] for row in classify([{"text": "sun", "text_pair": "rain"}])[0]}
    (prediction,) = nli(inference, rule="mean").predict([QUESTIONS[2]])
    expected = {
        "supported": found["entailment"],
        "refuted": found["contradiction"],
        "conflicting": 0.0,
        "not_enough_evidence": found["Neutral"],
    }
    assert prediction.probabilities == pytest.approx(expected, abs=1e-5)


def test_a_model_without_names_is_refused(tmp_path):
    folder = made(tmp_path / "m", ["LABEL_0", "LABEL_1", "LABEL_2"])
    with pytest.raises(ConfigError, match=r"has the labels LABEL_0, LABEL_1, LABEL_2 and none of them is entailment"):
        list(nli(folder).predict(QUESTIONS))


def test_names_may_be_given_for_it(tmp_path):
    folder = made(tmp_path / "m", ["LABEL_0", "LABEL_1", "LABEL_2"])
    names = {"entailment": ["LABEL_1"], "contradiction": ["LABEL_2"], "neutral": ["LABEL_0"]}
    assert len(list(nli(folder, names=names).predict(QUESTIONS))) == len(QUESTIONS)


def test_label_ids_go_by_name_whatever_case_and_order():
    config = type("Config", (), {"id2label": {0: "NOT_ENTAILMENT", 1: "Entailment"}})()
    assert label_ids(config, {"entailment": ("entailment",), "neutral": ("not_entailment",)}, "m") == {
        "entailment": 1,
        "neutral": 0,
    }


def test_a_claim_without_evidence_is_neutral(inference):
    (prediction,) = nli(inference).predict([QUESTIONS[3]])
    assert prediction.probabilities["not_enough_evidence"] == 1.0


def test_inference_does_not_depend_on_batches_or_order(inference):
    whole = {p.id: p.probabilities for p in nli(inference).predict(QUESTIONS)}
    alone = nli(inference, forward=Forward(batch=1))
    for q in reversed(QUESTIONS):
        (prediction,) = alone.predict([q])
        assert prediction.probabilities == pytest.approx(whole[q.id], abs=1e-5)


def test_long_evidence_is_read_to_its_end_in_windows(inference):
    system = nli(inference, max_tokens=32)
    long = " ".join(WORDS * 5) + " rain"
    _, tokenizer, _ = _parts(system)
    windows = system._windows(tokenizer, question("x", "sun", long))
    assert len(windows) > 3
    assert windows[0].startswith(WORDS[0])
    assert windows[-1].endswith("rain")
    assert all(len(tokenizer(w, "sun")["input_ids"]) <= 32 for w in windows)


def _parts(system):
    from harness.system.nli import _key, _loaded

    return _loaded(system.checkpoint, system.forward, _key(system.names))


def test_pooled_by_noisy_or_tells_that_passages_differ():
    rows = np.array([[0.5, 0.0, 0.5], [0.0, 0.5, 0.5]])
    # Each of entailment and contradiction is there with 1/2, independently: a quarter each.
    assert pooled(rows, "noisy_or") == {"entailment": 0.25, "contradiction": 0.25, "neutral": 0.25, "both": 0.25}


def test_pooled_by_mean_and_by_the_window_that_is_least_neutral():
    rows = np.array([[0.5, 0.25, 0.25], [0.0, 0.25, 0.75]])
    assert list(pooled(rows, "mean").values()) == [0.25, 0.25, 0.5, 0.0]
    assert list(pooled(rows, "decided").values()) == [0.5, 0.25, 0.25, 0.0]


def test_stance_shares_what_both_would_get(inference):
    q = question(
        "s",
        "rain",
        "sun",
        "the city",
        task=Task.STANCE,
        holder="voice",
        labels=("agree", "disagree", "discuss", "unrelated"),
    )
    (prediction,) = nli(inference).predict([q])
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.probabilities["discuss"] == 0.0


def test_pickled_weights_are_refused(tmp_path, inference):
    import torch

    folder = made(tmp_path / "m", ["entailment", "neutral", "contradiction"])
    (tmp_path / "m" / "model.safetensors").unlink()
    torch.save({}, tmp_path / "m" / "pytorch_model.bin")
    with pytest.raises(InputError, match=r"pickled weights \(pytorch_model.bin\) and no \*.safetensors"):
        Checkpoint(folder)


def test_a_model_with_code_of_its_own_is_not_run(tmp_path):
    folder = made(tmp_path / "m", ["entailment", "neutral", "contradiction"])
    config = json.loads((tmp_path / "m" / "config.json").read_text())
    config |= {
        "model_type": "mine",
        "auto_map": {"AutoConfig": "mine.C", "AutoModelForSequenceClassification": "mine.M"},
    }
    (tmp_path / "m" / "config.json").write_text(json.dumps(config))
    (tmp_path / "m" / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(InputError, match="cannot be loaded"):
        list(nli(folder).predict(QUESTIONS))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("revision", [None, "main", "v1.0"])
def test_a_hub_id_without_a_commit_is_refused(revision):
    with pytest.raises(ConfigError, match="expected the commit, 40 hexadecimal digits"):
        Checkpoint("organisation/model", revision)


def test_fingerprint_goes_by_the_weights(tmp_path):
    one, same, other = (made(tmp_path / n, ["a", "b"], seed=s) for n, s in (("one", 0), ("same", 0), ("other", 1)))
    assert Checkpoint.content_hash(one) == Checkpoint.content_hash(same) != Checkpoint.content_hash(other)


def test_batches_shrink_where_memory_runs_out():
    import torch

    sizes = []

    class Output:
        def __init__(self, n):
            self.logits = torch.arange(n, dtype=torch.float32)[:, None]

    class Inputs(dict):
        def to(self, device):
            return self

    class Tokenizer:
        def pad(self, rows, return_tensors):
            width = max(len(row["input_ids"]) for row in rows)
            ids = torch.tensor([row["input_ids"] + [0] * (width - len(row["input_ids"])) for row in rows])
            return Inputs(input_ids=ids, attention_mask=(ids > 0).long())

    class Model:
        device = "cpu"

        def __call__(self, input_ids, attention_mask):
            sizes.append(len(input_ids))
            if len(input_ids) > 2:
                raise torch.OutOfMemoryError("out of memory")
            return Output(len(input_ids))

    encoded = [{"input_ids": [1] * n} for n in (3, 1, 2, 5, 4)]
    rows = Forward(batch=5).rows(Model(), Tokenizer(), encoded, lambda output, mask: mask.sum(dim=1, keepdim=True))
    assert rows.ravel().tolist() == [3, 1, 2, 5, 4]
    assert sizes == [5, 2, 2, 1]


def test_mean_pooling_agrees_with_a_plain_forward_pass(tmp_path):
    import torch
    import transformers

    folder = made(tmp_path / "m", ["a", "b"], kind="BertModel")
    texts = ["the rain was not on the river", "sun"]
    found = MeanPooling(Checkpoint(folder)).many(texts)
    tokenizer, model = (
        transformers.AutoTokenizer.from_pretrained(folder),
        transformers.AutoModel.from_pretrained(folder),
    )
    for text, vector in zip(texts, found, strict=True):
        with torch.inference_mode():
            mean = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(dim=0).numpy()
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)


TRAIN = [
    question(
        f"t{k:02d}",
        f"{'eight' if k % 2 else 'nine'} drones fell",
        f"on friday {'eight' if k % 3 else 'nine'} drones fell",
    )
    for k in range(36)
]
GOLD = {q.id: "supported" if q.claim.startswith("eight") else "refuted" for q in TRAIN}


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("m")
    model = made(folder / "base", ["x", "y", "z"], spread=0.05)
    return FineTuned(Checkpoint(model), str(folder / "weights"), epochs=8, patience=8, learning_rate=5e-3, batch=6)


def test_fine_tuning_learns_a_word(tuned):
    given = {p.id: p.label for p in tuned.fit(TRAIN, GOLD).predict(TRAIN)}
    assert sum(given[id_] == label for id_, label in GOLD.items()) > 0.9 * len(GOLD)


def test_fine_tuning_that_is_done_is_not_repeated(tuned, monkeypatch):
    first = [p.probabilities for p in tuned.fit(TRAIN, GOLD).predict(TRAIN)]
    monkeypatch.setattr(Training, "_epoch", lambda *args: pytest.fail("trained again"))
    assert [p.probabilities for p in tuned.fit(TRAIN, GOLD).predict(TRAIN)] == first


def test_fine_tuning_that_was_interrupted_ends_in_the_same_weights(tuned, tmp_path, monkeypatch):
    short = replace(tuned, folder=str(tmp_path / "straight"), epochs=4)
    straight = [p.probabilities for p in short.fit(TRAIN, GOLD).predict(TRAIN)]
    real, seen = Training._epoch, []

    def interrupted(self, *args):
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt
        real(self, *args)

    monkeypatch.setattr(Training, "_epoch", interrupted)
    again = replace(short, folder=str(tmp_path / "again"))
    with pytest.raises(KeyboardInterrupt):
        again.fit(TRAIN, GOLD)
    resumed = [p.probabilities for p in again.fit(TRAIN, GOLD).predict(TRAIN)]
    for a, b in zip(straight, resumed, strict=True):
        assert a == pytest.approx(b, abs=1e-5)


def test_fine_tuning_keeps_safetensors_alone(tuned):
    import pathlib

    tuned.fit(TRAIN, GOLD)
    assert {f.suffix for f in pathlib.Path(tuned.folder).rglob("*") if f.is_file()} == {".safetensors", ".json"}


def test_fine_tuning_holds_out_whole_clusters(tuned, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(Training, "run", lambda self, inside, outside: seen.append((inside, outside)))
    clusters = {q.id: f"k{k // 6}" for k, q in enumerate(TRAIN)}
    replace(tuned, folder=str(tmp_path)).fit_clusters(TRAIN, GOLD, clusters)
    inside, outside = ({clusters[q.id] for q, _ in part} for part in seen[0])
    assert outside
    assert not inside & outside
