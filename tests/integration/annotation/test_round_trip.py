"""From a new article to a rebuilt dataset: claims, votes by two people, one of them through the interface, decisions, rows."""

from __future__ import annotations

import json

import pytest
from pyarrow import parquet

from .conftest import command, digest, make_checkout

pytestmark = pytest.mark.integration
# An emoji is one code point and two units of UTF-16, and line ends are CRLF.
ARTICLE = (
    "Storm closes bridge 🌊\r\n\r\nThe harbour bridge was closed on 3 May 2025 🚧 after a storm.\r\n"
    "Mayor Rosa Lind said that it would reopen. The ferry “Möwe” ran all night.\r\n"
)
CLOSED, FERRY = "The harbour bridge was closed on 3 May 2025.", "The ferry Möwe ran all night."


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = make_checkout(tmp_path_factory.mktemp("round") / "checkout")
    (root / "storm.txt").write_bytes(ARTICLE.encode())
    words = ("ingest", f"root={root}", "paths=[storm.txt]", "as_of=2025-05-04", "language=en")
    code, _, err = command(*words, cwd=root)
    assert (code, err) == (0, "")
    assert (root / "seeds" / "a3.txt").read_bytes() == ARTICLE.encode()
    return root


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def choice(name, label, target="claim"):
    return (name, target, "choices", {"choices": [label]})


def mark(text, words, number):
    start = text.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": ["evidence"]}
    return (f"evidence_{number}", f"article_{number}", "labels", value)


def test_article_becomes_rows_that_were_clicked(root, studio, annotate, screen):
    # Claims are written by one person through the interface.
    annotate(root, "do=push", "round=3", "annotators=[p1]", "tasks=[claims]", "items=[a3]")
    screen.login("ann")
    screen.open("r3-p1-claims", "a3.s02")
    screen.mark("2", "was closed on 3 May 2025 🚧", "The harbour bridge was closed")
    screen.page.get_by_text("was closed on 3 May 2025 🚧").last.click()
    screen.write("claim", CLOSED)
    screen.choose("factual")
    screen.shot("claims")
    screen.send()
    region = {"start": 0, "end": 29, "text": "The ferry “Möwe” ran all night"}
    written = [
        {
            "id": "x",
            "from_name": "form",
            "to_name": "text",
            "type": "labels",
            "value": region | {"end": len(region["text"]), "labels": ["own_voice"]},
        },
        {"id": "x", "from_name": "claim", "to_name": "text", "type": "textarea", "value": {"text": [FERRY]}},
        {"id": "x", "from_name": "content", "to_name": "text", "type": "choices", "value": {"choices": ["factual"]}},
    ]
    task = studio.project("r3-p1-claims")[1]["a3.s04"]["id"]
    studio.people["ann"].call("POST", f"/api/tasks/{task}/annotations/", {"result": written})
    out = annotate(root, "do=pull", "round=3", "tasks=[claims]")
    assert "claims: 2 added" in out
    made = {row["text"]: row for row in lines(root / "dataset/source/claims.jsonl")[-2:]}
    assert made[CLOSED]["spans"] == [{"passage": "a3.s02", "quote": "was closed on 3 May 2025 🚧"}]
    closed, ferry = made[CLOSED]["id"], made[FERRY]["id"]
    pair = {"id": "vp-9001", "claim": closed, "passage": "a3.s03", "holder": "Rosa Lind", "chosen": "overlap"}
    with (root / "dataset/source/pairs.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(pair) + "\n")

    # Two people vote on them, one by the interface and one by the API.
    out = annotate(root, "do=push", "round=3", "annotators=[p1,p2]", f"items=[{closed},{ferry},vp-9001,a3.s02,a3.s03]")
    assert out.count("tasks added") == 6
    again = annotate(
        root, "do=push", "round=3", "annotators=[p1,p2]", f"items=[{closed},{ferry},vp-9001,a3.s02,a3.s03]"
    )
    assert again.count(": 0 tasks added") == 6
    screen.open("r3-p1-veracity", closed)
    screen.choose("supported")
    screen.mark("e", "closed on 3 May 2025 🚧 after a storm", "Storm closes bridge")
    screen.mark("e", "“Möwe” ran", "Storm closes bridge")
    screen.write("comment", "V4 🌊")
    screen.shot("veracity")
    screen.send()
    screen.open("r3-p1-stance", "vp-9001")
    screen.press("4", "unrelated")
    screen.page.get_by_text("same_event").first.click()
    screen.shot("stance")
    screen.send()
    screen.open("r3-p1-check_worthiness", "a3.s02")
    screen.choose("check_worthy")
    screen.shot("check_worthiness")
    screen.send()
    text = ARTICLE
    studio.vote("ann", "r3-p1-veracity", ferry, choice("veracity", "supported"), mark(text, "ferry", 3))
    studio.vote("bob", "r3-p2-veracity", closed, choice("veracity", "refuted"), mark(text, "harbour bridge", 3))
    studio.vote("bob", "r3-p2-veracity", ferry, choice("veracity", "supported"), mark(text, "ferry “Möwe”", 3))
    studio.vote("bob", "r3-p2-stance", "vp-9001", choice("stance", "unrelated"), choice("same_event", "same_event"))
    studio.vote("bob", "r3-p2-check_worthiness", "a3.s02", choice("check_worthiness", "check_worthy", "text"))
    out = annotate(root, "do=status", "round=3")
    assert "r3-p1-veracity: 2 of 2, complete" in out
    assert "next in check_worthiness: a3.s03" in out

    annotate(root, "do=pull", "round=3")
    folder = root / "dataset" / "annotation"
    entry = next(
        e for e in json.loads((folder / "r3-p1-veracity.json").read_text("utf-8")) if e["data"]["item"] == closed
    )
    parts = entry["annotations"][0]["result"]
    spans = [part["value"] for part in parts if part["type"] == "labels"]
    assert [s["text"] for s in spans] == ["closed on 3 May 2025 🚧 after a storm", "“Möwe” ran"]
    assert all(ARTICLE[s["start"] : s["end"]] == s["text"] for s in spans)
    values = {part["from_name"]: part["value"] for part in parts}
    assert values["veracity"]["choices"] == ["supported"]
    assert values["evidence"]["choices"] == ["a3.s02", "a3.s04"]
    assert values["comment"]["text"] == ["V4 🌊"]
    page = (root / "report" / "annotation-report.html").read_text("utf-8")
    assert "alpha" in page
    before = digest(root / "dataset")
    annotate(root, "do=pull", "round=3")
    assert digest(root / "dataset") == before

    # They differ on one claim, which the adjudicator decides with both votes in sight.
    out = annotate(root, "do=adjudicate", "round=3")
    assert "veracity: 1 decided alike by all, 1 differ, 0 of them decided" in out
    screen.open("r3-adjudication-veracity", closed)
    assert screen.page.get_by_text("p2: refuted").first.is_visible()
    screen.choose("supported")
    screen.mark("e", "harbour bridge was closed", "Storm closes bridge")
    screen.write("why", "a3.s02 says so in own voice.")
    screen.shot("adjudication")
    screen.send()
    assert "1 differ, 1 of them decided" in annotate(root, "do=adjudicate", "round=3")
    decisions = {row["item"]: row for row in lines(root / "dataset/source/adjudications.jsonl")}
    assert decisions[closed] == {
        "item": closed, "label": "supported", "evidence": ["a3.s02"], "why": "a3.s02 says so in own voice.",
    }  # fmt: skip
    assert decisions[ferry]["evidence"] == ["a3.s04"]
    assert decisions["vp-9001"]["same_event"] is True

    # The build takes all of it along.
    from harness.dataset.build import build

    build(root, root / "out")
    claims = {row["id"]: row for row in parquet.read_table(root / "out/data/claims/test.parquet").to_pylist()}
    (span,) = claims[closed]["spans"]
    assert ARTICLE[span["start"] : span["end"]] == "was closed on 3 May 2025 🚧"
    assert claims[closed]["evidence"] == ["a3.s02"]
    assert (claims[closed]["ambiguous"], claims[ferry]["ambiguous"]) == (True, False)
    votes = parquet.read_table(root / "out/data/votes/test.parquet").to_pylist()
    mine = {(v["annotator"], v["item"]): v for v in votes if v["round"] == 3}
    assert len(mine) == 8
    assert (mine["p1", closed]["evidence"], mine["p1", closed]["comment"]) == (["a3.s02", "a3.s04"], "V4 🌊")
    secrets = [studio.admin.token, *(person.token for person in studio.people.values())]
    for path in [*root.rglob("*"), *studio.folder.glob("server.*")]:
        assert not path.is_file() or not any(token.encode() in path.read_bytes() for token in secrets), path
