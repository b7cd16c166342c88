"""What can go wrong between push and pull: each fault is one sentence, and nothing is written."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from .conftest import command, digest, free_port, make_checkout

pytestmark = pytest.mark.integration
EXPIRED = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjEwMDAwMDAwMDAsInRva2VuX3R5cGUiOiJyZWZyZXNoIn0.c2ln"


@pytest.fixture
def root(tmp_path):
    return make_checkout(tmp_path / "checkout")


def check_worthy(label="check_worthy"):
    return ("check_worthiness", "text", "choices", {"choices": [label]})


def pushed(annotate, root, number, items="a1.s01,a1.s02", who="p1"):
    """A round of its own for each test, on the one server."""
    annotate(root, "do=push", f"round={number}", f"annotators=[{who}]", "tasks=[check_worthiness]", f"items=[{items}]")
    return f"r{number}-p1-check_worthiness"


def refused(annotate, root, number, *words):
    """The sentence of a pull that fails; nothing may have been written."""
    before = digest(root / "dataset")
    err = annotate(root, "do=pull", f"round={number}", "tasks=[check_worthiness]", *words, code=2)
    assert digest(root / "dataset") == before
    assert "Traceback" not in err
    assert err.count("\n") == 1
    return err


def test_server_that_is_down_is_named(annotate, root):
    url = f"http://127.0.0.1:{free_port()}"
    err = annotate(root, "do=pull", "round=10", code=2, url=url)
    assert err.startswith(f"veristance: {url} cannot be reached")


@pytest.mark.parametrize("url", ["http://127.0.0.1:abc", "label.example.org"])
def test_address_that_is_none_is_told(annotate, root, url):
    err = annotate(root, "do=pull", "round=10", code=2, url=url)
    assert err.startswith(f"veristance: {url!r} is no address")


@pytest.mark.parametrize("token", ["no-such-token", EXPIRED], ids=["wrong", "expired"])
def test_token_that_is_wrong_or_expired_is_told_without_it(annotate, root, token):
    err = annotate(root, "do=pull", "round=10", code=2, token=token)
    assert "does not take the token in LABEL_STUDIO_API_KEY (401)" in err
    assert token not in err


def test_legacy_token_works_where_the_server_allows_it(studio, annotate, root):
    studio.admin.call("POST", "/api/jwt/settings", {"api_tokens_enabled": True, "legacy_api_tokens_enabled": True})
    token = studio.admin.call("GET", "/api/current-user/token")["token"]
    words = ("do=push", "round=11", "annotators=[p1]", "tasks=[check_worthiness]", "items=[a1.s01]")
    assert "1 tasks added" in annotate(root, *words, token=token)


def test_label_in_another_case_is_refused_by_name(studio, annotate, root):
    title = pushed(annotate, root, 12)
    studio.vote("ann", title, "a1.s01", check_worthy("check_worthy"))
    _, tasks = studio.project(title)
    done = tasks["a1.s01"]["annotations"][0]
    changed = [part | {"value": {"choices": ["Check_Worthy"]}} for part in done["result"]]
    studio.people["ann"].call("PATCH", f"/api/annotations/{done['id']}/", {"result": changed})
    err = refused(annotate, root, 12)
    assert "'Check_Worthy'" in err
    assert f'project "{title}" task {tasks["a1.s01"]["id"]} ("a1.s01")' in err


def test_screen_changed_by_hand_is_restored_by_push(studio, annotate, root):
    title = pushed(annotate, root, 13)
    project, _ = studio.project(title)
    ours = studio.admin.call("GET", f"/api/projects/{project}/")["label_config"]
    assert 'value="rhetoric"' in ours
    by_hand = {"label_config": ours.replace('value="rhetoric"', 'value="Rhetoric!"')}
    studio.admin.call("PATCH", f"/api/projects/{project}/", by_hand)
    pushed(annotate, root, 13)
    assert studio.admin.call("GET", f"/api/projects/{project}/")["label_config"] == ours


def test_deleted_task_takes_no_vote_away_and_push_restores_it(studio, annotate, root):
    title = pushed(annotate, root, 14)
    studio.vote("ann", title, "a1.s01", check_worthy())
    studio.vote("ann", title, "a1.s02", check_worthy())
    annotate(root, "do=pull", "round=14", "tasks=[check_worthiness]")
    studio.admin.call("DELETE", f"/api/tasks/{studio.project(title)[1]['a1.s02']['id']}/")
    err = refused(annotate, root, 14)
    assert 'has a vote on "a1.s02" that the server has no longer' in err
    file = root / "dataset" / "annotation" / f"{title}.json"
    old = file.read_bytes()
    annotate(root, "do=pull", "round=14", "tasks=[check_worthiness]", "replace=true")
    assert [e["data"]["item"] for e in json.loads(file.read_text("utf-8"))] == ["a1.s01"]
    (backup,) = (file.parent / ".backup").iterdir()
    assert backup.read_bytes() == old
    pushed(annotate, root, 14)
    assert set(studio.project(title)[1]) == {"a1.s01", "a1.s02"}


def test_vote_that_is_gone_in_one_project_leaves_the_files_of_the_others(studio, annotate, root):
    first, second = (pushed(annotate, root, 19, items="a1.s01", who=who).replace("p1", who) for who in ("p1", "p2"))
    studio.vote("bob", second, "a1.s01", check_worthy())
    annotate(root, "do=pull", "round=19", "tasks=[check_worthiness]")
    studio.vote("ann", first, "a1.s01", check_worthy())
    studio.admin.call("DELETE", f"/api/tasks/{studio.project(second)[1]['a1.s01']['id']}/")
    assert f'{second}.json has a vote on "a1.s01"' in refused(annotate, root, 19)
    annotate(root, "do=pull", "round=19", "tasks=[check_worthiness]", "replace=true")
    assert (root / "dataset" / "annotation" / f"{first}.json").is_file()


def test_cancelled_annotation_is_no_vote(studio, annotate, root):
    title = pushed(annotate, root, 15)
    task = studio.project(title)[1]["a1.s01"]["id"]
    studio.people["ann"].call("POST", f"/api/tasks/{task}/annotations/", {"result": [], "was_cancelled": True})
    out = annotate(root, "do=pull", "round=15", "tasks=[check_worthiness]")
    assert f"{title}: 0 of 2 voted on, 1 skipped" in out
    assert not (root / "dataset" / "annotation" / f"{title}.json").exists()


def test_one_account_behind_two_pseudonyms_is_refused(studio, annotate, root):
    pushed(annotate, root, 16)
    pushed(annotate, root, 16, who="p2")
    for who in ("p1", "p2"):
        studio.vote("ann", f"r16-{who}-check_worthiness", "a1.s01", check_worthy())
    assert "voted as p1 and as p2" in refused(annotate, root, 16)


def test_port_of_another_program_is_refused(root):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, _, err = command("annotate", "do=serve", f"port={port}", f"folder={root}/studio", cwd=root)
    assert code == 2
    assert f"port {port} of 127.0.0.1 cannot be had" in err


class Relay(BaseHTTPRequestHandler):
    """Passes requests on to the real server, counts them, and cuts exports off where it is told to."""

    studio, cut, counts = None, False, []

    def _pass(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        kept = {k: v for k, v in self.headers.items() if k.lower() in {"authorization", "content-type"}}
        request = urllib.request.Request(self.studio.url + self.path, body, kept, method=self.command)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            answer = opener.open(request, timeout=60)
        except urllib.error.HTTPError as refusal:  # an answer like any other
            answer = refusal
        with answer:
            data, status, kind = answer.read(), answer.status, answer.headers["Content-Type"]
        self.counts.append((self.command, self.path.split("?")[0].rstrip("/").rsplit("/", 1)[-1]))
        if self.cut and "/export" in self.path:
            data = data[: len(data) // 2]
        self.send_response(status)
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = _pass  # noqa: N815

    def log_message(self, *words):
        pass


@pytest.fixture
def relay(studio):
    handler = type("Handler", (Relay,), {"studio": studio, "counts": []})
    with HTTPServer(("127.0.0.1", 0), handler) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        handler.url = f"http://127.0.0.1:{made.server_address[1]}"
        yield handler
        made.shutdown()


def test_export_that_is_cut_off_writes_nothing(studio, annotate, root, relay):
    title = pushed(annotate, root, 17)
    studio.vote("ann", title, "a1.s01", check_worthy())
    relay.cut = True
    err = annotate(root, "do=pull", "round=17", "tasks=[check_worthiness]", code=2, url=relay.url)
    assert f'the export of "{title}" ends after' in err
    assert not (root / "dataset" / "annotation" / f"{title}.json").exists()


def test_two_hundred_tasks_take_a_request_a_hundred(annotate, root, relay):
    rows = (root / "dataset" / "source" / "claims.jsonl").read_text("utf-8").splitlines()[:200]
    ids = ",".join(json.loads(row)["id"] for row in rows)
    words = ("round=18", "tasks=[veracity]")
    annotate(root, "do=push", *words, "annotators=[p1]", f"items=[{ids}]", url=relay.url)
    assert relay.counts.count(("POST", "import")) == 2
    relay.counts.clear()
    assert "0 of 200 voted on" in annotate(root, "do=pull", *words, url=relay.url)
    assert relay.counts.count(("GET", "export")) == 1
    assert len(relay.counts) <= 5
