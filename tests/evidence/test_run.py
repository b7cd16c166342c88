"""Retrieved evidence from the command line to the run's files."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness import paths


def run_of(tmp_path, name):
    (folder,) = tmp_path.glob(f"runs/veracity/{name}-*")
    return folder


def test_a_retrieval_is_saved_scored_and_replayed(veristance, tmp_path):
    code, _, err = veristance("evaluate", "system=majority", "evidence=retrieved_bm25")
    assert code == 0
    assert "80 passages; R@5 0." in err
    first = run_of(tmp_path, "majority")
    made = json.loads((first / "evidence.json").read_text())
    assert {score["of"] for score in made["scores"]} >= {"ranking", "shown", "answers"}
    saved = tmp_path / "saved.jsonl"
    saved.write_bytes((first / "retrieval.jsonl").read_bytes())
    code, _, err = veristance("evaluate", "system=chance", "evidence=frozen", f"evidence.path={saved}")
    assert code == 0
    again = run_of(tmp_path, "chance")
    assert (again / "retrieval.jsonl").read_bytes() == saved.read_bytes()
    assert len(json.loads((again / "manifest.json").read_text())["config"]["evidence"]["sha256"]) == 64


def withheld(folder):
    """A copy of the shipped dataset that gives no text for its headings."""
    shutil.copytree(paths.dataset() / "data", folder / "data")
    file = folder / "data" / "passages" / "corpus.parquet"
    table = pq.read_table(file)
    texts = [None if row["check_worthiness_name"] == "heading" else row["text"] for row in table.to_pylist()]
    place = table.column_names.index("text")
    pq.write_table(table.set_column(place, "text", pa.array(texts, pa.string())), file)
    return texts.count(None)


def test_withheld_passages_are_left_out_and_told_in_log_and_report(veristance, tmp_path):
    n = withheld(tmp_path / "folder")
    ours = (f"dataset.path={tmp_path / 'folder'}", "task.content=[factual]")
    code, _, err = veristance("evaluate", "system=majority", "evidence=retrieved_bm25", *ours)
    assert code == 0, err
    assert f"{80 - n} passages, {n} withheld and left out; R@5 0." in err
    assert veristance("compare", "runs=[runs/veracity/*]")[0] == 0
    for page in ("report.md", "report.html"):
        assert f"{n} of 80 passages of vladivostok-claims" in (tmp_path / "reports" / "latest" / page).read_text()


def test_a_saved_retrieval_counts_by_its_content_and_not_by_its_name(veristance, tmp_path):
    assert veristance("evaluate", "system=majority", "evidence=retrieved_bm25")[0] == 0
    rows = (run_of(tmp_path, "majority") / "retrieval.jsonl").read_text()
    (tmp_path / "a.jsonl").write_text(rows)
    (tmp_path / "b.jsonl").write_text(rows)
    (tmp_path / "c.jsonl").write_text(rows.replace('"k":5', '"k":3', 1))
    for name in "abc":
        assert veristance("evaluate", "system=chance", "evidence=frozen", f"evidence.path={name}.jsonl")[0] == 0
    assert len(list(tmp_path.glob("runs/veracity/chance-*"))) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["evidence=frozen"], "evidence.path has no value"),
        (["evidence=frozen", "evidence.path=nope"], "nope cannot be read"),
        (["evidence=retrieved_folder", "evidence.collection.path=nope"], "nope is no folder"),
        (["evidence=retrieved_bm25", "evidence.k=0"], "veristance: evidence.k is 0"),
        (["evidence=noisy", "task=stance"], "the task is stance"),
    ],
)
def test_a_setting_that_cannot_be_had_is_one_sentence_and_leaves_no_run(veristance, files, words, told):
    code, _, err = veristance("evaluate", "system=majority", *words)
    assert (code, err.count("\n")) == (2, 1)
    assert told in err
    assert files() == []
