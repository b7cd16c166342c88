"""`veristance publish` as a maintainer types it."""

import hashlib
import json
import re
import zipfile

import pytest
from datasets import load_dataset


@pytest.fixture
def typed(veristance, checkout, server, monkeypatch):
    """The command on the small checkout, with the hub of the test as HF_ENDPOINT."""
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    return lambda *words: veristance("publish", f"root={checkout.root}", "check=false", *words)


def test_without_a_terminal_nothing_is_sent_unasked(typed, server):
    code, out, err = typed("repo=me/news", "yes=true")
    assert code == 0, err
    assert "dry run: nothing was sent; dry_run=false publishes it" in out
    assert server.repos == {}


def test_publish_says_what_it_did(typed, server):
    code, out, err = typed("repo=me/news", "yes=true", "dry_run=false")
    assert code == 0, err
    assert re.search(rf"published: {server.url}/datasets/me/news/tree/1\.0\.0 \(\d+ files, commit \w{{8}}\)", out)
    assert server.repos["me/news"].tags.keys() == {"1.0.0"}
    code, out, err = typed("repo=me/news", "yes=true", "dry_run=false")
    assert (code, "nothing to do" in out) == (0, True), err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["repo=news"], 2, "repo is 'news'; expected owner/name"),
        ([], 2, "target=hub needs repo=...; expected owner/name"),
        (["target=ftp"], 2, "target is 'ftp'; expected hub, folder, archive"),
        (["target=folder"], 2, "target=folder needs out=...; expected a directory"),
        (["target=folder", "out=x", "text_policy=some"], 2, "text_policy is 'some'; expected none, quotes, full"),
        (["repo=me/news", "text_policy=full"], 2, "text_policy=full would publish whole articles"),
    ],
)
def test_what_does_not_fit_is_one_sentence(typed, words, code, told):
    found, _, err = typed(*words)
    assert (found, err.count("\n")) == (code, 1), err
    assert told in err


def test_a_hub_that_fails_is_one_sentence(typed, server):
    from hub_server import Fault

    server.faults = [Fault(r"^POST .*/commit/", status=500)]
    code, _, err = typed("repo=me/news", "yes=true", "dry_run=false")
    assert (code, sum(line.startswith("veristance:") for line in err.splitlines())) == (1, 1)
    assert "the hub failed (500" in err
    assert "Traceback" not in err


def test_a_folder_is_read_by_load_dataset(typed, checkout, tmp_path):
    code, out, err = typed("target=folder", f"out={tmp_path / 'copy'}")
    assert code == 0, err
    assert str(tmp_path / "copy") in out
    claims = load_dataset(str(tmp_path / "copy"), "claims", split="test", cache_dir=str(tmp_path / "cache"))
    assert len(claims) == len(checkout.rows("claims/test"))
    assert claims.features["veracity"].names[:2] == ["supported", "refuted"]
    sums = dict(reversed(line.split("  ")) for line in (tmp_path / "copy" / "SHA256SUMS").read_text().splitlines())
    assert {name: hashlib.sha256((tmp_path / "copy" / name).read_bytes()).hexdigest() for name in sums} == sums
    # Again over itself, but not over a stranger's files.
    assert typed("target=folder", f"out={tmp_path / 'copy'}")[0] == 0
    (tmp_path / "copy" / "mine.txt").write_text("x")
    code, _, err = typed("target=folder", f"out={tmp_path / 'copy'}")
    assert (code, (tmp_path / "copy" / "mine.txt").is_file()) == (2, True)
    assert "holds mine.txt, which is of no tree" in err


def test_an_archive_has_checksums_and_metadata_and_is_the_same_again(typed, tmp_path):
    assert typed("target=archive", f"out={tmp_path / 'a'}")[0] == 0
    assert typed("target=archive", f"out={tmp_path / 'b'}")[0] == 0
    name = "vladivostok-claims-1.0.0.zip"
    data = (tmp_path / "a" / name).read_bytes()
    assert data == (tmp_path / "b" / name).read_bytes()
    assert (tmp_path / "a" / f"{name}.sha256").read_text() == f"{hashlib.sha256(data).hexdigest()}  {name}\n"
    with zipfile.ZipFile(tmp_path / "a" / name) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("vladivostok-claims-1.0.0/data/dataset.json"))["text_policy"] == "none"
    meta = json.loads((tmp_path / "a" / "datacite.json").read_text())
    # What DataCite's schema 4 makes mandatory, but for the DOI, which the repository gives.
    assert {"creators", "titles", "publisher", "publicationYear", "types"} <= meta.keys()
    assert (meta["version"], meta["types"]["resourceTypeGeneral"]) == ("1.0.0", "Dataset")
    import yaml

    cff = yaml.safe_load((tmp_path / "a" / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= cff.keys()
    assert (cff["type"], cff["version"]) == ("dataset", "1.0.0")
