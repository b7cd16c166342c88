"""`veristance compare` on real runs: ties and ranks on the terminal, comparison.json, a bar with exit code 3, refusals by name."""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.evaluate import evaluate


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Three quick systems and a second seed of one on veracity, and two on stance."""
    folder = tmp_path_factory.mktemp("runs")
    made = {}
    for name, more in {
        "majority": [],
        "overlap": [],
        "chance": [],
        "chance1": ["seed=1"],
        "overlap_stance": ["task=stance"],
        "chance_stance": ["task=stance"],
        "chance1_stance": ["task=stance", "seed=1"],
    }.items():
        system = name.removesuffix("_stance").removesuffix("1")
        made[name] = evaluate(f"system={system}", f"runs_dir={folder}", *more).folder
    return folder, made


def given(*folders):
    return "runs=[" + ",".join(map(str, folders)) + "]"


def compared(tmp_path):
    [found] = json.loads(Path(tmp_path, "reports/latest/comparison.json").read_text("utf-8"))["comparisons"]
    return found


def test_terminal_says_ties_ranks_and_what_the_data_can_show(veristance, runs):
    code, out, _ = veristance("compare", given(runs[1]["majority"], runs[1]["overlap"]))
    assert code == 0
    assert out.splitlines()[0].split()[-5:] == ["Tie", "Ranks", "Best", "in", "%"]
    assert "Of 1 pair of systems" in out
    assert "with 80 % power if one pair alone is tested" in out


def test_comparison_json_holds_every_figure_and_no_answer(veristance, runs, tmp_path):
    veristance("compare", given(runs[1]["majority"], runs[1]["overlap"]))
    found = compared(tmp_path)
    [pair] = found["differences"]
    assert {
        "p",
        "p_holm",
        "p_bh",
        "p_t",
        "detectable",
        "detectable_holm",
        "clusters_needed",
        "p_not_worse",
    } <= pair.keys()
    assert {"brier", "ece", "mcc", "contrast_consistency"} <= {s["metric"] for s in found["systems"][0]["scores"]}
    assert found["metrics"]["brier"]["higher_is_better"] is False
    assert (found["ceiling"]["n"], len(found["noise"])) == (found["systems"][0]["scores"][0]["n"], 2)
    assert "predictions" not in found["systems"][0]


def test_stance_has_an_interval_by_claim_and_passage(veristance, runs, tmp_path):
    veristance("compare", given(runs[1]["overlap_stance"], runs[1]["chance_stance"]))
    found = compared(tmp_path)
    head, [pair] = found["systems"][0]["scores"][0], found["differences"]
    assert head["low_crossed"] <= head["low"] < head["high"] <= head["high_crossed"]
    assert pair["low_crossed"] <= pair["low"]


def joint(tmp_path):
    """Systems of the veracity table that have joint correctness."""
    made = json.loads(Path(tmp_path, "reports/latest/comparison.json").read_text("utf-8"))["comparisons"]
    [found] = [one for one in made if one["task"] == "veracity"]
    return {row["name"] for row in found["systems"] if any(s["metric"] == "joint_correctness" for s in row["scores"])}


def test_verdicts_and_stances_are_joined_where_they_are_one_systems(veristance, runs, tmp_path):
    veristance("compare", given(*(runs[1][name] for name in ("overlap", "overlap_stance", "chance", "chance1_stance"))))
    assert joint(tmp_path) == {"overlap"}  # chance has another seed for each task


def test_stance_run_that_declares_an_unknown_question_is_refused_in_a_sentence(veristance, runs, tmp_path):
    folder = shutil.copytree(runs[1]["chance_stance"], tmp_path / "stance" / "chance")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["declared"].append("vp-none")
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    code, _, err = veristance("compare", given(runs[1]["chance"], folder))
    assert (code, "Traceback" in err) == (2, False)
    assert 'manifest.json declares "vp-none", which is no question of the task' in err


def test_runs_of_two_seeds_have_their_variance(veristance, runs, tmp_path):
    veristance("compare", given(runs[1]["chance"], runs[1]["chance1"]))
    [found] = compared(tmp_path)["variance"]
    assert (found["system"], found["factor"], found["n_runs"]) == ("chance", "seed", 2)
    assert found["note"] == "only 2 runs: at least 5 are needed"


def test_identical_runs_have_p_1(veristance, runs, tmp_path):
    shutil.copytree(runs[1]["overlap"], tmp_path / "again" / "overlap")
    veristance("compare", given(runs[1]["overlap"], tmp_path / "again" / "overlap"))
    [pair] = compared(tmp_path)["differences"]
    assert (pair["value"], pair["p"]) == (0, 1)


def test_missed_bar_ends_with_3_and_writes_junit(veristance, runs, tmp_path):
    code, out, err = veristance("compare", given(runs[1]["majority"], runs[1]["overlap"]), "fail_below=0.9")
    case = ET.parse(tmp_path / "reports/latest/junit.xml").getroot().find(".//testcase")
    assert (code, case.get("name"), case.find("failure") is not None) == (3, "overlap", True)
    assert "FAIL  veracity: overlap: macro_f1" in out
    assert "1 of 1 systems are below the bar" in err


def test_reached_bar_ends_with_0(veristance, runs):
    code, out, _ = veristance(
        "compare", given(runs[1]["majority"], runs[1]["overlap"]), "baseline=majority", "fail_below=0", "fail_by=low"
    )
    assert (code, "ok    veracity: overlap: difference in macro_f1 from majority" in out) == (0, True)


def test_baseline_without_a_bar_is_refused(veristance, runs):
    code, _, err = veristance("compare", given(runs[1]["majority"], runs[1]["overlap"]), "baseline=majority")
    assert (code, "add fail_below=0" in err) == (2, True)


@pytest.mark.parametrize(
    ("setting", "said"), [("correction=none", "expected holm or bh"), ("margin=0", "expected a number above 0")]
)
def test_setting_that_makes_no_sense_is_refused(veristance, runs, setting, said):
    code, _, err = veristance("compare", given(runs[1]["majority"], runs[1]["overlap"]), setting)
    assert (code, said in err) == (2, True)


def test_run_with_undeclared_missing_answers_is_refused_by_name(veristance, runs, tmp_path):
    cut = shutil.copytree(runs[1]["overlap"], tmp_path / "cut" / "overlap")
    lines = (cut / "predictions.jsonl").read_text("utf-8").splitlines(keepends=True)
    (cut / "predictions.jsonl").write_text("".join(lines[:-3]), "utf-8")
    code, _, err = veristance("compare", given(runs[1]["majority"], cut))
    assert (code, f"cut/overlap has no row for 3 of its {len(lines)} declared questions" in err) == (2, True)


def test_every_sorted_number_of_the_page_is_in_comparison_json_and_same_runs_give_same_bytes(
    veristance, runs, tmp_path
):
    assert veristance("evaluate", "system=overlap", "evidence=retrieved_bm25", "name=retrieved")[0] == 0
    (retrieved,) = Path(tmp_path, "runs/veracity").glob("retrieved-*")
    argv = ("compare", given(runs[1]["majority"], runs[1]["overlap"], retrieved, runs[1]["chance_stance"]))
    veristance(*argv)
    folder = Path(tmp_path, "reports/latest")
    first = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = set()

    def walk(node):
        if isinstance(node, dict | list):
            for child in node.values() if isinstance(node, dict) else node:
                walk(child)
        elif isinstance(node, int | float):
            found.update({float(node), -float(node)})

    walk(json.loads(first["comparison.json"]))
    shown = {float(text) for text in re.findall(r'data-sort="([^"]+)"', first["report.html"].decode())}
    assert len(shown) > 50
    assert "Recall@k %" in first["report.html"].decode()
    assert shown - found == set()
    veristance(*argv)
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == first
    assert {"leaderboard.csv", "tables.tex", "comparison.schema.json"} <= first.keys()
