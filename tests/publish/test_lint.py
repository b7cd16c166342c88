"""The card's front matter against the hub's rules, without the hub."""

import copy

import pytest

from harness.errors import InputError
from harness.publish import card
from harness.publish.lint import lint
from harness.publish.release import checked


@pytest.fixture(scope="module")
def published(small_dataset, tmp_path_factory):
    """The front matter of a tree, and the tree's folder."""
    folder = tmp_path_factory.mktemp("tree")
    tree = checked(small_dataset, folder, "none", 100, lambda _: None)
    return card.split(tree.files["README.md"].read_text("utf-8"))[0], folder


def test_the_published_card_is_clean(published):
    assert lint(*published) == []


def set_(path, value):
    """A change of the front matter at a path of keys."""

    def change(front):
        for key in path[:-1]:
            front = front[key]
        front[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (set_(["language"], [False]), "language has False; expected an ISO 639 code"),
        (set_(["language"], ["english"]), "language has 'english'"),
        (set_(["license"], "cc-by-5.0"), "license has 'cc-by-5.0'"),
        (set_(["license_name"], "My Licence"), "license is other without a license_name"),
        (set_(["license_link"], "LICENCE.txt"), "license_link is 'LICENCE.txt', which is no file"),
        (set_(["task_categories"], ["fact-checking"]), "task_categories has 'fact-checking'"),
        (set_(["task_ids"], ["claim-checking"]), "task_ids has 'claim-checking'"),
        (set_(["size_categories"], ["1M<n<10M"]), "size_categories is ['1M<n<10M']"),
        (set_(["annotations_creators"], ["models"]), "annotations_creators has 'models'"),
        (set_(["tags"], [2026]), "tags has 2026"),
        (set_(["pretty_name"], ""), "pretty_name is missing"),
        (set_(["configs", 0, "data_files", 0, "path"], "data/claims/none.parquet"), "matches no file"),
        (set_(["configs", 1, "config_name"], "claims"), "configs has config_name 'claims'"),
        (set_(["configs", 1, "default"], True), "expected the first config, and it alone"),
        (set_(["configs", 0, "data_files", 1, "split"], "test"), "config claims has split 'test'"),
        (set_(["dataset_info", 0, "splits", 0, "num_examples"], 3), "dataset_info of claims has another splits"),
        (set_(["dataset_info", 1, "features", 0, "dtype"], "int64"), "dataset_info of pairs has another features"),
    ],
)
def test_a_fault_is_found(published, change, told):
    front, folder = copy.deepcopy(published[0]), published[1]
    change(front)
    assert any(told in fault for fault in lint(front, folder)), lint(front, folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# No front matter\n", "does not begin with YAML front matter"),
        ("---\na: [\n---\n", "front matter that is no YAML"),
        ("---\n- a\n---\n", "is a list; expected keys and values"),
        ("---\nlicense: mit\nlicense: other\n---\n", "the key 'license' stands twice"),
    ],
)
def test_front_matter_that_cannot_be_read_is_told(text, told):
    with pytest.raises(InputError, match=told):
        card.split(text)
