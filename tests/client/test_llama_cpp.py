import gc
import json
import math
import urllib.error
import urllib.request
from datetime import date

import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

from harness import paths
from harness.answer import answer_schema
from harness.client import ClientError
from harness.client.llama_cpp import LlamaCpp
from harness.errors import InputError
from harness.label import Outcome, Task, Veracity
from harness.schema import Evidence, Message, Question
from harness.system.llm import LlmFactChecker

pytestmark = pytest.mark.integration

PASSAGE = "His comments came after 26 countries committed to post-conflict security guarantees for Ukraine."
CLAIMS = ("26 countries committed to guarantees.", "30 countries committed to guarantees.", "Ukraine thanked Peru.")


def chat(text):
    return [Message(role="user", content=text)]


def shipped(group, name):
    return instantiate(OmegaConf.load(paths.configs() / group / f"{name}.yaml"))


@pytest.fixture(scope="module")
def client():
    return shipped("client", "llama_cpp")


@pytest.fixture(scope="module")
def questions():
    return [
        Question(
            id=f"q{i}",
            task=Task.VERACITY,
            claim=claim,
            evidence=(Evidence(id="a1.s02", text=PASSAGE),),
            labels=tuple(Veracity),
            as_of=date(2025, 9, 6),
        )
        for i, claim in enumerate(CLAIMS)
    ]


def test_complete_is_held_to_the_schema(client):
    completion = client.complete(chat("Is the sky blue? Answer as JSON."), answer_schema(("yes", "no")))
    assert json.loads(completion.raw)["label"] in {"yes", "no"}
    assert completion.finish_reason == "stop"
    assert completion.n_tokens_in > 0
    assert completion.n_tokens_out > 0
    assert completion.seconds > 0


def test_complete_reports_an_answer_that_is_cut_off(client):
    short = LlamaCpp(client.model, max_tokens=2)
    completion = short.complete(chat("Is the sky blue?"), answer_schema(("yes", "no")))
    assert (completion.finish_reason, completion.n_tokens_out) == ("length", 2)


def test_score_labels_gives_log_probabilities_of_the_whole_vocabulary(client):
    scores = client.score_labels(chat("Pick one letter. A, B or C?"), ["A", "B", "C"])
    assert scores.log_probabilities.keys() == {"A", "B", "C"}
    assert sum(math.exp(value) for value in scores.log_probabilities.values()) < 1
    assert sum(scores.probabilities().values()) == pytest.approx(1)


def test_score_labels_finds_a_label_that_is_very_unlikely(client):
    scores = client.score_labels(chat("Pick one letter. A, B or C?"), ["A", "advoc"])
    assert scores.log_probabilities["advoc"] < math.log(1e-9)


def test_score_labels_agrees_with_another_order_of_the_labels(client):
    messages = chat("Pick one letter. A, B or C?")
    assert (
        client.score_labels(messages, ["A", "B"]).log_probabilities
        == client.score_labels(messages, ["B", "A"]).log_probabilities
    )


def test_score_labels_names_a_label_that_is_no_token(client):
    with pytest.raises(InputError, match="no single token for not_enough_evidence;"):
        client.score_labels(chat("Pick one."), ["A", "not_enough_evidence"])


@pytest.mark.parametrize("answer", ["json", "logprobs"])
def test_answers_do_not_depend_on_the_order_of_questions(client, questions, answer):
    system = LlmFactChecker(client, shipped("prompt", "veracity"), answer)
    forward = [p.model_dump_json(exclude={"seconds"}) for p in system.predict(questions)]
    backward = [p.model_dump_json(exclude={"seconds"}) for p in system.predict(reversed(questions))]
    assert forward == backward[::-1]
    assert all(json.loads(p)["outcome"] == Outcome.ANSWERED for p in forward)


def test_a_loaded_model_writes_nothing_to_the_terminal(client, capfd):
    fresh = LlamaCpp(client.model)
    fresh.complete(chat("Is the sky blue?"), answer_schema(("yes", "no")))
    with pytest.raises(ClientError):
        fresh.complete(chat("word " * 3000), answer_schema(("yes", "no")))
    del fresh
    assert capfd.readouterr() == ("", "")


def test_a_prompt_that_is_longer_than_the_context_is_a_client_error(client):
    with pytest.raises(ClientError, match=r"exceeds the available context size \(2048 tokens\)"):
        client.complete(chat("word " * 3000), answer_schema(("yes", "no")))


def test_a_schema_that_llama_cpp_cannot_read_is_a_client_error(client):
    with pytest.raises(ClientError, match="enum must be a non-empty array"):
        client.complete(chat("Is the sky blue?"), {"type": "object", "properties": {"label": {"enum": []}}})


def test_the_model_is_loaded_once_and_freed_with_the_client(client):
    fresh = LlamaCpp(client.model)
    assert "_server" not in vars(fresh)
    address = fresh._server.listening_address
    assert fresh._server is fresh._server
    assert fresh == client
    del fresh
    gc.collect()
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(address, timeout=5)


def test_the_port_that_llama_cpp_opens_answers_nobody(client):
    with pytest.raises(urllib.error.HTTPError, match="401") as refusal:
        urllib.request.urlopen(client._server.listening_address + "/v1/models", timeout=5)
    refusal.value.close()


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match=r"none\.gguf is no file; expected a model in GGUF"):
        LlamaCpp(str(tmp_path / "none.gguf")).complete(chat("Hello"), {})


def test_a_file_that_is_no_gguf_is_an_input_error(tmp_path):
    (tmp_path / "model.gguf").write_text("<html>Not found</html>")
    with pytest.raises(InputError, match="starts with b'<htm'; expected a model in GGUF"):
        LlamaCpp(str(tmp_path / "model.gguf")).complete(chat("Hello"), {})


def test_a_truncated_gguf_is_an_input_error_with_the_reason_of_llama_cpp(client, tmp_path, capfd):
    with client.model.path().open("rb") as whole:
        (tmp_path / "half.gguf").write_bytes(whole.read(5_000_000))
    with pytest.raises(InputError, match=r"half\.gguf cannot be loaded: .*corrupted or incomplete"):
        LlamaCpp(str(tmp_path / "half.gguf")).complete(chat("Hello"), {})
    assert capfd.readouterr().err == ""
