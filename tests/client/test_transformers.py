"""A tiny Llama with random weights, made here: scores by a shared prefix against a full pass for each text."""

from __future__ import annotations

import random
import sys

import pytest

from harness.client import ClientError
from harness.client.transformers import Transformers
from harness.errors import ConfigError, InputError
from harness.schema import Message

WORDS = "the claim passage says that rain fell in Ryazan on Monday and two bridges were closed by water A B C D supported refuted"
TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<end>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    torch = pytest.importorskip("torch")
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    made = tmp_path_factory.mktemp("model")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<pad>", "<s>", "<end>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        [WORDS], trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet)
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="<end>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(made)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=400, hidden_size=64, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, intermediate_size=96,
        max_position_embeddings=1024, initializer_range=0.2, pad_token_id=0, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(made)
    return made


def chats(n, seed=0):
    """Chats of unequal length that begin alike."""
    rng, words = random.Random(seed), WORDS.split()
    rules = Message(role="system", content="Say whether the passage supports the claim. " * 4)
    return [[rules, Message(role="user", content=" ".join(rng.choices(words, k=rng.randint(1, 30))))] for _ in range(n)]


def full(client, messages, labels):
    """One pass over the whole text for each label, with nothing shared."""
    import torch

    tokenizer, model, _ = client._loaded
    words = tokenizer.apply_chat_template(
        [m.model_dump() for m in messages], add_generation_prompt=True, tokenize=False
    )
    scores = []
    for label in labels:
        context, answer = (
            tokenizer(text, add_special_tokens=False)["input_ids"] for text in (words, client.before + label)
        )
        with torch.no_grad():
            shares = model(torch.tensor([context + answer])).logits[0].log_softmax(-1)
        scores.append(sum(float(shares[len(context) - 1 + i, token]) for i, token in enumerate(answer)))
    return scores


LABELS = {"letters": ["A", "B", "C"], "words": ["supported", "refuted", "not enough evidence", "conflicting"]}


@pytest.mark.integration
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("batch", [1, 4])
def test_scores_are_those_of_a_full_pass(folder, labels, batch, monkeypatch):
    monkeypatch.setattr("harness.client.transformers.N_AT_ONCE", batch)
    client, asked = Transformers(str(folder)), chats(11)
    found = client.score_many(asked, labels)
    for messages, scores in zip(asked, found, strict=True):
        assert list(scores.log_probabilities) == labels
        assert list(scores.log_probabilities.values()) == pytest.approx(full(client, messages, labels), abs=1e-4)
    assert client._loaded[2]._trusted


@pytest.mark.integration
def test_scores_do_not_depend_on_what_was_asked_before_or_beside(folder):
    client, asked = Transformers(str(folder)), chats(6)
    other = [
        [Message(role="user", content="Another prompt altogether, of other words.")],
        [Message(role="user", content="A")],
    ]
    together = client.score_many(asked, LABELS["words"])
    one_by_one = []
    for messages in asked[::-1]:
        one_by_one.insert(0, client.score_labels(messages, LABELS["words"]))
        client.score_labels(other[len(one_by_one) % 2], LABELS["words"])
    for a, b in zip(together, one_by_one, strict=True):
        assert list(a.log_probabilities.values()) == pytest.approx(list(b.log_probabilities.values()), abs=1e-4)


@pytest.mark.integration
def test_the_prefix_is_what_all_contexts_begin_with_and_is_read_once(folder):
    client, asked = Transformers(str(folder)), chats(8)
    client.score_many(asked[:4], ["A", "B"])
    scorer = client._loaded[2]
    contexts = [client._context(messages) for messages in asked]
    shared = len(scorer._prefix)
    assert shared >= 40
    assert all(context[:shared] == scorer._prefix for context in contexts[:4])
    layers = scorer._layers
    client.score_many(asked[4:], ["A", "B"])
    assert scorer._layers[0][0].data_ptr() == layers[0][0].data_ptr()


@pytest.mark.integration
def test_the_same_question_twice_has_the_same_scores(folder):
    client = Transformers(str(folder))
    first, again = (client.score_labels(chats(1)[0], ["A", "B"]).log_probabilities for _ in range(2))
    assert first == pytest.approx(again, abs=1e-5)


@pytest.mark.integration
def test_a_model_that_cannot_share_is_read_whole(folder, caplog):
    client, asked = Transformers(str(folder)), chats(3)
    scorer = client._loaded[2]
    inner = scorer._layout
    # As a model would be that takes no notice of positions.
    scorer._layout = lambda *args: tuple(part * 0 if i == 1 else part for i, part in enumerate(inner(*args)))
    found = client.score_many(asked, LABELS["words"])
    assert "a shared prefix changes this model's scores" in caplog.text
    for messages, scores in zip(asked, found, strict=True):
        assert list(scores.log_probabilities.values()) == pytest.approx(
            full(client, messages, LABELS["words"]), abs=1e-4
        )


@pytest.mark.integration
def test_a_generated_answer_ends_or_is_cut_off(folder):
    made = Transformers(str(folder), max_tokens=5).complete(chats(1)[0], {})
    assert made.n_tokens_out <= 5
    assert made.finish_reason == ("length" if made.n_tokens_out == 5 else "stop")
    assert made.n_tokens_in == len(Transformers(str(folder))._context(chats(1)[0]))


@pytest.mark.integration
def test_a_prompt_that_is_too_long_fails_its_question_alone(folder):
    client = Transformers(str(folder))
    with pytest.raises(ClientError, match=r"the prompt has \d+ tokens and .* reads 1024; give fewer passages"):
        client.score_labels([Message(role="user", content="rain " * 1200)], ["A"])


@pytest.mark.integration
def test_a_model_from_the_command_line_scores_labels(veristance, folder):
    code, _, err = veristance(
        "evaluate", "system=llm", "task=stance", "client=transformers", f"client.model={folder}", "sample=8"
    )
    assert code == 0, err
    assert "answered" in err


@pytest.mark.integration
@pytest.mark.parametrize("what", ["no/such/folder", "empty"])
def test_a_folder_without_a_model_is_told(tmp_path, what):
    pytest.importorskip("transformers")
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        InputError, match=r"cannot be loaded .*; expected a folder with a causal language model in safetensors"
    ):
        Transformers(str(tmp_path / what)).score_labels(chats(1)[0], ["A"])


def test_without_the_extra_the_user_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # import then raises ImportError
    with pytest.raises(InputError, match=r"torch is not installed; run `pip install 'veristance\[transformers\]'`"):
        Transformers("x").score_labels(chats(1)[0], ["A"])


def test_an_unknown_dtype_is_told():
    with pytest.raises(ConfigError, match="dtype int3; expected float32"):
        Transformers("x", dtype="int3")
