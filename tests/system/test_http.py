"""Against real servers on the loopback: ours of docs/http, and one that has faults."""

from __future__ import annotations

import importlib.util
import json
import threading
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness import paths
from harness.errors import ConfigError, InputError
from harness.label import Outcome, Task
from harness.schema import Evidence, Question
from harness.system.http import HttpService

LABELS = ("supported", "refuted")
QUESTIONS = [
    Question(
        id=f"q{k}",
        task=Task.VERACITY,
        claim=f"Claim {k}.",
        evidence=(Evidence(id="p1", text="A passage."),),
        labels=LABELS,
        as_of=date(2025, 9, 6),
    )
    for k in range(10)
]


@contextmanager
def served(answer):
    """A server whose every POST is answered by `answer(body, attempt, headers)` -> (status, headers, bytes); and what it was sent."""
    seen, lock = [], threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                seen.append(body)
                n = sum(other == body for other in seen)
            status, headers, text = answer(body, n, self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/predict", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def said(body, **fields):
    rows = [{"id": q["id"], "label": "refuted"} | fields for q in body["questions"]]
    return 200, {}, json.dumps({"predictions": rows[::-1]}).encode()


def test_answers_are_joined_by_id_in_the_questions_order():
    def answer(body, n, headers):
        rows = [
            {"id": q["id"], "label": LABELS[int(q["id"][1:]) % 2], "rationale": q["claim"]} for q in body["questions"]
        ]
        return 200, {}, json.dumps({"predictions": rows[::-1]}).encode()

    with served(answer) as (url, seen):
        made = list(HttpService(url, batch=3, concurrency=2).predict(QUESTIONS))
    assert [(p.id, p.label, p.rationale) for p in made] == [(f"q{k}", LABELS[k % 2], f"Claim {k}.") for k in range(10)]
    assert sorted(len(body["questions"]) for body in seen) == [1, 3, 3, 3]


def test_a_question_is_sent_without_anything_but_its_fields():
    with served(lambda body, n, headers: said(body)) as (url, seen):
        list(HttpService(url).predict(QUESTIONS[:1]))
    assert seen == [{"questions": [QUESTIONS[0].model_dump(mode="json")]}]


def test_a_fault_of_the_server_is_asked_again():
    def answer(body, n, headers):
        return (503, {"Retry-After": "0"}, b"") if n < 3 else said(body)

    with served(answer) as (url, seen):
        made = list(HttpService(url, batch=10).predict(QUESTIONS))
    assert {p.outcome for p in made} == {Outcome.ANSWERED}
    assert len(seen) == 3


def test_what_stays_at_fault_has_failed_and_guesses_nothing():
    with served(lambda body, n, headers: (500, {}, b"")) as (url, seen):
        made = list(HttpService(url, batch=10, n_retries=1).predict(QUESTIONS))
    assert {(p.outcome, p.label) for p in made} == {(Outcome.FAILED, None)}
    assert "answered 500 Internal Server Error (2 attempts)" in made[0].error
    assert len(seen) == 2


def test_a_request_that_is_wrong_is_not_repeated():
    with served(lambda body, n, headers: (400, {}, b"")) as (url, seen):
        (made,) = HttpService(url).predict(QUESTIONS[:1])
    assert "400" in made.error
    assert len(seen) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_would_be_refused_for_all_ends_the_run(status):
    with (
        served(lambda body, n, headers: (status, {}, b"")) as (url, seen),
        pytest.raises(InputError, match=str(status)),
    ):
        list(HttpService(url, batch=1, concurrency=1).predict(QUESTIONS))
    assert len(seen) <= 2


def test_a_redirection_is_not_followed(monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "s3cret")
    with (
        served(lambda body, n, headers: said(body)) as (other, followed),
        served(lambda body, n, headers: (302, {"Location": other}, b"")) as (url, _),
    ):
        (made,) = HttpService(url, token_env="MY_TOKEN").predict(QUESTIONS[:1])
    assert made.outcome is Outcome.FAILED
    assert "302" in made.error
    assert followed == []


def test_a_password_in_the_address_is_refused_and_not_told():
    with pytest.raises(ConfigError, match="name or a password") as caught:
        HttpService("http://me:s3cret@127.0.0.1/")
    assert "s3cret" not in str(caught.value)


def test_a_server_that_is_not_there_has_failed():
    with served(lambda body, n, headers: said(body)) as (url, _):
        pass
    (made,) = HttpService(url, n_retries=0).predict(QUESTIONS[:1])
    assert made.outcome is Outcome.FAILED
    assert "gave no answer" in made.error


def test_a_question_that_is_left_out_has_failed():
    def answer(body, n, headers):
        return 200, {}, b'{"predictions": [{"id": "q1", "label": "refuted"}]}'

    with served(answer) as (url, _):
        made = list(HttpService(url, batch=2).predict(QUESTIONS[:2]))
    assert [p.outcome for p in made] == [Outcome.FAILED, Outcome.ANSWERED]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"<html>", "expected JSON of the form"),
        (b'{"predictions": [{"label": "refuted"}]}', "expected JSON of the form"),
        (b'{"predictions": [{"id": "q9", "label": "refuted"}]}', '"q9", which it was not asked'),
        (b'{"predictions": [{"id": "q0", "label": "maybe"}]}', "has label 'maybe'; expected supported, refuted"),
    ],
)
def test_an_answer_that_breaks_the_contract_ends_the_run(text, words):
    with served(lambda body, n, headers: (200, {}, text)) as (url, _), pytest.raises(InputError, match=words):
        list(HttpService(url).predict(QUESTIONS[:1]))


def test_the_token_is_sent_and_written_nowhere(monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "s3cret")
    sent = []

    def answer(body, n, headers):
        sent.append(headers["Authorization"])
        return said(body)

    with served(answer) as (url, _):
        system = HttpService(f"{url}?key=s3cret", token_env="MY_TOKEN")
        (made,) = system.predict(QUESTIONS[:1])
    assert sent == ["Bearer s3cret"]
    assert "s3cret" not in made.model_dump_json() + system.about + repr(system.token_env)


@pytest.mark.parametrize("token", ["s3cret\r", "s3cret\n", "s3crét"])
def test_a_token_that_no_header_takes_is_refused_and_not_told(monkeypatch, token):
    monkeypatch.setenv("MY_TOKEN", token)
    with pytest.raises(ConfigError, match="MY_TOKEN has a line end") as caught:
        HttpService("http://127.0.0.1/", token_env="MY_TOKEN")
    assert "s3cr" not in str(caught.value)


def test_a_token_that_is_not_set_is_told(monkeypatch):
    monkeypatch.delenv("MY_TOKEN", raising=False)
    with pytest.raises(ConfigError, match="the environment has no MY_TOKEN"):
        HttpService("http://127.0.0.1/", token_env="MY_TOKEN")


def test_a_file_url_is_refused():
    with pytest.raises(ConfigError, match="begins with http:// or https://"):
        HttpService("file:///etc/passwd")


def test_the_example_server_answers_what_is_documented(veristance, tmp_path):
    spec = importlib.util.spec_from_file_location("server", paths.checkout() / "docs/http/server.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    server = ThreadingHTTPServer(("127.0.0.1", 0), example.Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/predict"
        code, _, err = veristance("evaluate", "system=http", f"system.url={url}", "name=mine", "sample=60")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert code == 0, err
    (scores,) = tmp_path.glob("runs/veracity/mine-*/scores.json")
    score = json.loads(scores.read_text())[0]
    assert score["n_answered"] == score["n"] > 0


def test_the_description_names_the_records_fields():
    import yaml

    schemas = yaml.safe_load((paths.checkout() / "docs/http/openapi.yaml").read_text())["components"]["schemas"]
    from harness.system.predictions import FIELDS

    assert set(schemas["Question"]["properties"]) == set(Question.model_fields)
    assert set(schemas["Prediction"]["properties"]) == FIELDS
