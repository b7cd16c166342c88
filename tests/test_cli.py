"""The command line: help, exit codes, and one sentence for each kind of bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.app import flags_first

TFIDF = ("evaluate", "system=tfidf")


def test_help_names_every_verb(veristance):
    code, out, _ = veristance("--help")
    assert code == 0
    assert all(f"  {verb} " in out for verb in ("evaluate", "compare", "systems", "check", "build"))


@pytest.mark.parametrize("verb", ["evaluate", "compare", "systems", "check", "build"])
def test_help_of_a_verb_shows_its_usage(veristance, verb):
    code, out, _ = veristance(verb, "--help")
    assert code == 0
    assert f"Usage: veristance {verb}" in out


def test_systems_lists_what_ships_with_a_line_each(veristance):
    code, out, _ = veristance("systems")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert code == 0
    assert {"majority", "chance", "claim_only", "tfidf", "overlap", "embedding", "llm"} <= lines.keys()


def test_evaluate_writes_a_run_and_tells_its_score(veristance, files):
    code, _, err = veristance(*TFIDF)
    assert code == 0
    assert [Path(name).name for name in files()] == ["manifest.json", "predictions.jsonl", "scores.json"]
    assert "tfidf: macro_f1 0." in err
    assert "95 % interval" in err


def test_a_reader_that_has_read_enough_is_no_fault(tmp_path):
    command = [sys.executable, "-u", "-m", "harness", "systems"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (141, "")


def test_flags_may_stand_anywhere(veristance, tmp_path):
    (tmp_path / "conf/system").mkdir(parents=True)
    (tmp_path / "conf/system/mine.yaml").write_text("_target_: harness.system.majority.Majority\n")
    code, out, _ = veristance("check", "system=mine", "--config-dir", "conf", "task=stance")
    assert (code, "system mine: Majority" in out) == (0, True)
    assert flags_first(["a=1", "-m", "b=2", "--cfg", "job", "--info=plugins"]) == [
        "-m",
        "--cfg",
        "job",
        "--info=plugins",
        "a=1",
        "b=2",
    ]
    assert flags_first(["a=1", "--info", "b=2"]) == ["a=1", "b=2", "--info"]
    assert flags_first(["a=1", "--config-dir"]) == ["--config-dir", "a=1"]


def test_check_counts_and_writes_nothing(veristance, files):
    code, out, _ = veristance("check", "system=tfidf")
    assert code == 0
    assert "no question was asked" in out
    assert files() == []


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["evalute"], "did you mean 'evaluate'?"),
        (["evaluate", "system=tfdif"], "Could not find 'system/tfdif'"),
        (["evaluate", "sytem=tfidf"], "did you mean 'system'?"),
        (["evaluate", "system.foo=3"], "'system.foo' is no setting of evaluate"),
        (["evaluate", "system=["], "no viable alternative"),
        (["evaluate", "task.content=[fact]"], "task.content holds 'fact'; expected factual"),
        (["evaluate", "sample=0"], "sample is 0; expected a whole number above 0"),
        (["evaluate", "sample=many"], "sample is 'many'; expected"),
        (["evaluate", "dataset.path=nowhere"], "nowhere/data/dataset.json cannot be read"),
        (["evaluate", "dataset.split=dev"], "claims/dev.parquet is missing"),
        ([*TFIDF, "protocol.n_folds=1000"], "protocol.n_folds is 1000; expected 2 to"),
        (["evaluate", "system._target_=os.system"], "expected a class of harness or sklearn"),
        (["evaluate", "system._target_=harness.app.Path"], "which is no class of harness or sklearn"),
        (["evaluate", "system._target_=harness.system.nope.Nope"], "cannot be imported"),
        (["evaluate", "+system.colour=red"], "does not fit harness.system.majority.Majority"),
        (["compare"], "no sweep was run yet"),
        (["compare", "runs=[runs/veracity/nope]"], "matches no run directory"),
    ],
)
def test_bad_input_gets_one_sentence_exit_code_2_and_leaves_nothing(veristance, files, args, told):
    code, out, err = veristance(*args)
    assert code == 2
    assert out == ""
    assert err.startswith("veristance: ")
    assert err.count("\n") == 1
    assert told in err
    assert "Traceback" not in err
    assert files() == []


def test_debug_shows_the_traceback(veristance):
    code, _, err = veristance("evaluate", "sample=0", "debug=true")
    assert code == 2
    assert "Traceback" in err


def test_a_sweep_goes_on_after_a_job_that_fails_and_ends_with_its_exit_code(veristance, tmp_path):
    code, _, err = veristance("evaluate", "-m", "system=majority", "protocol.n_folds=1000,5")
    assert code == 2
    assert "protocol.n_folds is 1000" in err
    assert len(json.loads((tmp_path / "runs" / "last-sweep.json").read_text())) == 1


def test_a_sweep_lists_its_runs_in_the_order_of_the_jobs(veristance, tmp_path):
    code, _, _ = veristance("evaluate", "-m", "system=majority,chance", "task=veracity,stance")
    runs = [entry["run"] for entry in json.loads((tmp_path / "runs" / "last-sweep.json").read_text())]
    assert code == 0
    assert [run.rsplit("-", 1)[0] for run in runs] == [
        "veracity/majority",
        "stance/majority",
        "veracity/chance",
        "stance/chance",
    ]


def test_compare_prints_both_tables_and_writes_the_report(veristance, tmp_path):
    veristance("evaluate", "-m", "system=majority,overlap", "task=veracity,stance")
    code, out, err = veristance("compare")
    assert (code, err) == (0, "")
    assert "overlap" in out
    assert (tmp_path / "reports/latest/report.html").is_file()
    assert (tmp_path / "reports/latest/report.md").is_file()


def test_compare_takes_runs_by_pattern(veristance):
    veristance("evaluate", "system=majority")
    code, out, _ = veristance("compare", "runs=[runs/veracity/*]")
    assert code == 0
    assert "majority" in out
