"""What was published is read by those who use it: `load_dataset` by tag, streaming and offline, and Croissant's own reader."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hub_server import Fault

from harness.publish.release import checked

LOAD = """
import sys
from datasets import load_dataset
streaming, configs = sys.argv[1] == "streaming", {"claims": "test", "pairs": "test", "passages": "corpus", "votes": "test"}
for config, split in configs.items():
    data = load_dataset("me/news", config, split=split, revision="1.0.0", streaming=streaming)
    rows = list(data)
    label = {"claims": "veracity", "pairs": "stance"}.get(config)
    if label:
        assert data.features[label].int2str(rows[0][label]) == rows[0][f"{label}_name"]
    print(config, len(rows))
if sys.argv[1] != "offline":  # there `datasets` wants a name, where several configs are in the cache
    print("splits", *sorted(load_dataset("me/news", revision="1.0.0", streaming=streaming)))
"""


def load(server, home, how, **env):
    """Run `load_dataset` in a process of its own; gives what it printed."""
    told = {"HF_ENDPOINT": server.url, "HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, how],
        env=kept | told | env,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Ignoring" not in done.stderr
    return done.stdout.splitlines()


@pytest.mark.integration
def test_load_by_tag_with_streaming_without_and_offline_from_cache(release, checkout, server, tmp_path):
    release()
    checkout.relabel()  # a later version must not be what the tag gives
    checkout.add_claim()
    checkout.version("2.0.0")
    release()
    n = {
        name: len(checkout.rows(f"{name}/{split}"))
        for name, split in (("pairs", "test"), ("passages", "corpus"), ("votes", "test"))
    }
    expected = [
        f"claims {len(checkout.rows('claims/test')) - 1}",
        *(f"{name} {rows}" for name, rows in n.items()),
        "splits examples test",
    ]
    assert load(server, tmp_path / "stream", "streaming") == expected
    assert load(server, tmp_path / "home", "whole") == expected
    asked = len(server.asked)
    assert load(server, tmp_path / "home", "offline", HF_HUB_OFFLINE="1") == expected[:-1]
    assert len(server.asked) == asked


@pytest.mark.integration
def test_a_publish_that_is_killed_in_its_upload_is_finished_by_the_same_command(release, checkout, server, tmp_path):
    never = threading.Event()
    server.faults = [Fault(r"^PUT /lfs/", status=None, after=3, hold=never)]
    told = {
        "HF_ENDPOINT": server.url,
        "HF_TOKEN": server.token,
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_DISABLE_XET": "1",
    }
    words = ["repo=me/news", f"root={checkout.root}", "check=false", "yes=true", "dry_run=false"]
    command = [sys.executable, "-m", "harness", "publish", *words]
    killed = subprocess.Popen(
        command, env=os.environ | told, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(1200):
        if len(server.objects) == 3:
            break
        assert killed.poll() is None
        time.sleep(0.1)
    killed.kill()
    killed.wait()
    never.set()
    repo = server.repos["me/news"]
    assert ([message for _, message, *_ in repo.commits], repo.tags) == (["initial commit"], {})
    server.faults = []
    made, _ = release()
    assert made.done == "published"
    assert [message for _, message, *_ in repo.commits] == ["initial commit", "Version 1.0.0"]
    assert repo.tags == {"1.0.0": repo.commits[-1][0]}


@pytest.fixture
def tree(checkout, tmp_path):
    (tmp_path / "tree").mkdir()
    return checked(checkout.root, tmp_path / "tree", "quotes", 100, lambda _: None)


CROISSANT = """
import json, sys
import mlcroissant as mlc
data = mlc.Dataset(sys.argv[1])
issues = data.metadata.ctx.issues
assert not issues.errors and not issues.warnings, (issues.errors, issues.warnings)

def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {key.rpartition("/")[2]: plain(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)) or type(value).__name__ == "ndarray":
        return [plain(child) for child in value]
    return value.item() if hasattr(value, "item") else value

for records in data.metadata.record_sets:
    rows = [plain(row) for row in data.records(records.uuid)]
    print(json.dumps([records.uuid, rows]))
"""


def croissant(path):
    return subprocess.run(
        [sys.executable, "-c", CROISSANT, str(path)], capture_output=True, text=True, timeout=280, check=False
    )


@pytest.mark.integration
def test_croissant_is_valid_without_a_warning_and_gives_every_record(tree, checkout):
    path = tree.files["croissant.json"]
    command = [str(Path(sys.executable).with_name("mlcroissant")), "validate", "--jsonld", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    assert "Done." in told.stderr
    assert "warning" not in told.stderr.casefold()
    done = croissant(path)
    assert done.returncode == 0, done.stderr[-2000:]
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    names = {name: name.replace("/", "-").removesuffix("-test").removesuffix("-corpus") for name in TABLES}
    assert found.keys() == set(names.values())
    for name, records in names.items():
        expected = pq.read_table(tree.files[f"data/{name}.parquet"]).to_pylist()
        assert [hashed(row) for row in found[records]] == [hashed(row) for row in expected], name


def hashed(row):
    """A row's hash; Croissant's reader gives an absent text as empty, or as a number that is none."""
    kept = {key: value for key, value in row.items() if value not in (None, "", []) and value == value}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


TABLES = ("claims/test", "claims/examples", "pairs/test", "pairs/examples", "passages/corpus", "votes/test")


@pytest.mark.integration
def test_croissant_refuses_a_changed_data_file(tree, checkout):
    # The same rows by another writer: valid Parquet, other bytes.
    path = tree.files["data/claims/test.parquet"]
    pq.write_table(pq.read_table(path), path, compression="gzip")
    done = croissant(tree.files["croissant.json"])
    assert done.returncode != 0
    assert "is not identical with the reference" in done.stderr


def test_croissant_names_every_table_with_its_hash(tree):
    made = json.loads(tree.files["croissant.json"].read_text("utf-8"))
    assert made["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    assert {file["@id"]: file["sha256"] for file in made["distribution"]} == {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in tree.files.items()
        if name.endswith(".parquet")
    }
    assert sum(key.startswith("rai:") for key in made) >= 14
