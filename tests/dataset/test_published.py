"""The published dataset: small Parquet folders, whole and with one fault each."""

import hashlib
import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness.dataset.published import PublishedDataset
from harness.errors import InputError
from harness.label import Stance, Veracity

ABOUT = {"name": "tiny", "version": "1.0.0", "as_of": "2025-09-06", "text_policy": "full"}
PASSAGE = {
    "id": "a1.s01",
    "article": "a1",
    "start": 0,
    "end": 10,
    "section": "lead",
    "paragraph": 1,
    "sha256": hashlib.sha256(b"It rained.").hexdigest(),
    "text": "It rained.",
}
CLAIM = {
    "id": "c1",
    "text": "It rained.",
    "origin": "extracted",
    "edit": None,
    "parent": None,
    "family": "c1",
    "cluster": "k-1",
    "fold": 0,
    "form": "own_voice",
    "content": "factual",
    "article": "a1",
    "spans": [{"passage": "a1.s01", "start": 0, "end": 10}],
    "veracity": 0,
    "veracity_name": "supported",
    "evidence": ["a1.s01"],
    "justification": "It says so.",
    "ambiguous": False,
    "invented": False,
}
PAIR = {
    "id": "p1",
    "claim": "c1",
    "passage": "a1.s01",
    "holder": "voice",
    "stance": 0,
    "stance_name": "agree",
    "same_event": False,
    "ambiguous": False,
}
TABLES = {"claims/test": [CLAIM], "pairs/test": [PAIR], "passages/corpus": [PASSAGE]}


@pytest.fixture
def publish(tmp_path):
    """Writes a folder of three rows, with some tables or parts of dataset.json in place of its own."""

    def make(tables=None, **about):
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "dataset.json").write_text(json.dumps(ABOUT | about))
        for name, rows in (TABLES | (tables or {})).items():
            path = tmp_path / "data" / f"{name}.parquet"
            path.parent.mkdir()
            pq.write_table(
                pa.Table.from_pylist(rows, schema=pa.Table.from_pylist(TABLES[name]).schema if not rows else None), path
            )
        return tmp_path

    return make


def load(folder, **choices):
    return PublishedDataset("tiny", str(folder), **choices).load()


def fault(folder, **choices):
    """The message of the InputError, which is one line."""
    with pytest.raises(InputError) as raised:
        load(folder, **choices)
    message = str(raised.value)
    assert "\n" not in message
    return message


def test_rows_are_loaded_by_id(publish):
    corpus = load(publish())
    assert (list(corpus.claims), list(corpus.pairs), list(corpus.passages)) == (["c1"], ["p1"], ["a1.s01"])


def test_labels_are_read_by_name(publish):
    corpus = load(publish())
    assert (corpus.claims["c1"].veracity, corpus.pairs["p1"].stance) == (Veracity.SUPPORTED, Stance.AGREE)


def test_version_and_as_of_date_come_from_the_folder(publish):
    corpus = load(publish())
    assert (corpus.version, corpus.as_of) == ("1.0.0", date(2025, 9, 6))


def test_withheld_text_is_none(publish):
    assert load(publish({"passages/corpus": [PASSAGE | {"text": None}]})).passages["a1.s01"].text is None


def test_hash_is_of_the_rows(publish):
    folder = publish()
    before = load(folder).sha256
    changed = [CLAIM | {"veracity": 1, "veracity_name": "refuted"}]
    pq.write_table(pa.Table.from_pylist(changed), folder / "data" / "claims" / "test.parquet")
    assert load(folder).sha256 != before


def test_hash_is_of_the_as_of_date_that_questions_carry(publish):
    folder = publish()
    before = load(folder).sha256
    (folder / "data" / "dataset.json").write_text(json.dumps(ABOUT | {"as_of": "2025-09-07"}))
    assert load(folder).sha256 != before


def test_hash_is_not_of_the_place(publish, tmp_path):
    folder = publish()
    before = load(folder).sha256
    assert load(folder.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))).sha256 == before


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("claims/test", CLAIM | {"veracity_name": "Mostly"}, ["claims/test.parquet row 1", 'claim "c1"', 'veracity "Mostly"', "'refuted'"]),
        ("claims/test", CLAIM | {"veracity_name": None}, ["row 1", '"c1"', "veracity null", "'supported'"]),
        ("claims/test", CLAIM | {"veracity_name": b"\xff"}, ["row 1", '"c1"', "veracity", "'supported'"]),
        ("claims/test", CLAIM | {"split": "test"}, ["claims/test.parquet row 1", '"c1"', "unknown field split"]),
        ("claims/test", {k: v for k, v in CLAIM.items() if k != "cluster"}, ["row 1", '"c1"', "has no cluster"]),
        ("claims/test", CLAIM | {"fold": -1}, ["row 1", '"c1"', "fold -1", "greater than or equal to 0"]),
        ("claims/test", CLAIM | {"evidence": []}, ["row 1", '"c1"', "evidence", "at least 1"]),
        ("pairs/test", PAIR | {"stance_name": "neutral"}, ["pairs/test.parquet row 1", 'pair "p1"', 'stance "neutral"', "'discuss'"]),
        ("passages/corpus", PASSAGE | {"section": "footer"}, ["corpus.parquet row 1", 'passage "a1.s01"', 'section "footer"', "'headline'"]),
    ],
)  # fmt: skip
def test_row_with_a_fault_is_named_with_file_row_id_and_what_was_expected(publish, table, row, said):
    message = fault(publish({table: [row]}))
    assert [words for words in said if words not in message] == []


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("claims/test", CLAIM, 'claim "c1" is there twice'),
        ("pairs/test", PAIR, 'pair "p1" is there twice'),
        ("passages/corpus", PASSAGE, 'passage "a1.s01" is there twice'),
    ],
)
def test_id_that_stands_twice_is_named_with_its_second_row(publish, table, row, said):
    message = fault(publish({table: [row, row]}))
    assert f"{table}.parquet row 2: {said}" in message


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("claims/test", CLAIM | {"evidence": ["a9.s01"]}, 'claim "c1" names passage "a9.s01"'),
        ("claims/test", CLAIM | {"spans": [{"passage": "a9.s01", "start": 0, "end": 1}]}, 'claim "c1" names passage "a9.s01"'),
        ("pairs/test", PAIR | {"claim": "c9"}, 'pair "p1" names claim "c9"'),
        ("pairs/test", PAIR | {"passage": "a9.s01"}, 'pair "p1" names passage "a9.s01"'),
    ],
)  # fmt: skip
def test_reference_to_what_is_not_there_is_named(publish, table, row, said):
    assert said in fault(publish({table: [row]}))


@pytest.mark.parametrize("name", TABLES)
def test_missing_file_is_named(publish, name):
    folder = publish()
    (folder / "data" / f"{name}.parquet").unlink()
    assert f"{name}.parquet is missing" in fault(folder)


def test_unknown_split_is_named(publish):
    assert "the split 'train'" in fault(publish(), split="train")


def test_split_without_claims_is_named(publish):
    message = fault(publish({"claims/test": [], "pairs/test": []}))
    assert "claims/test.parquet has no row; expected the claims of the split 'test'" in message


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"id,text\n"])
def test_broken_parquet_file_is_named(publish, content):
    folder = publish()
    (folder / "data" / "pairs" / "test.parquet").write_bytes(content)
    assert "pairs/test.parquet is no Parquet file that can be read" in fault(folder)


def test_dataset_of_another_name_is_refused(publish):
    assert "dataset.json is of 'other'; expected name 'tiny'" in fault(publish(name="other"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "expected name 'tiny', a version and an as_of date"),
        ('{"name": "tiny", "as_of": "2025-09-06"}', "version"),
        ('{"name": "tiny", "version": "1.0.0", "as_of": "soon"}', "soon"),
    ],
)
def test_broken_description_is_named(publish, content, said):
    folder = publish()
    (folder / "data" / "dataset.json").write_text(content)
    message = fault(folder)
    assert "dataset.json" in message
    assert said in message


def test_folder_that_is_no_dataset_is_named(tmp_path):
    assert "dataset.json cannot be read" in fault(tmp_path / "nothing")


def test_passage_that_was_changed_is_named(publish):
    folder = publish({"passages/corpus": [PASSAGE | {"sha256": "0" * 64}]})
    assert 'passage "a1.s01" has a text that its sha256 00000000 does not fit' in fault(folder)


def test_claim_of_an_unknown_parent_is_named(publish):
    folder = publish({"claims/test": [CLAIM | {"parent": "c9"}]})
    assert 'claim "c1" names claim "c9"' in fault(folder)
