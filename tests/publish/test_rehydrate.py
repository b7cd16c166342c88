"""Text that was withheld comes back from the reader's own copy, checked by hash."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from harness.dataset.published import PublishedDataset
from harness.errors import InputError
from harness.publish.rehydrate import rehydrate
from harness.publish.release import checked


@pytest.fixture
def bare(checkout, tmp_path):
    """The dataset as it is published in public."""
    (tmp_path / "bare").mkdir()
    return checked(checkout.root, tmp_path / "bare", "none", 100, lambda _: None).folder


def rows(folder, name):
    return pq.read_table(folder / "data" / f"{name}.parquet").to_pylist()


def test_everything_comes_back(bare, checkout, tmp_path):
    made = rehydrate(bare, checkout.root / "seeds", tmp_path / "whole")
    articles = {path.stem: path.read_bytes().decode() for path in (checkout.root / "seeds").glob("*.txt")}
    assert made.missing == ()
    assert made.n_places > 0 == made.n_places_left
    for row in rows(made.out, "passages/corpus"):
        assert row["text"] == articles[row["article"]][row["start"] : row["end"]]
    assert "⟦" not in "".join(row["justification"] for row in rows(made.out, "claims/test"))
    before = (checkout.root / "dataset" / "GUIDELINES.md").read_text("utf-8")
    after = (made.out / "GUIDELINES.md").read_text("utf-8")
    assert "".join(c for c in after.casefold() if c.isalnum()) == "".join(c for c in before.casefold() if c.isalnum())
    PublishedDataset("vladivostok-claims", str(made.out)).load()


def test_a_copy_with_other_line_ends_and_a_heading_is_as_good(bare, checkout, tmp_path):
    (tmp_path / "mine").mkdir()
    for path in (checkout.root / "seeds").glob("*.txt"):
        text = path.read_bytes().decode().replace("\n", "\r\n")
        (tmp_path / "mine" / f"saved {path.name}").write_bytes(f"From my reader\r\n\r\n{text}".encode())
    made = rehydrate(bare, tmp_path / "mine", tmp_path / "whole")
    assert (made.missing, made.n_places_left) == ((), 0)


def test_a_sentence_that_differs_stays_withheld_and_is_named(bare, checkout, tmp_path, veristance):
    shutil.copytree(checkout.root / "seeds", tmp_path / "mine")
    path = tmp_path / "mine" / "a1.txt"
    path.write_bytes(path.read_bytes().replace(b"September", b"October", 1))
    code, out, err = veristance(
        "rehydrate", f"path={bare}", f"articles={tmp_path / 'mine'}", f"out={tmp_path / 'whole'}"
    )
    assert code == 4
    assert "1 passages are in no file" in err
    assert "79 of 80 passages" in out
    assert sum(row["text"] is None for row in rows(tmp_path / "whole", "passages/corpus")) == 1
    assert json.loads((tmp_path / "whole" / "data" / "dataset.json").read_text())["text_policy"] == "quotes"


def test_other_articles_are_refused(bare, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.txt").write_text("It rained in Ryazan.\n")
    with pytest.raises(InputError, match="none of the 80 passages is in the 1 files"):
        rehydrate(bare, tmp_path / "mine", tmp_path / "whole")
