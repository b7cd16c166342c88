"""Publishing to a hub that is a real HTTP server: what is sent, what is refused, and what a second try does."""

import re

import pytest
from hub_server import Fault

from harness.errors import BelowBarError, ConfigError, InputError
from harness.publish.hub import HubError

REPO = "me/news"
COMMIT, TAG, PUT = r"^POST .*/commit/", r"^POST .*/tag/", r"^PUT /lfs/"


def history(server):
    """The messages of the commits, and the tags with the number of the commit that each names."""
    repo = server.repos[REPO]
    order = [sha for sha, *_ in repo.commits]
    return [message for _, message, *_ in repo.commits], {tag: order.index(sha) for tag, sha in repo.tags.items()}


def held(server, number=-1):
    return server.repos[REPO].commits[number][2]


# What is sent


def test_first_publish_is_one_commit_and_one_tag(release, server):
    made, said = release()
    assert (made.done, made.version) == ("published", "1.0.0")
    assert history(server) == (["initial commit", "Version 1.0.0"], {"1.0.0": 1})
    assert {"README.md", "GUIDELINES.md", "croissant.json", "SHA256SUMS", "data/claims/test.parquet"} <= held(
        server
    ).keys()
    assert "the repository is not there" in said


def test_publish_again_sends_nothing(release, server):
    first, _ = release()
    asked, received = len(server.asked), len([body for body in server.received if body])
    again, said = release()
    assert (again.done, again.n_uploaded, again.commit) == ("unchanged", 0, first.commit)
    assert {asked.split()[0] for asked in server.asked[asked:]} <= {"GET", "HEAD"}
    assert len([body for body in server.received if body]) == received
    assert "nothing to do" in said


def test_another_parquet_writer_is_no_change(release, server, monkeypatch):
    import harness.publish.rows as rows

    monkeypatch.setattr(rows, "COMPRESSION", "gzip")
    release()
    monkeypatch.undo()
    made, _ = release(dry_run=True)
    assert made.done == "unchanged"


def test_a_dry_run_sends_nothing(release, server):
    made, said = release(dry_run=True)
    assert made.done == "dry run"
    assert server.repos == {}
    assert "dry run: nothing was sent" in said


def test_a_dry_run_needs_no_token(release, server, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    assert release(dry_run=True)[0].done == "dry run"


def test_no_is_no(release, server):
    questions = []
    made, _ = release(confirm=questions.append)
    assert made.done == "declined"
    assert server.repos == {}
    assert re.search(r"\(public\) and tag 1\.0\.0\?$", questions[0])


# Versions


def test_a_changed_label_asks_for_a_major_version(release, checkout, server):
    release()
    checkout.relabel()
    with pytest.raises(InputError, match=r"tag 1\.0\.0 is there with other content.*expected 2\.0\.0 or above"):
        release()
    checkout.version("1.1.0")
    with pytest.raises(InputError, match=r"the change is major \(claims\.veracity changed in 1 rows\).*2\.0\.0"):
        release()
    assert history(server)[0] == ["initial commit", "Version 1.0.0"]
    checkout.version("2.0.0")
    made, said = release()
    assert made.done == "published"
    assert history(server) == (["initial commit", "Version 1.0.0", "Version 2.0.0"], {"1.0.0": 1, "2.0.0": 2})
    assert re.search(r"~ claims\.veracity: 1 rows\n    vc-\d+: \w+ -> \w+", said)
    assert "+ data/pairs/test.parquet" not in said  # what did not change is not sent


def test_an_added_row_asks_for_a_minor_version(release, checkout, server):
    release()
    checkout.add_claim()
    checkout.version("1.0.1")
    with pytest.raises(InputError, match=r"the change is minor \(1 rows of claims added\).*1\.1\.0"):
        release()
    checkout.version("1.1.0")
    made, said = release()
    assert made.done == "published"
    assert "+ claims: 1 rows (vc-9999)" in said
    assert history(server)[1] == {"1.0.0": 1, "1.1.0": 2}


def test_words_ask_for_a_patch(release, checkout, server):
    release()
    readme = checkout.root / "dataset" / "README.md"
    readme.write_text(readme.read_text("utf-8").replace("## Limits", "## What it is limited to"), "utf-8")
    checkout.version("1.0.1")
    made, said = release()
    assert made.done == "published"
    assert "the change is patch" in said
    assert b"What it is limited to" in held(server)["README.md"]


def test_a_tag_with_other_content_is_refused(release, checkout, server):
    release()
    readme = checkout.root / "dataset" / "README.md"
    readme.write_text(readme.read_text("utf-8") + "\nOne word more.\n", "utf-8")
    with pytest.raises(
        InputError, match=r"tag 1\.0\.0 is there with other content \(.*README\.md.*never changed.*1\.0\.1"
    ):
        release()
    assert history(server)[1] == {"1.0.0": 1}


def test_a_file_of_ours_that_is_gone_is_deleted_and_others_stay(release, checkout, server):
    release()
    repo = server.repos[REPO]
    repo.commit(
        "by hand",
        held(server) | {"data/old/test.parquet": held(server)["data/pairs/test.parquet"], "picture.png": b"x"},
        (),
    )
    checkout.version("2.0.0")
    _, said = release()
    assert "- data/old/test.parquet" in said
    assert "picture.png" in held(server)
    assert "data/old/test.parquet" not in held(server)


# Faults on the way


def test_a_conflicting_parent_commit_is_refused_and_nothing_is_written(release, server):
    release()
    repo = server.repos[REPO]

    def meanwhile(_):
        repo.commit("by somebody else", held(server) | {"note.txt": b"mine"}, repo.commits[-1][3])
        return True

    repo.tags.clear()
    repo.commits[-1] = (
        *repo.commits[-1][:2],
        {k: v for k, v in held(server).items() if k != "CITATION.cff"},
        repo.commits[-1][3],
    )
    repo.commits[-1][2]["data/dataset.json"] = held(server)["data/dataset.json"].replace(b"1.0.0", b"0.9.0")
    with pytest.raises(InputError, match=r"somebody else changed it meanwhile \(412"):
        release(confirm=meanwhile)
    assert history(server) == (["initial commit", "Version 1.0.0", "by somebody else"], {})


def test_an_upload_that_is_cut_off_is_finished_by_the_same_command(release, server, monkeypatch):
    import huggingface_hub.lfs as client

    # The client tries five times, with pauses of up to eight seconds: the same here, without the pauses.
    backoff = client.http_backoff
    monkeypatch.setattr(
        client, "http_backoff", lambda *a, **k: backoff(*a, **k, base_wait_time=0.001, max_wait_time=0.001)
    )
    server.faults = [Fault(PUT, status=None, after=3)]
    with pytest.raises(HubError, match="run the same command again"):
        release()
    assert history(server) == (["initial commit"], {})  # no commit, and no tag that names nothing
    uploaded = set(server.objects)
    assert len(uploaded) == 3
    server.faults, before = [], server.n_asked(PUT)
    made, _ = release()
    assert made.done == "published"
    assert history(server) == (["initial commit", "Version 1.0.0"], {"1.0.0": 1})
    assert server.n_asked(PUT) - before == 3  # what had arrived is not sent again


def test_a_tag_that_failed_is_set_by_the_same_command(release, server):
    server.faults = [Fault(TAG, status=500, times=1)]
    with pytest.raises(HubError, match=r"the commit \w{8} is there and its tag 1\.0\.0 is not"):
        release()
    assert history(server) == (["initial commit", "Version 1.0.0"], {})
    made, _ = release()
    assert (made.done, made.n_uploaded) == ("tagged", 0)
    assert history(server) == (["initial commit", "Version 1.0.0"], {"1.0.0": 1})


@pytest.mark.parametrize(
    ("status", "headers", "error", "told"),
    [
        (401, {}, InputError, r"does not know the token \(401"),
        (403, {}, InputError, r"token may not do that \(403.*may write to me's repositories"),
        (429, {"Retry-After": "30"}, HubError, r"too many requests \(429\); wait 30 s"),
        (500, {}, HubError, r"the hub failed \(500.*run the same command again"),
    ],
)
def test_a_refused_commit_is_told_in_a_sentence(release, server, status, headers, error, told):
    server.faults = [Fault(COMMIT, status=status, headers=headers)]
    with pytest.raises(error, match=told) as raised:
        release()
    assert "\n" not in str(raised.value)
    assert history(server) == (["initial commit"], {})


def test_a_missing_token_is_told_before_anything_is_asked(release, server, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(InputError, match=r"there is no token.*HF_TOKEN.*hf auth login"):
        release()
    assert server.asked == []


def test_a_wrong_token_is_told_by_the_hub(release, server, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(InputError, match="401"):
        release()
    assert server.repos == {}


def test_a_token_that_may_only_read_is_told(release, server):
    server.role = "read"
    with pytest.raises(InputError, match=r"403.*may write to me's"):
        release()
    assert server.repos == {}


def test_a_token_is_in_nothing_that_is_sent_or_said(release, server):
    _, said = release()
    assert server.token not in said
    assert all(server.token.encode() not in body for body in server.received)


def test_a_file_over_our_limit_is_told_before_anything_is_sent(release, server):
    with pytest.raises(InputError, match=r"has 0\.\d MB, over limit_mb=0\.01"):
        release(limit_mb=0.01)
    assert server.repos == {}


def test_a_file_over_the_hubs_limit_is_told(release, server):
    server.lfs_limit = 1000
    with pytest.raises((InputError, HubError), match="over the limit of 1000 bytes"):
        release()
    assert history(server) == (["initial commit"], {})


# Where it may go


def test_a_private_repository_gets_the_quoted_passages(release, server):
    _, said = release(private=True)
    assert server.repos[REPO].private
    assert re.search(r"text_policy quotes: \d+\.\d% of the articles' words", said)


def test_private_is_refused_where_the_repository_is_public(release, server):
    release()
    with pytest.raises(InputError, match="is there and public"):
        release(private=True)


def test_whole_articles_are_refused_in_public(release, server):
    with pytest.raises(ConfigError, match="text_policy=full would publish whole articles"):
        release(text_policy="full")
    assert server.repos == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("the key is hf_" + "a" * 34, "a hub token"),
        ("write to jane.doe@example.org", "an e-mail address"),
        ("call +44 20 7946 0958", "a telephone number"),
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
    ],
)
def test_secrets_and_personal_data_never_leave(release, checkout, server, words, told):
    checkout.edit("claims/test", 3, justification=words)
    with pytest.raises(BelowBarError, match=rf"nothing was sent: 1 findings.*justification: {told}") as raised:
        release()
    assert words not in str(raised.value)
    assert server.repos == {}
