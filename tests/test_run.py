"""A run on disk: resumed by id after a kill, locked, refused where it was tampered with, and the same twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.label import Outcome
from harness.run import find, opened, read_predictions
from harness.schema import Prediction

# Answers one question every 20 ms and notes each id that it was asked, so that a test can kill it half-way.
SLOW = '''
import time
from dataclasses import dataclass
from harness.label import Outcome
from harness.schema import Prediction

@dataclass(frozen=True)
class Slow:
    """Answers slowly."""
    log: str
    pause: float = 0.02

    def predict(self, questions):
        for question in questions:
            time.sleep(self.pause)
            with open(self.log, "a") as file:
                file.write(question.id + "\\n")
            yield Prediction(id=question.id, outcome=Outcome.ANSWERED, label=question.labels[0])
'''
ARGS = ("evaluate", "--config-dir", "conf", "system=slow", "+allow=[slow]")


def add_system(folder, code=SLOW):
    (folder / "slow.py").write_text(code)
    (folder / "conf/system").mkdir(parents=True)
    (folder / "conf/system/slow.yaml").write_text("_target_: slow.Slow\nlog: asked.txt\npause: 0.02\n")


def start(folder):
    # A shell's background job ignores the interrupt, and so would everything that it starts.
    heeded = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "harness", *ARGS]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, preexec_fn=heeded)  # noqa: PLW1509


def asked(folder):
    return (folder / "asked.txt").read_text().split() if (folder / "asked.txt").is_file() else []


def written(folder):
    found = list(folder.glob("runs/veracity/*/predictions.jsonl"))
    return found[0].read_bytes().count(b"\n") if found else 0


def test_run_that_was_killed_asks_only_for_what_is_missing(tmp_path):
    add_system(tmp_path)
    with start(tmp_path) as process:
        while written(tmp_path) < 40:
            assert process.poll() is None, process.stderr.read()
        process.send_signal(signal.SIGKILL)
    done, before = written(tmp_path), len(asked(tmp_path))
    with start(tmp_path) as again:
        assert again.wait() == 0, again.stderr.read()
    ids = asked(tmp_path)
    assert 40 <= done < len(set(ids))
    assert before - done <= 1  # what was in flight
    assert len(ids) - len(set(ids)) == before - done  # and nothing else was asked twice
    assert written(tmp_path) == len(set(ids))


def test_interrupted_run_says_how_to_go_on_and_ends_with_130(tmp_path):
    add_system(tmp_path)
    with start(tmp_path) as process:
        while written(tmp_path) < 5:
            assert process.poll() is None, process.stderr.read()
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert process.stderr.read().endswith("veristance: interrupted; the same command goes on where it stopped\n")


def test_complete_run_asks_nothing_and_fresh_asks_everything(tmp_path, veristance):
    add_system(tmp_path)
    for args, n in (([], 1), ([], 1), (["fresh=true"], 2)):
        assert veristance(*ARGS, "system.pause=0", *args)[0] == 0
        assert len(asked(tmp_path)) == n * len(set(asked(tmp_path)))


@pytest.mark.parametrize("system", ["majority", "chance", "claim_only", "tfidf", "overlap"])
def test_fresh_run_gives_the_same_bytes_of_scores_and_predictions(veristance, tmp_path, system):
    files = []
    for _ in range(2):
        assert veristance("evaluate", f"system={system}", "task=stance", "fresh=true")[0] == 0
        (folder,) = (tmp_path / "runs" / "stance").iterdir()
        files.append([(folder / name).read_bytes() for name in ("scores.json", "predictions.jsonl")])
    assert files[0] == files[1]


def run_of(veristance, tmp_path, *overrides) -> Path:
    assert veristance("evaluate", "system=majority", *overrides)[0] == 0
    (folder,) = (tmp_path / "runs" / "veracity").iterdir()
    return folder


def test_line_that_was_cut_off_is_asked_again(veristance, tmp_path):
    folder = run_of(veristance, tmp_path)
    path = folder / "predictions.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert veristance("evaluate", "system=majority")[0] == 0
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": "vc-9999", "outcome": "answered", "label": "supported"}', '"vc-9999" is no question of this run'),
        ('{"id": "vc-0001", "outcome": "answered", "label": "supported"}', '"vc-0001" is answered twice'),
        ('{"id": "vc-0001"', "the prediction"),
        ('{"id": "vc-0001", "outcome": "guessed"}', 'has outcome "guessed"; expected'),
        ('{"id": "vc-0001", "outcome": "failed", "label": "supported"}', "a label goes with answered"),
    ],
)
def test_tampered_predictions_are_refused_with_their_line_and_kept(veristance, tmp_path, line, told):
    folder = run_of(veristance, tmp_path)
    path = folder / "predictions.jsonl"
    path.write_bytes(path.read_bytes() + line.encode() + b"\n")
    before, number = path.read_bytes(), path.read_bytes().count(b"\n")
    for verb in (["evaluate", "system=majority"], ["compare", "runs=[runs/veracity/*]"]):
        code, _, err = veristance(*verb)
        assert code == 2
        assert f"predictions.jsonl line {number}" in err
        assert told in err
    assert path.read_bytes() == before


def test_manifest_that_was_cut_off_is_told_by_its_file(veristance, tmp_path):
    folder = run_of(veristance, tmp_path)
    (folder / "manifest.json").write_text('{"name": "maj')
    code, _, err = veristance("compare", "runs=[runs/veracity/*]")
    assert code == 2
    assert "manifest.json" in err


def test_run_on_other_data_is_refused_by_name(veristance, tmp_path):
    folder = run_of(veristance, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"dataset_sha256": "0" * 64}))
    code, _, err = veristance("compare", "runs=[runs/veracity/*]")
    assert code == 2
    assert "00000000" in err


def test_failed_questions_end_with_exit_code_4_and_are_asked_again(veristance, tmp_path):
    answer = "yield Prediction(id=question.id, outcome=Outcome.ANSWERED, label=question.labels[0])"
    fault = 'yield Prediction(id=question.id, outcome=Outcome.FAILED, error="the server is down")'
    guarded = (
        f'if __import__("os").path.exists("up"):\n                {answer}\n            else:\n                {fault}'
    )
    add_system(tmp_path, SLOW.replace(answer, guarded))
    args = (*ARGS, "system.pause=0", "sample=20")
    code, _, err = veristance(*args)
    assert code == 4
    assert "have no answer (the server is down)" in err
    (tmp_path / "up").touch()
    assert veristance(*args)[0] == 0
    assert len(asked(tmp_path)) == 2 * len(set(asked(tmp_path)))


@pytest.mark.parametrize("extra", ["question.id", '"vp-0001"'])
def test_answer_that_was_not_asked_for_is_refused_and_the_run_goes_on(veristance, tmp_path, extra):
    answer = "yield Prediction(id=question.id, outcome=Outcome.ANSWERED, label=question.labels[0])"
    add_system(tmp_path, SLOW.replace(answer, f"{answer}\n            {answer.replace('question.id', extra)}"))
    code, _, err = veristance(*ARGS, "system.pause=0", "sample=20")
    assert code == 2
    assert "which it was not asked or has answered" in err
    (folder,) = (tmp_path / "runs/veracity").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["ended"] is None
    assert len(read_predictions(folder, set(manifest["declared"]))) == 1


def test_manifest_keeps_what_made_the_answers_when_nothing_is_asked(veristance, tmp_path):
    folder = run_of(veristance, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"commit": "of-another-day"}))
    assert veristance("evaluate", "system=majority")[0] == 0
    after = json.loads((folder / "manifest.json").read_text())
    assert (after["commit"], after["ended"]) == ("of-another-day", manifest["ended"])


def test_second_process_is_told_that_the_run_is_being_written(tmp_path):
    with opened(tmp_path), pytest.raises(InputError, match="is being written by another process"), opened(tmp_path):
        pass


def test_predictions_are_on_disk_before_the_next_one_is_asked_for(tmp_path):
    with opened(tmp_path) as journal:
        journal.append(Prediction(id="q1", outcome=Outcome.ANSWERED, label="agree"))
        assert read_predictions(tmp_path, {"q1"})["q1"].label == "agree"


def test_runs_are_found_by_absolute_pattern(tmp_path):
    (tmp_path / "runs/stance/x-1").mkdir(parents=True)
    (tmp_path / "runs/stance/x-1/manifest.json").write_text("{}")
    assert find([f"{tmp_path}/runs/*/x-*"], Path("elsewhere")) == [tmp_path / "runs/stance/x-1"]


def test_identity_does_not_depend_on_where_runs_or_data_are_kept(veristance, tmp_path):
    from harness import paths

    (tmp_path / "copy").symlink_to(paths.dataset())
    run_of(veristance, tmp_path)
    assert veristance("evaluate", "system=majority", "dataset.path=copy", "debug=true")[0] == 0
    assert len(list((tmp_path / "runs" / "veracity").iterdir())) == 1
