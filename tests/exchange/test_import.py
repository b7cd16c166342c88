"""Logs of other harnesses become runs: scored by our rules, on the questions that the log holds."""

import json
import zipfile

import pytest

from harness.errors import InputError
from harness.exchange.export import identity
from harness.exchange.logs import read
from harness.label import Task
from harness.run import read_manifest, read_predictions

LABELS = ["supported", "refuted", "conflicting", "not_enough_evidence"]


@pytest.fixture(scope="module")
def corpus():
    from harness.dataset.published import PublishedDataset

    return PublishedDataset("vladivostok-claims").load()


@pytest.fixture(scope="module")
def asked(corpus):
    """Forty factual claims with their gold."""
    claims = [claim for _, claim in sorted(corpus.claims.items()) if claim.content == "factual"]
    return {claim.id: claim.veracity.value for claim in claims[:40]}


def said(number, gold):
    """Nine of ten answers are the gold label; one is prose."""
    return "Well, that depends on how one reads it." if number % 10 == 9 else json.dumps({"label": gold})


def inspect_log(dataset, asked, **header):
    samples = [
        {
            "id": id_,
            "epoch": 1,
            "input": [{"role": "user", "content": "Is it so?"}],
            "metadata": {"dataset": dataset},
            "output": {
                "choices": [{"message": {"role": "assistant", "content": said(i, gold)}, "stop_reason": "stop"}],
                "usage": {"input_tokens": 7, "output_tokens": 3},
            },
        }
        for i, (id_, gold) in enumerate(asked.items())
    ]
    return {"eval": {"model": "openai/some-model"}, "samples": samples} | header


def lm_eval_log(dataset, asked):
    rows = [
        {
            "doc_id": i,
            "doc": {"id": id_, "dataset": dataset},
            "arguments": {"gen_args_0": {"arg_0": ['[{"role": "user", "content": "Is it so?"}]'], "arg_1": {}}},
            "resps": [[said(i, gold)]],
        }
        for i, (id_, gold) in enumerate(asked.items())
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def promptfoo_log(dataset, asked):
    rows = [
        {
            "vars": {"id": id_, "dataset": dataset},
            "prompt": {"raw": "Is it so?"},
            "provider": {"id": "openai:chat:some-model"},
            # promptfoo gives an answer that is JSON as an object
            "response": {"output": json.loads(s) if (s := said(i, gold))[0] == "{" else s, "tokenUsage": {"prompt": 7}},
        }
        for i, (id_, gold) in enumerate(asked.items())
    ]
    return json.dumps({"results": {"version": 3, "results": rows}})


def write(kind, path, dataset, asked):
    if kind == "inspect":
        path = path / "log.json"
        path.write_text(json.dumps(inspect_log(dataset, asked)))
    elif kind == "lm_eval":
        path = path / "samples_x_2026.jsonl"
        path.write_text(lm_eval_log(dataset, asked))
    else:
        path = path / "results.json"
        path.write_text(promptfoo_log(dataset, asked))
    return path


@pytest.mark.parametrize("kind", ["inspect", "lm_eval", "promptfoo"])
def test_a_log_becomes_a_run_with_intervals(veristance, tmp_path, corpus, asked, kind):
    path = write(kind, tmp_path, identity(corpus, Task.VERACITY, "gold"), asked)
    code, out, err = veristance("import", f"from={kind}", f"path={path}", "name=theirs")
    assert code == 0, err
    (folder,) = (tmp_path / "runs" / "veracity").glob("theirs-*")
    manifest = read_manifest(folder)
    assert set(manifest.declared) == set(asked)  # what was not asked there is not missing here
    rows = read_predictions(folder, asked)
    assert sum(row.label == asked[id_] for id_, row in rows.items()) == 36
    assert sum(row.outcome == "unparsable" for row in rows.values()) == 4
    scores = {s["metric"]: s for s in json.loads((folder / "scores.json").read_text()) if s["slice"] == "all"}
    assert scores["accuracy"]["value"] == 1.0
    assert (scores["accuracy"]["n"], scores["accuracy"]["n_answered"]) == (40, 36)
    assert scores["macro_f1"]["low"] is not None or scores["macro_f1"]["note"]
    assert "40 answers of" in out


def test_a_line_separator_in_an_answer_cuts_no_line(veristance, tmp_path, corpus, asked):
    log = write("lm_eval", tmp_path, identity(corpus, Task.VERACITY, "gold"), asked)
    log.write_text(log.read_text().replace("Is it so?", "Is it\u2028so\u0085?"))
    code, _, err = veristance("import", "from=lm_eval", f"path={log}", "name=theirs")
    assert code == 0, err
    (folder,) = (tmp_path / "runs" / "veracity").glob("theirs-*")
    assert {row.messages[0].content for row in read_predictions(folder, asked).values()} == {"Is it\u2028so\u0085?"}


def test_imported_runs_are_compared_with_ours(veristance, tmp_path, corpus, asked):
    path = write("inspect", tmp_path, identity(corpus, Task.VERACITY, "gold"), asked)
    assert veristance("import", "from=inspect", f"path={path}", "name=theirs")[0] == 0
    assert veristance("evaluate", "system=majority")[0] == 0
    code, out, err = veristance("compare", "runs=[runs/veracity/*]")
    assert code == 0, err
    assert "theirs" in out


def test_an_archive_of_inspect_is_read(veristance, tmp_path, corpus, asked):
    log = inspect_log(identity(corpus, Task.VERACITY, "gold"), asked)
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps({"eval": log["eval"]}))
        for sample in log["samples"]:
            archive.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample))
    assert veristance("import", "from=inspect", f"path={path}")[0] == 0
    assert list((tmp_path / "runs" / "veracity").glob("some-model-*"))


def test_letters_give_probabilities(veristance, tmp_path, corpus, asked):
    id_, gold = next(iter(asked.items()))
    row = {
        "doc": {"id": id_, "dataset": identity(corpus, Task.VERACITY, "gold")},
        "arguments": {"gen_args_0": {"arg_0": "Is it so?", "arg_1": "A"}},
        "resps": [[[0.0 if label == gold else -1.0, False]] for label in LABELS],
    }
    path = tmp_path / "samples_x.jsonl"
    path.write_text(json.dumps(row) + "\n")
    assert veristance("import", "from=lm_eval", f"path={path}", "name=letters")[0] == 0
    (folder,) = (tmp_path / "runs" / "veracity").glob("letters-*")
    (made,) = read_predictions(folder, [id_]).values()
    # 1 / (1 + 3 / e)
    assert made.probabilities[gold] == pytest.approx(1 / (1 + 3 * 2.718281828459045**-1))
    assert made.label == gold


def fault(veristance, *args):
    code, _, err = veristance("import", *args)
    assert (code, err.count("\n")) == (2, 1), err
    return err


def test_a_log_on_other_data_is_refused(veristance, tmp_path, asked):
    path = write("inspect", tmp_path, "vladivostok-claims:0.9.0@0123456789abcdef/veracity", asked)
    assert "is on vladivostok-claims:0.9.0@" in fault(veristance, "from=inspect", f"path={path}")


def test_a_log_with_other_evidence_is_refused(veristance, tmp_path, corpus, asked):
    path = write("inspect", tmp_path, identity(corpus, Task.VERACITY, "none"), asked)
    assert "/evidence=none and this is " in fault(veristance, "from=inspect", f"path={path}")
    assert veristance("import", "from=inspect", f"path={path}", "evidence=none")[0] == 0


def test_a_question_that_is_not_ours_is_refused(veristance, tmp_path):
    path = write("promptfoo", tmp_path, None, {"q1": "supported"})
    assert 'answers "q1", which is no question of vladivostok-claims' in fault(
        veristance, "from=promptfoo", f"path={path}"
    )


def test_two_answers_to_a_question_are_refused(veristance, tmp_path, corpus, asked):
    path = write("lm_eval", tmp_path, identity(corpus, Task.VERACITY, "gold"), asked)
    path.write_text(path.read_text() * 2)
    assert "twice; expected one answer to each question" in fault(veristance, "from=lm_eval", f"path={path}")


@pytest.mark.parametrize("kind", ["inspect", "lm_eval", "promptfoo"])
@pytest.mark.parametrize("text", ["", "{}", "[]", "not JSON", '{"results": 3}'])
def test_what_is_no_log_is_told(tmp_path, kind, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match=r"x\.json (is no log of|holds no answer).*expected"):
        read(kind, tmp_path / "x.json")


def test_a_harness_that_is_not_known_is_told(veristance):
    assert "from is 'helm'; expected inspect, lm_eval, promptfoo" in fault(veristance, "from=helm", "path=x")
