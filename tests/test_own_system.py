"""Adding a system takes one module and one YAML, outside the package; and what reaches it holds no gold."""

from __future__ import annotations

import json

from harness.dataset.published import PublishedDataset

MODULE = '''
import json
from dataclasses import dataclass
from harness.label import Outcome
from harness.schema import Prediction

@dataclass(frozen=True)
class Longest:
    """Gives the label that is spelt longest."""
    seen: str

    def predict(self, questions):
        for question in questions:
            with open(self.seen, "a") as file:
                file.write(question.model_dump_json() + "\\n")
            label = max(question.labels, key=len)
            yield Prediction(id=question.id, outcome=Outcome.ANSWERED, label=label)
'''
YAML = """# The label that is spelt longest.
_target_: mine.Longest
seen: seen.jsonl
"""


def write(folder):
    (folder / "mine.py").write_text(MODULE)
    (folder / "conf/system").mkdir(parents=True)
    (folder / "conf/system/longest.yaml").write_text(YAML)


def test_own_system_is_named_on_the_command_line(veristance, tmp_path):
    write(tmp_path)
    code, _, err = veristance("evaluate", "--config-dir", "conf", "system=longest", "+allow=[mine]")
    assert code == 0, err
    (scores,) = tmp_path.glob("runs/veracity/longest-*/scores.json")
    assert json.loads(scores.read_text())[0]["n_answered"] > 0


def test_own_system_is_refused_where_only_a_file_allows_it(veristance, tmp_path):
    write(tmp_path)
    (tmp_path / "conf/system/longest.yaml").write_text(
        "# @package _global_\nallow: [mine]\nsystem: {_target_: mine.Longest, seen: x}\n"
    )
    code, _, err = veristance("evaluate", "--config-dir", "conf", "system=longest")
    assert code == 2
    assert "'+allow=[mine]'" in err
    assert not (tmp_path / "x").exists()


def test_zero_shot_system_sees_neither_gold_nor_cluster_nor_decision(veristance, tmp_path):
    write(tmp_path)
    veristance("evaluate", "--config-dir", "conf", "system=longest", "+allow=[mine]")
    rows = [json.loads(line) for line in (tmp_path / "seen.jsonl").read_text().splitlines()]
    assert {tuple(row) for row in rows} == {("id", "task", "claim", "holder", "evidence", "labels", "as_of")}
    claims = PublishedDataset("vladivostok-claims").load().claims
    for row in rows:
        claim = claims[row["id"]]
        said = json.dumps({key: value for key, value in row.items() if key != "labels"})
        assert claim.justification not in said
        assert claim.cluster not in said
        assert claim.family == claim.id or claim.family not in said
