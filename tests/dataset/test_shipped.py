"""The dataset as it is in this checkout: read by the datasets library, offline, every config and split."""

import hashlib
import json

import pytest
from datasets import load_dataset

from harness import paths
from harness.label import CheckWorthiness, Stance, Veracity

SPLITS = [
    ("claims", "test", "veracity", Veracity),
    ("claims", "examples", "veracity", Veracity),
    ("pairs", "test", "stance", Stance),
    ("pairs", "examples", "stance", Stance),
    ("passages", "corpus", "check_worthiness", CheckWorthiness),
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder, cache = paths.checkout() / "dataset", tmp_path_factory.mktemp("cache")
    return lambda name, split: load_dataset(str(folder), name, split=split, cache_dir=str(cache))


@pytest.mark.parametrize(("name", "split", "label", "labels"), SPLITS)
def test_split_has_label_names_and_their_string_twins(loaded, name, split, label, labels):
    rows = loaded(name, split)
    assert rows.features[label].names == list(labels)
    assert [rows.features[label].int2str(row[label]) for row in rows] == rows[f"{label}_name"]


def test_nothing_of_the_worked_examples_is_scored(loaded):
    examples = set(json.loads((paths.checkout() / "dataset" / "data" / "dataset.json").read_text())["examples"])
    claims = loaded("claims", "test")
    assert not set(claims["cluster"]) & set(loaded("claims", "examples")["cluster"])
    assert not {spans[0]["passage"] for spans in claims["spans"] if spans} & examples


def test_votes_are_on_items_that_are_there(loaded):
    items = {row for name, split, *_ in SPLITS for row in loaded(name, split)["id"]}
    assert set(loaded("votes", "test")["item"]) <= items


def test_sums_are_of_the_files_that_are_there():
    folder = paths.checkout() / "dataset"
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
