import sys

import pytest

from harness.annotation.campaign import Campaign
from harness.annotation.exchange import push
from harness.annotation.label_studio import TOKEN, Server, connect, tasks_of
from harness.errors import InputError

URL = "http://127.0.0.1:9"


def test_annotate_without_the_extra_says_how_to_install_it(monkeypatch):
    monkeypatch.setenv(TOKEN, "some-token")
    monkeypatch.setitem(sys.modules, "label_studio_sdk", None)
    monkeypatch.setitem(sys.modules, "label_studio_sdk.client", None)
    with pytest.raises(InputError, match=r'pip install "veristance\[annotate\]"') as told:
        connect(URL)
    assert "some-token" not in str(told.value)


def test_missing_token_is_named(monkeypatch):
    monkeypatch.delenv(TOKEN, raising=False)
    with pytest.raises(InputError, match="the environment has no LABEL_STUDIO_API_KEY"):
        connect(URL)


@pytest.mark.parametrize("data", [b'[{"id": 1, "da', b"", b'{"detail": "no"}', b"[1]"])
def test_export_that_is_cut_off_or_no_list_is_refused(data):
    with pytest.raises(InputError, match='the export of "r3-p1-veracity"'):
        tasks_of(data, "r3-p1-veracity")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"round": None}, "round is None"),
        ({"annotators": ("ann@example.org",)}, "is no pseudonym"),
        ({"tasks": ("mood",)}, "tasks has 'mood'"),
    ],
)
def test_campaign_is_checked_at_once(tmp_path, given, words):
    usual = {"root": tmp_path, "round": 3, "annotators": ("p1",), "tasks": ("veracity",), "items": ("all",)}
    with pytest.raises(InputError, match=words):
        Campaign(**(usual | given))


def test_command_without_a_step_lists_them(veristance):
    code, _, err = veristance("annotate")
    assert (code, err.startswith("veristance: do is None; expected one of serve, push, pull")) == (2, True)


def test_label_that_the_screen_does_not_offer_is_not_shown_beforehand(tmp_path):
    # A run says only that a sentence is not check-worthy; the screen asks why not.
    campaign = Campaign(tmp_path, 3, ("p1",), ("check_worthiness",), ("all",))
    with pytest.raises(InputError, match="would be shown with 'not_check_worthy'"):
        push(Server(URL, None), campaign, {"a1.s01": "not_check_worthy"}, "a-run")
