"""The short form of scripts/simulate_intervals.py and simulate_pairs.py: the same code, fewer runs, wider bars."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.metric.accuracy import Accuracy
from harness.metric.macro_f1 import MacroF1
from harness.statistics.guard import guard
from harness.statistics.jackknife import interval

SCRIPTS = Path(__file__).parents[2] / "scripts"


def script(name):
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def intervals():
    return script("simulate_intervals")


@pytest.fixture(scope="module")
def pairs():
    return script("simulate_pairs")


@pytest.mark.parametrize(
    ("metric", "k", "correlation"), [("accuracy", 2, 0.5), ("macro_f1", 4, 0.5), ("macro_f1", 2, 0.0)]
)
def test_default_interval_covers_the_truth(intervals, metric, k, correlation):
    # 2,000 runs: 93 % to 97 %, and three Monte Carlo errors of .005 more.
    found = intervals.cell(metric, k, 60, correlation, 0.7, 2_000, seed=1)
    assert 0.915 <= found.covered <= 0.985


def test_interval_that_takes_questions_for_independent_does_not(intervals):
    assert intervals.cell("macro_f1", 4, 60, 0.8, 0.7, 1_000, seed=1).independent < 0.75


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_simulated_interval_is_the_one_that_users_get(intervals, metric):
    gold, given, use = intervals.draw(np.random.default_rng(0), 5, 20, 4, 0.8, 0.3)
    _, low, high = intervals.intervals(metric, intervals.sums_of(gold, given, use, 4))
    ours = {"accuracy": Accuracy(), "macro_f1": MacroF1()}[metric]
    for run in range(5):
        clusters = np.repeat(np.arange(20)[:, None], 8, axis=1)[use[run]]
        bound = ours.of(gold[run][use[run]], given[run][use[run]], 4)
        found = interval(bound, clusters, is_proportion=ours.is_proportion)
        assert (found.low, found.high) == pytest.approx((low[run], high[run]), abs=1e-12)


def test_simulated_guard_is_the_one_that_users_get(intervals):
    gold, given, use = intervals.draw(np.random.default_rng(0), 200, 40, 4, 0.93, 0.5)
    warned = intervals.warns(intervals.sums_of(gold, given, use, 4), 4)
    clusters = np.repeat(np.arange(40)[:, None], 8, axis=1)
    expected = [bool(guard(g[u], p[u], clusters[u], "abcd")) for g, p, u in zip(gold, given, use, strict=True)]
    assert warned.tolist() == expected
    assert 0 < warned.sum() < 200


def test_paired_tests_seldom_find_what_is_not_there(pairs):
    # 600 runs at 5 %: more than 48 finds (8 %) have a chance below 0.001.
    found = pairs.pair(MacroF1(), 60, 0.3, [pairs.even(0.7), pairs.even(0.7)], 600, seed=1)
    assert found["swap"] <= 0.08
    assert found["jackknife_t"] <= 0.08


def test_mcnemar_on_clustered_questions_finds_what_is_not_there(pairs):
    found = pairs.pair(Accuracy(), 60, 0.8, [pairs.even(0.7), pairs.even(0.7)], 400, seed=1)
    assert found["mcnemar"] > 0.10


def results(name):
    text = (SCRIPTS.parent / "docs" / f"statistics-{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_page_holds_what_the_results_give():
    tabulate = script("tabulate_statistics")
    page = (SCRIPTS.parent / "docs" / "statistics.md").read_text("utf-8")
    assert tabulate.of_metrics() in page
    assert tabulate.of_coverage(results("coverage")) in page
    assert tabulate.of_pairs(results("pairs")) in page
    assert tabulate.of_families(results("pairs")) in page


def test_results_have_every_cell_of_the_script(pairs, monkeypatch):
    monkeypatch.setattr(pairs, "pair", lambda *_: {})
    monkeypatch.setattr(pairs, "family", lambda *_: {})
    keys = ("what", "clusters", "correlation")
    expected = [[cell[key] for key in keys] for cell in pairs.cells(1, 1, 0)]
    assert [[row[key] for key in keys] for row in results("pairs")] == expected


def test_measured_coverage_keeps_its_bar_where_the_guard_is_quiet():
    rows = results("coverage")
    quiet = [row for row in rows if row["warned"] < 0.05]
    assert (len(rows), min(row["runs"] for row in rows)) == (320, 10_000)
    assert all(0.93 <= row["covered"] <= 0.97 for row in quiet)


def test_measured_false_positives_keep_their_bars():
    pairs = [row for row in results("pairs") if "swap" in row]
    families = [row for row in results("pairs") if "swap_holm" in row]
    assert all(max(row["swap"], row["jackknife_t"]) <= 0.06 for row in pairs)
    assert all(row["swap_enough"] >= 0.035 for row in pairs if row["enough"] >= 0.5)
    assert all(max(row["swap_holm"], row["t_holm"]) <= 0.06 for row in families)
    assert {row["correlation"] for row in families} == {0.0, 0.3}
