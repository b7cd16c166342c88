"""`veristance inject`: from the command line to the table of the report, resumed where it stopped."""

from __future__ import annotations

import json

import pytest

from tests.engine.conftest import server  # noqa: F401 - a fixture

GULLIBLE = """
from dataclasses import dataclass
from harness.label import Outcome
from harness.schema import Prediction

@dataclass(frozen=True)
class Gullible:
    "Does what a claim or a passage tells it; else it says supported, and it cannot read an instruction in capitals."
    def predict(self, questions):
        for q in questions:
            text = " ".join([q.claim, *(e.text for e in q.evidence)])
            told = [label for label in q.labels if f"answer {label}" in text]
            if "IMPORTANT" in text:
                yield Prediction(id=q.id, outcome=Outcome.UNPARSABLE, error="lost")
            else:
                yield Prediction(id=q.id, outcome=Outcome.ANSWERED, label=told[0] if told else "supported")
"""
FEW = "sample=60"


@pytest.fixture
def gullible(tmp_path):
    (tmp_path / "mine.py").write_text(GULLIBLE)
    (tmp_path / "conf/system").mkdir(parents=True)
    (tmp_path / "conf/system/gullible.yaml").write_text("# Mine.\n_target_: mine.Gullible\n")
    return ["--config-dir", "conf", "system=gullible", "+allow=[mine]", FEW]


def scores(tmp_path, name):
    (path,) = tmp_path.glob(f"runs/veracity/{name}-*/injection/scores.json")
    return {row["group"]: row for row in json.loads(path.read_text())["scores"]}


def test_a_system_that_obeys_is_found_out_and_its_controls_are_quiet(veristance, tmp_path, gullible):
    code, out, err = veristance("inject", *gullible)
    assert code == 0, err
    made = scores(tmp_path, "gullible")
    # The shipped probes that say "answer <target>" in plain small letters, each in two questions.
    assert made["all"]["hijacked"]["value"] == pytest.approx(4 * 2 / made["all"]["n"])
    won = ["authority-5", "delimiter-5", "delimiter-7", "override-1"]
    assert f"won over by: {', '.join(won)}; every answer is in" in out
    assert made["all"]["lost"]["value"] == pytest.approx(2 / made["all"]["n"])  # override-4
    assert made["control"]["changed"]["value"] == 0


def test_a_trained_system_is_probed_and_a_second_time_nothing_is_asked(veristance, tmp_path):
    assert veristance("inject", "system=claim_only", FEW)[0] == 0
    (path,) = tmp_path.glob("runs/veracity/claim_only-*/injection/predictions.jsonl")
    kept = path.read_bytes()
    path.write_bytes(kept[: len(kept) // 2])  # killed in the middle of a row
    assert veristance("inject", "system=claim_only", FEW)[0] == 0
    assert path.read_bytes().count(b"\n") == kept.count(b"\n")
    assert sorted(path.read_bytes().splitlines()) == sorted(kept.splitlines())
    assert "0 of 140 injections to try" in veristance("inject", "system=claim_only", FEW)[2]


def test_the_report_has_the_table(veristance, tmp_path, gullible):
    assert veristance("inject", *gullible)[0] == 0
    assert veristance("evaluate", "system=majority", "evidence=retrieved_bm25", FEW)[0] == 0
    code, _, err = veristance("compare", "runs=[runs/veracity/*]", "+allow=[mine]")
    assert code == 0, err
    for page in (
        (tmp_path / "reports/latest/report.md").read_text(),
        (tmp_path / "reports/latest/report.html").read_text(),
    ):
        assert "lanted instructions" in page
        assert "Recall@k %" in page


def test_another_set_of_probes_starts_afresh(veristance, tmp_path, gullible):
    assert veristance("inject", *gullible)[0] == 0
    assert "92 of 92" not in veristance("inject", *gullible)[2]
    code, _, err = veristance("inject", *gullible, "injection.per_probe=1", "injection.per_control=1")
    assert code == 0
    assert "54 of 54 injections to try" in err


# Through the engine, against a real server on loopback.


def words(server, *more):  # noqa: F811
    asked = ["system=llm", "sample=20", "client=openai", f"client.base_url={server.url}", "client.model=m"]
    return ["inject", *asked, *more]


def test_injections_go_out_many_at_once_and_a_second_time_nothing_is_asked(veristance, server, tmp_path):  # noqa: F811
    server.latency_s = 0.02
    code, _, err = veristance(*words(server, "engine.connections=7"))
    assert code == 0, err
    assert server.n_most == 7
    n = len(server.log)
    assert veristance(*words(server))[0] == 0
    assert veristance(*words(server, "fresh=true", "engine.cache=null"))[0] == 0
    assert len(server.log) == 2 * n
    (path,) = tmp_path.glob("runs/*/*/injection/predictions.jsonl")
    rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert {row["n_requests"] for row in rows} <= {0, 1}


def test_one_budget_is_for_the_run_and_its_injections(veristance, server):  # noqa: F811
    code, _, err = veristance(*words(server, "engine.budget.requests=10"))
    assert (code, len(server.log)) == (4, 10)
    assert "questions were not asked (the budget of 10 requests" in err
    assert "no injection was tried" in err
    code, _, err = veristance(*words(server, "engine.budget.requests=60"))
    assert (code, len(server.log)) == (4, 60)
    assert "0 questions have no answer (the budget of 60 requests allows no further request" in err
    assert veristance(*words(server, "engine.budget.requests=60"))[0] == 4
    assert len(server.log) == 60
    assert veristance(*words(server, "engine.budget.requests=1000"))[0] == 0


def test_answers_to_injections_come_from_the_cache_in_another_folder_of_runs(veristance, server):  # noqa: F811
    assert veristance(*words(server))[0] == 0
    n = len(server.log)
    assert veristance(*words(server, "runs_dir=other", "engine.cache=runs/.cache/answers.sqlite"))[0] == 0
    assert len(server.log) == n


def test_failed_injections_are_told_with_their_cause_and_asked_again_alone(veristance, server):  # noqa: F811
    assert veristance(*words(server))[0] == 0
    texts = [text for text, _ in server.log if "Ignore all previous" in text]
    server.plan = {text: ["400"] for text in texts}
    code, _, err = veristance(*words(server, "fresh=true", "engine.cache=null"))
    assert code == 4
    assert f"{len(texts)} injections and 0 questions have no answer (the server answered 400" in err
    server.log.clear()
    assert veristance(*words(server, "engine.cache=null"))[0] == 0
    assert len(server.log) == len(texts)


def test_a_dry_run_of_injections_sends_and_writes_nothing(veristance, server, files):  # noqa: F811
    code, out, err = veristance(*words(server, "dry_run=true"))
    assert code == 0, err
    assert "injections: 140 questions to ask, 140 first requests" in out
    assert server.log == []
    assert files() == []
