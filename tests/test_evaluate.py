"""The same run from a notebook as from the command line."""

from __future__ import annotations

import pytest

from harness.compare import compare
from harness.errors import InputError
from harness.evaluate import evaluate
from harness.label import Outcome


def test_evaluate_in_python_takes_the_words_of_the_command_line(tmp_path):
    run = evaluate("system=claim_only", "task=stance", f"runs_dir={tmp_path}")
    assert run.manifest.signature().startswith("claim_only|stance|evidence:gold|n:")
    assert (run.scores[0].metric, run.scores[0].slice) == ("macro_f1", "all")
    assert run.n_missing == 0
    assert {prediction.outcome for prediction in run.predictions.values()} == {Outcome.ANSWERED}


def test_sample_takes_whole_clusters_and_trained_systems_still_learn_from_all(tmp_path):
    whole = evaluate("system=tfidf", f"runs_dir={tmp_path}")
    part = evaluate("system=tfidf", "sample=30", f"runs_dir={tmp_path}")
    assert 0 < len(part.manifest.declared) <= 30
    assert all(part.predictions[id_] == whole.predictions[id_] for id_ in part.manifest.declared)


def test_runs_on_samples_are_compared_on_the_shared_questions(tmp_path):
    whole = evaluate("system=overlap", f"runs_dir={tmp_path}")
    part = evaluate("system=majority", "sample=30", f"runs_dir={tmp_path}")
    (made,) = compare([whole.folder, part.folder], tmp_path)
    (difference,) = made.differences
    assert difference.n == len(part.manifest.declared)
    assert any("majority was asked a sample of" in warning for warning in made.warnings)


def test_runs_of_one_system_are_told_apart_by_what_differs(tmp_path):
    runs = [evaluate("system=tfidf", f"evidence={setting}", f"runs_dir={tmp_path}") for setting in ("gold", "none")]
    (made,) = compare([run.folder for run in runs], tmp_path)
    assert {row.name for row in made.systems} == {"tfidf (gold)", "tfidf (none)"}
    assert any("unequal evidence" in warning for warning in made.warnings)


def test_seeds_regroup_the_folds(tmp_path):
    first, second = (evaluate("system=tfidf", f"seed={seed}", f"runs_dir={tmp_path}") for seed in (0, 1))
    assert first.folder != second.folder
    assert first.predictions != second.predictions


def test_bad_words_raise_what_the_command_line_would_tell(tmp_path):
    with pytest.raises(InputError, match="sample is 0"):
        evaluate("system=tfidf", "sample=0", f"runs_dir={tmp_path}")
