from __future__ import annotations

import dataclasses
import sys
from datetime import date

import numpy as np
import pytest
from omegaconf import OmegaConf
from sklearn.linear_model import LogisticRegression

from harness import paths
from harness.errors import InputError
from harness.instantiate import make
from harness.label import Task
from harness.packaged_model import PackagedModel
from harness.schema import Evidence, Question
from harness.system import embedding
from harness.system.embedding import Embedding, Encoder

SENTENCES = [
    "A strong earthquake struck the coast on Friday.",
    "On Friday the coast was hit by a powerful quake.",
    "The central bank kept its interest rate unchanged, although inflation had risen for the third month in a row.",
    "Cats like milk.",
]


def forget():
    embedding._embed.cache_clear()
    embedding._vectors.clear()


def shipped():
    config = OmegaConf.create({"seed": 7, "system": OmegaConf.load(paths.configs() / "system" / "embedding.yaml")})
    return make(OmegaConf.to_container(config, resolve=True))["system"]


def question(name, claim, texts=(), holder=None):
    return Question(
        id=name,
        task=Task.STANCE if holder else Task.VERACITY,
        claim=claim,
        holder=holder,
        evidence=tuple(Evidence(id=f"a1.s{i}", text=text) for i, text in enumerate(texts)),
        labels=("supported", "refuted"),
        as_of=date(2025, 9, 6),
    )


class Letters:
    def many(self, texts):
        return [np.array([text.count("a"), text.count("b")], dtype=np.float32) for text in texts]


letters = Letters()


def test_rows_are_claim_evidence_difference_and_product():
    rows = Embedding(letters, LogisticRegression()).rows([question("q", "aab", ["a", "bbb"])])
    # Claim (2, 1); evidence, the mean of (1, 0) and (0, 3): (1/2, 3/2).
    assert rows.tolist() == [[2, 1, 1 / 2, 3 / 2, 3 / 2, 1 / 2, 1, 3 / 2]]


def test_rows_without_evidence_have_zeros_for_it():
    assert Embedding(letters, LogisticRegression()).rows([question("q", "aab")]).tolist() == [[2, 1, 0, 0, 2, 1, 0, 0]]


def test_rows_tell_holders_apart():
    ann, bob = (question("q", "It rained.", ["So they said."], holder) for holder in ("Ann", "Bob"))
    rows = Embedding(letters, LogisticRegression()).rows([ann, bob])
    assert rows[0].tolist() != rows[1].tolist()


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_encoder_without_the_extra_names_what_to_install(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)  # import then raises ImportError
    missing = PackagedModel(package="no_such_package", file="model.onnx", sha256="")
    with pytest.raises(InputError, match=rf'{package} is not installed.*pip install "veristance\[embedded\]"'):
        Encoder(missing, missing, threads=1)("Cats like milk.")


@pytest.mark.integration
def test_encoder_puts_paraphrases_nearer_than_unrelated_sentences():
    quake, paraphrase, bank, cats = map(shipped().encoder, SENTENCES)
    assert quake @ paraphrase > 0.7 > 0.3 > max(quake @ bank, quake @ cats, bank @ cats)


@pytest.mark.integration
def test_encoder_agrees_with_a_padded_batch_pooled_over_its_mask():
    import onnxruntime
    from tokenizers import Tokenizer

    encoder = shipped().encoder
    tokenizer = Tokenizer.from_file(str(encoder.tokenizer.path()))  # pads to 128 tokens
    encoded = tokenizer.encode_batch(SENTENCES)
    ids, mask = (np.array([getattr(e, name) for e in encoded]) for name in ("ids", "attention_mask"))
    session = onnxruntime.InferenceSession(encoder.model.path(), providers=["CPUExecutionProvider"])
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    tokens = session.run(["last_hidden_state"], inputs)[0]
    pooled = (tokens * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    expected = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    np.testing.assert_allclose([encoder(text) for text in SENTENCES], expected, atol=1e-5)


@pytest.mark.integration
def test_encoder_gives_the_same_vector_in_any_order():
    encoder = shipped().encoder
    forward = [encoder(text) for text in SENTENCES]
    forget()
    backward = [encoder(text) for text in SENTENCES[::-1]]
    np.testing.assert_array_equal(forward, backward[::-1])


@pytest.mark.integration
def test_predictions_do_not_depend_on_any_order():
    train = [question(str(i), text, [SENTENCES[i - 1]]) for i, text in enumerate(SENTENCES)]
    gold = {"0": "supported", "1": "supported", "2": "refuted", "3": "refuted"}
    forward = list(shipped().fit(train, gold).predict(train))
    forget()
    assert list(shipped().fit(train[::-1], gold).predict(train[::-1])) == forward[::-1]
    assert [p.label for p in forward] == list(gold.values())  # four points in 1,536 dimensions can always be told apart


@pytest.mark.integration
def test_many_agrees_with_one_at_a_time_but_for_the_rounding_of_activations():
    encoder = shipped().encoder
    one, many = np.array([encoder(text) for text in SENTENCES]), np.array(encoder.many(SENTENCES))
    assert ((one * many).sum(axis=1) > 0.995).all()
    np.testing.assert_allclose(np.linalg.norm(many, axis=1), 1, atol=1e-6)


@pytest.mark.integration
def test_many_with_batches_of_one_is_the_same_to_the_last_digit():
    encoder = dataclasses.replace(shipped().encoder, batch=1)
    np.testing.assert_array_equal(encoder.many(SENTENCES[::-1]), [encoder(text) for text in SENTENCES[::-1]])


@pytest.mark.integration
def test_many_keeps_the_order_and_embeds_a_text_once(monkeypatch):
    encoder, asked = shipped().encoder, []
    real = embedding._pooled
    monkeypatch.setattr(embedding, "_pooled", lambda e, texts: asked.extend(texts) or real(e, texts))
    forget()
    vectors = encoder.many([SENTENCES[0], SENTENCES[3], SENTENCES[0]])
    assert sorted(asked) == sorted({SENTENCES[0], SENTENCES[3]})
    np.testing.assert_array_equal(vectors[0], vectors[2])


@pytest.mark.integration
def test_memory_of_vectors_is_bounded(monkeypatch):
    monkeypatch.setattr(embedding, "REMEMBERED", 2)
    forget()
    shipped().encoder.many(SENTENCES)
    assert len(embedding._vectors) == 2
