"""The whole command against a real server: killed, over budget, with a planted key, and checked before it starts."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time

import pytest

from harness.dataset.published import PublishedDataset
from harness.label import Content
from harness.run import read_manifest, read_predictions
from harness.schema import Message
from harness.transcript import Transcript, shared

KEY = "sk-planted-0123456789abcdef"
# The factual claims of the shipped dataset, which the task asks by default.
N = sum(claim.content is Content.FACTUAL for claim in PublishedDataset("vladivostok-claims").load().claims.values())


def words(server, *more):
    return [
        "evaluate",
        "system=llm",
        "sample=null",
        "client=openai",
        f"client.base_url={server.url}",
        "client.model=m",
        *more,
    ]


def folder(tmp_path):
    (found,) = tmp_path.glob("runs/veracity/llm-*")
    return found


def scored(path):
    """All scores but those that measure time."""
    return [score for score in json.loads(path.read_text()) if not score["metric"].startswith("latency")]


def test_killed_at_random_points_a_run_ends_with_one_answer_each_and_the_same_scores(server, tmp_path):
    server.latency_s = 0.05
    connections, draw = 8, random.Random(0)
    command = [sys.executable, "-m", "harness", *words(server, f"engine.connections={connections}")]
    for _ in range(4):
        stop_at = len(server.log) + draw.randrange(10, 90)
        with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
            while len(server.log) < stop_at:
                assert process.poll() is None, process.stderr.read()
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    run = folder(tmp_path)
    declared = read_manifest(run).declared
    assert read_predictions(run, set(declared)).keys() == set(declared)
    assert len((run / "predictions.jsonl").read_text().splitlines()) == len(declared)
    assert len(server.log) - len(declared) <= 4 * connections  # what was in flight at each kill
    again = scored(run / "scores.json")
    whole = subprocess.run([*command, "fresh=true", "runs_dir=whole"], cwd=tmp_path, capture_output=True, check=False)
    assert whole.returncode == 0
    (fresh,) = tmp_path.glob("whole/veracity/llm-*/scores.json")
    assert scored(fresh) == again


def test_a_complete_run_asks_nothing_and_another_run_pays_nothing(veristance, server):
    assert veristance(*words(server))[0] == 0
    n = len(server.log)
    assert veristance(*words(server))[0] == 0
    assert veristance(*words(server, "runs_dir=other", "engine.cache=runs/.cache/answers.sqlite"))[0] == 0
    assert len(server.log) == n


def test_fresh_starts_over_where_the_messages_are_broken(veristance, server, tmp_path):
    assert veristance(*words(server))[0] == 0
    (folder(tmp_path) / "messages.jsonl").write_text("no json\n")
    code, _, err = veristance(*words(server))
    assert (code, "fresh=true" in err) == (2, True)
    assert veristance(*words(server, "fresh=true"))[0] == 0


def test_failed_questions_are_missing_rows_and_the_next_run_asks_them_alone(veristance, server, tmp_path):
    assert veristance(*words(server))[0] == 0
    texts = [text for text, _ in server.log]
    server.plan = {text: ["400"] for text in texts[:90]}
    code, _, err = veristance(*words(server, "fresh=true", "engine.cache=null"))
    assert code == 4
    assert f"90 of {N} questions have no answer" in err
    assert "macro_f1 undefined" in err  # below 90 % coverage
    head = json.loads((folder(tmp_path) / "scores.json").read_text())[0]
    assert head["value"] is None
    assert head["all_wrong"] < head["all_right"]
    server.log.clear()
    assert veristance(*words(server, "engine.cache=null"))[0] == 0
    assert len(server.log) == 90


def test_unparsable_is_asked_again_on_demand_alone(veristance, server):
    assert veristance(*words(server))[0] == 0
    text = server.log[0][0]
    server.plan = {text: ["say not true"]}
    assert veristance(*words(server, "fresh=true"))[0] == 0
    server.log.clear()
    assert veristance(*words(server))[0] == 0
    assert server.log == []
    assert veristance(*words(server, "again=[failed,unparsable]"))[0] == 0
    assert [asked for asked, _ in server.log] == [text]


def test_a_budget_stops_with_code_4_and_a_greater_one_goes_on(veristance, server, tmp_path):
    code, _, err = veristance(*words(server, "engine.budget.requests=100"))
    assert (code, len(server.log)) == (4, 100)
    assert "the budget of 100 requests allows no further request" in err
    assert veristance(*words(server, "engine.budget.requests=100"))[0] == 4
    assert len(server.log) == 100
    assert veristance(*words(server, "engine.budget.requests=1000"))[0] == 0
    assert len(server.log) == N


def test_dry_run_counts_and_sends_and_writes_nothing(veristance, server, files):
    code, out, _ = veristance(*words(server, "dry_run=true", "engine.price={input: 1, output: 1}"))
    assert code == 0
    assert f"{N} questions to ask" in out
    assert "US dollars" in out
    assert server.log == []
    assert files() == []


def test_a_planted_key_is_in_no_file(veristance, server, tmp_path, monkeypatch):
    monkeypatch.setenv("PLANTED", KEY)
    assert veristance(*words(server, "client.api_key_env=PLANTED"))[0] == 0
    texts = [text for text, _ in server.log]
    server.plan = {text: [how] * 9 for text, how in zip(texts, ["400", "500", "echo", "malformed"], strict=False)}
    code, out, err = veristance(*words(server, "client.api_key_env=PLANTED", "fresh=true", "engine.retries=1"))
    assert code == 4
    assert veristance("compare", "runs=[runs/veracity/*]")[0] == 0
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"predictions.jsonl", "manifest.json", "report.html", "answers.sqlite"} <= {path.name for path in written}
    assert any(b"[key]" in data for data in written.values())  # the server did send it back
    assert not [path for path, data in written.items() if KEY.encode() in data]
    assert KEY not in out + err
    assert server.headers[-1]["Authorization"] == f"Bearer {KEY}"


def test_sent_words_are_recovered_exactly_and_stored_once(veristance, server, tmp_path):
    assert veristance(*words(server))[0] == 0
    run = folder(tmp_path)
    rows = read_predictions(run, set(read_manifest(run).declared))
    sent = sorted(json.dumps(body["messages"]) for body in server.bodies)
    kept = sorted(json.dumps([m.model_dump() for m in row.messages]) for row in rows.values())
    assert kept == sent
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 1500 * len(rows)


def test_words_survive_packing(tmp_path):
    texts = ["", "x" * 500, "x" * 499 + "é", "aa" * 100, "a" * 199, "\U0001f600" * 90, "x" * 500]
    sent = [[Message(role="user", content=text), Message(role="system", content=text[::-1])] for text in texts]
    transcript = Transcript(tmp_path)
    packed = [transcript.pack(messages) for messages in sent]
    assert [[Message(**row) for row in Transcript(tmp_path).unpack(rows)] for rows in packed] == sent
    assert shared("abXcd", "abYYcd") == (2, 2)
    assert shared("aaa", "aaaa") == (3, 0)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([], "it ignores JSON schemas"),
        (["task=stance"], "it ignores logprobs"),
        (["client.base_url=http://127.0.0.1:9/v1"], "the connection broke"),
        (["client.api_key_env=NO_SUCH_KEY"], "NO_SUCH_KEY is not set"),
        (["client.api_key_env=sk-abc"], "never the key"),
        (["prompt.user='{claim} {passages} {labels} {answer} {date}'"], "unknown placeholders: date"),
        (["client.base_url=http://me:secret@host/v1"], "is refused"),
        (["engine.budget.usd=1"], "the price of m is not known"),
    ],
)
def test_check_finds_it_before_a_question_is_asked(veristance, server, files, more, told):
    code, _, err = veristance("check", *words(server)[1:], *more)
    assert code == 2
    assert told in err
    assert err.count("\n") == 1
    assert len(server.log) <= 1
    assert files() == []


def test_check_tells_an_unknown_price_and_a_good_server_passes(veristance, server):
    server.plan = {"Say good morning in a short sentence, in English.": ['say {"label": "quorvex-71"}']}
    code, out, _ = veristance("check", *words(server)[1:])
    assert code == 0
    assert "the price of m is not known" in out


def test_recorded_answers_give_what_was_said(veristance, server, tmp_path):
    assert veristance(*words(server))[0] == 0
    run = folder(tmp_path)
    rows = read_predictions(run, set(read_manifest(run).declared))
    recorded = [{"messages": [m.model_dump() for m in row.messages], "raw": row.raw} for row in rows.values()]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in recorded[:-1]))
    code, _, err = veristance("evaluate", "system=llm", "sample=null", "client=replay", "runs_dir=replayed")
    assert code == 4
    assert f"1 of {N} questions have no answer (answers.jsonl has no answer to these messages)" in err
