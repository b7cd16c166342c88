"""`veristance ranks` on real runs: the best system comes first, whichever way the metric goes."""

import json
from operator import eq, gt

import pytest

SYSTEMS = ("majority", "chance", "overlap")


@pytest.fixture
def runs(veristance, tmp_path):
    for task in ("veracity", "check_worthiness"):
        assert veristance("evaluate", "-m", f"system={','.join(SYSTEMS)}", f"task={task}")[0] == 0
    return sorted((tmp_path / "runs").glob("*/*/scores.json"))


@pytest.mark.parametrize(("metric", "sign"), [("macro_f1", 1), ("brier", -1)])
def test_the_best_mean_rank_comes_first(veristance, runs, metric, sign):
    code, out, err = veristance("ranks", "runs=[runs/*/*]", f"metric_name={metric}")
    assert code == 0, err
    ranks = dict.fromkeys(SYSTEMS, 0)
    for task in ("veracity", "check_worthiness"):
        values = {
            path.parent.name.partition("-")[0]: next(
                s["value"] for s in json.loads(path.read_text()) if s["slice"] == "all" and s["metric"] == metric
            )
            for path in runs
            if task in path.parts
        }
        for name, value in values.items():
            better, equal = (sum(op(sign * other, sign * value) for other in values.values()) for op in (gt, eq))
            ranks[name] += better + (equal + 1) / 2
    rows = [line.split("|")[1].strip() for line in out.splitlines() if line.startswith("| ")][2:]
    assert sorted(rows) == sorted(SYSTEMS)
    assert [ranks[name] for name in rows] == sorted(ranks.values())
