"""Runs on disk, whole and half, as `veristance runs` and `veristance watch` tell of them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from harness.overview import Provisional, Standing, all_runs, overview

COMMAND = [sys.executable, "-m", "harness"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Three runs."""
    folder = tmp_path_factory.mktemp("whole")
    for words in (["-m", "system=majority,overlap"], ["system=majority", "task=stance"]):
        subprocess.run([*COMMAND, "evaluate", *words], cwd=folder, check=True, capture_output=True)
    return folder / "runs"


@pytest.fixture
def made(whole, tmp_path):
    """Two whole runs, and half of a third; and the rows of that."""
    shutil.copytree(whole, tmp_path / "runs")
    (half,) = tmp_path.glob("runs/stance/majority-*")
    rows = (half / "predictions.jsonl").read_bytes().split(b"\n")[:-1]
    (half / "predictions.jsonl").write_bytes(b"\n".join(rows[:500]) + b"\n" + rows[500][:20])
    return half, rows


def test_runs_are_listed_with_how_far_they_are_and_their_score(veristance, made, tmp_path):
    code, out, _ = veristance("runs")
    assert code == 0
    head = json.loads(next(tmp_path.glob("runs/veracity/overlap-*/scores.json")).read_bytes())[0]
    (line,) = [line for line in out.splitlines() if "overlap" in line]
    assert f"{100 * head['low']:.1f} to {100 * head['high']:.1f}" in line
    assert "complete, 660" in line
    (line,) = [line for line in out.splitlines() if "stance" in line]
    assert "500 of 2,111" in line
    assert "macro_f1" not in line  # the scores on disk are of other rows


@pytest.mark.parametrize(
    ("words", "n"),
    [
        (["runs=[runs/*/maj*]"], 2),
        (["runs=[runs/veracity/*]"], 2),
        (["state=incomplete"], 1),
        (["runs=[runs/veracity/*]", "state=incomplete"], 0),
    ],
)
def test_runs_are_filtered(veristance, made, words, n):
    code, out, _ = veristance("runs", *words)
    assert code == 0
    assert sum("runs/" in line for line in out.splitlines()) == n


def test_a_filter_or_a_folder_that_is_wrong_is_told(veristance, made):
    code, _, err = veristance("runs", "state=done")
    assert (code, "expected complete or incomplete" in err) == (2, True)
    code, _, err = veristance("runs", "runs_dir=nowhere")
    assert (code, "there is no folder nowhere" in err) == (2, True)


def test_a_run_is_read_on_from_where_it_was_and_anew_when_it_was_begun_afresh(made):
    half, rows = made
    run = Standing(half)
    assert (run.n_rows, run.state) == (500, "incomplete")
    (half / "predictions.jsonl").write_bytes(b"\n".join(rows) + b"\n")
    assert (run.refresh(), run.n_rows, run.state) == (1611, 2111, "complete")
    assert run.score() is not None
    (half / "predictions.jsonl").write_bytes(rows[0] + b"\n")
    run.refresh()
    assert run.n_rows == 1


def test_the_score_so_far_is_that_of_the_answered_questions(made):
    half, _ = made
    run = Standing(half)
    found = Provisional().score(run)
    assert (found.n, found.n_answered) == (500, 500)
    assert 0 < found.low < found.value < found.high < 1


def test_watch_tells_of_half_a_run(veristance, made):
    code, out, _ = veristance("watch", "once=true")
    assert code == 0
    (line,) = [line for line in out.splitlines() if "stance" in line]
    assert "500 of 2,111" in line
    assert "macro_f1" in line
    assert len([line for line in out.splitlines() if " done " in line]) == 2


def test_watch_follows_a_run_that_another_process_writes_and_ends_with_it(made, tmp_path):
    half, rows = made
    command = [*COMMAND, "watch", "every=0.2"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        for n in (1000, 1500, 2111):
            time.sleep(1.5)
            (half / "predictions.jsonl").write_bytes(b"\n".join(rows[:n]) + b"\n")
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "1,500 of 2,111" in out
    assert "2,111 of 2,111" in out


def test_watch_is_interrupted_without_a_traceback(made, tmp_path):
    command = [*COMMAND, "watch", "every=0.2"]
    heeded = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell's background job would not hear it
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=tmp_path, text=True, preexec_fn=heeded, **pipes) as process:  # noqa: PLW1509
        process.stdout.readline()
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_the_latest_run_comes_last(made, tmp_path):
    started = [run.manifest.started for run in overview(all_runs(tmp_path / "runs"))]
    assert started == sorted(started)
