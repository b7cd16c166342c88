"""What changed from one version to the next, and the version number that it asks for."""

import shutil

import pytest

from harness.errors import InputError
from harness.publish.difference import difference, least
from harness.publish.release import checked


@pytest.fixture
def versions(checkout, tmp_path):
    """The old version's folder, and a checkout to change."""
    shutil.copytree(checkout.root / "dataset", tmp_path / "old")
    return tmp_path / "old", checkout


def test_nothing_changed(versions):
    old, checkout = versions
    found = difference(old, checkout.root / "dataset")
    assert (found.required, list(found.lines())) == ("none", [])


@pytest.mark.parametrize(
    ("table", "values", "step"),
    [
        ("claims/test", {"veracity": 3, "veracity_name": "not_enough_evidence"}, "major"),
        ("claims/test", {"evidence": ["a1.s02"]}, "major"),
        ("claims/test", {"cluster": "k-9999"}, "major"),
        ("claims/test", {"text": "Other words."}, "patch"),
        ("claims/test", {"justification": "Another reason."}, "patch"),
        ("votes/test", {"label": "conflicting"}, "major"),
        ("votes/test", {"comment": "So I read it."}, "patch"),
    ],
)
def test_the_step_is_by_what_changed(versions, table, values, step):
    old, checkout = versions
    row = next(i for i, r in enumerate(checkout.rows(table)) if all(r[k] != v for k, v in values.items()))
    checkout.edit(table, row, **values)
    found = difference(old, checkout.root / "dataset")
    assert found.required == step
    assert {cell.column for cell in found.changed} == {k for k in values if not k.endswith("_name")}


def test_a_label_is_told_by_its_name(versions):
    old, checkout = versions
    checkout.relabel()
    (cell,) = difference(old, checkout.root / "dataset").changed
    assert {cell.before, cell.after} == {"supported", "refuted"}


def test_an_added_row_is_minor_and_a_removed_one_is_major(versions):
    old, checkout = versions
    checkout.add_claim()
    new = checkout.root / "dataset"
    assert (difference(old, new).required, difference(old, new).added["claims"]) == ("minor", ("vc-9999",))
    assert (difference(new, old).required, difference(new, old).removed["claims"]) == ("major", ("vc-9999",))


def test_a_row_that_moves_to_the_scored_split_is_major(versions):
    old, checkout = versions
    moved = checkout.rows("claims/examples")[-1]
    checkout.write("claims/examples", checkout.rows("claims/examples")[:-1])
    checkout.write("claims/test", [*checkout.rows("claims/test"), moved])
    found = difference(old, checkout.root / "dataset")
    assert [(c.row, c.column, c.before, c.after) for c in found.changed] == [(moved["id"], "split", "examples", "test")]
    assert found.required == "major"


def test_text_that_is_withheld_is_no_change(checkout, tmp_path):
    (tmp_path / "bare").mkdir()
    checked(checkout.root, tmp_path / "bare", "none", 100, lambda _: None)
    checkout.relabel()
    found = difference(tmp_path / "bare", checkout.root / "dataset")
    assert [cell.column for cell in found.changed] == ["veracity"]
    assert found.n_withheld > 60  # the passages that have a text, at least
    assert f"({found.n_withheld} cells are not compared" in list(found.lines())[-1]


@pytest.mark.parametrize(
    ("version", "step", "expected"),
    [
        ("1.2.3", "none", "1.2.3"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "major", "2.0.0"),
        ("0.2.3", "major", "0.3.0"),
    ],
)
def test_least_version(version, step, expected):
    assert least(version, step) == expected


def test_a_version_that_is_none_is_told():
    with pytest.raises(InputError, match=r"'1\.0'; expected major\.minor\.patch"):
        least("1.0", "patch")


def test_diff_from_the_command_line(versions, veristance, monkeypatch):
    old, checkout = versions
    checkout.relabel()
    code, out, _ = veristance("diff", f"a={old}", f"b={checkout.root / 'dataset'}", "out=diff.json")
    assert code == 0
    assert "the change is major: claims.veracity changed in 1 rows" in out


def test_diff_with_what_is_no_version_is_one_sentence(veristance):
    code, _, err = veristance("diff", "a=nowhere")
    assert (code, err.count("\n")) == (2, 1)
    assert "'nowhere' is no folder here; expected one, or owner/name@revision" in err
