"""Recorded answers: found by the words that they answer, whatever these hold, and part of a run's identity."""

import json

import pytest

from harness.client import ClientError
from harness.client.replay import Replay
from harness.errors import InputError
from harness.schema import Message


def recorded(path, *rows):
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    return Replay(str(path))


@pytest.mark.parametrize("words", ["one line", "two\u2028lines", "a\x85b\x0cc\x1cd"])
def test_an_answer_is_found_whatever_separators_its_words_hold(tmp_path, words):
    asked = [Message(role="user", content=words)]
    client = recorded(tmp_path / "a.jsonl", {"messages": [m.model_dump() for m in asked], "raw": f"said {words}"})
    assert client.complete(asked, {}).raw == f"said {words}"
    with pytest.raises(ClientError, match="no answer to these messages"):
        client.complete([Message(role="user", content="other")], {})


def test_another_content_is_another_hash_and_another_name_is_not(tmp_path):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path in (first, second):
        recorded(path, {"messages": [], "raw": "x"})
    before = Replay.content_hash(str(first))
    assert Replay.content_hash(str(second)) == before
    recorded(second, {"messages": [], "raw": "y"})
    assert Replay.content_hash(str(second)) != before
    with pytest.raises(InputError, match="cannot be read"):
        Replay.content_hash(str(tmp_path / "none.jsonl"))
