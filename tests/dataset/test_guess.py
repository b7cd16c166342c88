"""The guess at a file's map, and the command that writes it."""

import json

import pytest

from harness.dataset import guess
from harness.dataset.rows import Format
from harness.label import Task

ODD = 'nr;aussage;urteil;quelle\n1;"Der Flu\xdf ""Elbe""; sagt er";1.0;"x"\n2;Zwei;0.0;y\n3;Drei;;z\n'


def test_form_of_odd_text_is_guessed(tmp_path):
    (tmp_path / "t.csv").write_bytes(ODD.encode("latin-1"))
    found = guess.form(tmp_path / "t.csv", {})
    assert (found.delimiter, found.encoding, found.quoting) == (";", "latin-1", "standard")


def test_quotes_that_would_swallow_rows_are_taken_as_they_stand(tmp_path):
    (tmp_path / "t.tsv").write_text('a\tb\n"x\ty\nz\tw\nu" v\ts\n')
    assert guess.form(tmp_path / "t.tsv", {}).quoting == "none"


@pytest.mark.parametrize(
    ("names", "claim", "gold"),
    [
        (["Headline", "Body ID", "Stance"], "Headline", "Stance"),
        (["claimHeadline", "articleHeadline", "label"], "claimHeadline", "label"),
        (["id", "statement", "verdict", "text"], "statement", "verdict"),
    ],
)
def test_columns_are_known_by_their_names(names, claim, gold):
    found = guess.columns(names, {})
    assert (found["claim"], found["gold"]) == (claim, gold)


def test_labels_are_known_by_their_words_and_others_are_nobodys():
    assert guess.labels(["True", "FALSE", "half-true", "7"], Task.VERACITY, None) == {
        "True": "supported", "FALSE": "refuted", "half-true": "conflicting", "7": None,
    }  # fmt: skip
    assert guess.labels(["FAVOR", "AGAINST"], Task.STANCE, {"FAVOR": "discuss"}) == {
        "FAVOR": "discuss", "AGAINST": "disagree",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "form"),
    [(["2020-01-31"], ""), (["31-10-2020", "01-02-2020"], "%d-%m-%Y"), (["01/31/2020"], "%m/%d/%Y"), (["soon"], None)],
)
def test_dates_are_known_by_their_form(values, form):
    assert guess.date_format(values) == form


def test_nested_answers_are_evidence():
    rows = [{"claim": "c", "qa": []}, {"claim": "c", "qa": [{"question": "q", "answers": [{"answer": "a"}]}]}]
    assert guess.evidence(rows, ["claim"]) == {"each": "qa[].answers[]", "text": ["question", "answer"]}


def test_command_shows_writes_and_the_result_evaluates(veristance, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_bytes(ODD.encode("latin-1"))
    words = [
        "path=t.csv",
        "columns.claim=aussage",
        "columns.gold=urteil",
        "columns.evidence=quelle",
        "labels={1: supported, 0: refuted}",
    ]
    code, out, err = veristance("map", *words)
    assert (code, "line 4 has no urteil" in err) == (0, True)
    assert all(
        said in out
        for said in ("1 (1) -> supported", "1 rows without a label", '[1 -> supported] Der Flu\xdf "Elbe"; sagt er')
    )
    code, _, err = veristance("map", *words)
    assert (code, "is there already" in err) == (2, True)
    code, _, err = veristance("evaluate", "--config-dir", "conf", "dataset=t", "system=majority", "protocol.n_folds=2")
    assert code == 0
    (scores,) = tmp_path.glob("runs/veracity/majority-*/scores.json")
    assert json.loads(scores.read_text())[0]["n"] == 2
    code, _, err = veristance(
        "evaluate", "--config-dir", "conf", "dataset=t", "dataset.faults=refuse", "system=majority"
    )
    assert (code, "t.csv line 4 has no urteil" in err) == (2, True)


def test_a_given_form_is_kept(tmp_path):
    (tmp_path / "t.csv").write_text("a;b\nx;y\n")
    assert guess.form(tmp_path / "t.csv", {"delimiter": ","}) == Format(delimiter=",")
