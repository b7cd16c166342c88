"""The wheel as a user meets it: built here, installed into an environment of its own, run in a folder that is no checkout."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.integration


def run(*command, cwd):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VERISTANCE_"))}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def veristance(wheel, tmp_path_factory):
    """The installed command, with no more than the wheel's own dependencies beside it."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", venv, cwd=venv.parent)
    pip = [venv / "bin" / "python", "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check"]
    run(*pip, "-c", ROOT / "requirements" / "constraints.txt", wheel, cwd=venv.parent)
    return venv / "bin" / "veristance"


@pytest.fixture(scope="module")
def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_wheel_carries_configurations_and_dataset(contents):
    shipped = "harness/_shipped"
    assert f"{shipped}/configs/evaluate.yaml" in contents
    assert f"{shipped}/dataset/LICENSE" in contents
    assert any(name.startswith(f"{shipped}/dataset/data/claims/") for name in contents)


def test_wheel_leaves_seeds_and_sources_behind(contents):
    articles = [path.read_bytes().strip() for path in (ROOT / "seeds").glob("*.txt")]
    assert articles
    assert not [name for name in contents if "seeds" in Path(name).parts or "dataset/source/" in name]
    assert not [name for name, data in contents.items() if any(article in data for article in articles)]


def test_wheel_names_no_public_data(contents):
    assert not [name for name, data in contents.items() if b"data/public" in data]


def test_wheel_carries_no_row_of_public_data(contents):
    # The maps name files and checksums; a file itself, under any name, would have one of these.
    maps = [data.decode() for name, data in contents.items() if "/configs/dataset/" in name]
    known = {digest for text in maps for digest in re.findall(r"sha256: ([0-9a-f]{64})", text)}
    assert len(known) > 10
    assert not [name for name, data in contents.items() if hashlib.sha256(data).hexdigest() in known]
    endings = {".csv", ".tsv", ".jsonl", ".xlsx"}
    assert not [name for name in contents if Path(name).suffix in endings]


def test_installed_command_says_help(veristance, tmp_path):
    assert "Usage: veristance VERB" in run(veristance, "--help", cwd=tmp_path)


def test_installed_command_lists_every_system(veristance, tmp_path):
    listed = run(veristance, "systems", cwd=tmp_path)
    assert {line.split()[0] for line in listed.splitlines()} == {
        p.stem for p in (ROOT / "configs" / "system").glob("*.yaml")
    }


def test_installed_command_checks_without_asking(veristance, tmp_path):
    assert "no question was asked" in run(veristance, "check", "system=tfidf", cwd=tmp_path)
    assert not list(tmp_path.iterdir())


def test_installed_command_evaluates_where_the_user_stands(veristance, tmp_path):
    run(veristance, "evaluate", "system=tfidf", cwd=tmp_path)
    assert len(list(tmp_path.glob("runs/veracity/tfidf-*/scores.json"))) == 1
