"""The audit finds what was planted, and what is known of public data, and says nothing of data that has nothing."""

import os
import random
from pathlib import Path

import pytest

from harness.audit.leak import FACT_CHECKERS, duplicates, evidence_leaks, texts
from harness.command.audit import audit
from harness.dataset.example import Examples
from harness.dataset.shape import Shape
from harness.dataset.table import TableDataset
from harness.evaluate import paths
from harness.evidence import Gold
from harness.instantiate import make
from harness.label import Task
from harness.task.stance import StanceTask
from harness.task.veracity import VeracityTask

WORDS = [
    "river",
    "minister",
    "vote",
    "storm",
    "bridge",
    "market",
    "school",
    "report",
    "winter",
    "harvest",
    "engine",
    "train",
]
PUBLIC = [
    pytest.mark.public_data,
    pytest.mark.skipif("VERISTANCE_PUBLIC_DATA" not in os.environ, reason="VERISTANCE_PUBLIC_DATA names no folder"),
]


def planted(folder, leak, n=400, splits=False):
    """Claims of random words whose label is drawn by lot; `leak` changes those of the refuted."""
    rng = random.Random(7)
    lines = ["split,claim,label"]
    for k in range(n):
        said, refuted = " ".join(rng.sample(WORDS, 5)).capitalize(), rng.random() < 0.5
        lines.append(
            f"{'test' if splits and k % 3 == 0 else 'train'},{leak(said) if refuted else said},{'refuted' if refuted else 'supported'}"
        )
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    return TableDataset(
        name="t", task="veracity", files=None, path=str(folder / "t.csv"), as_of="2026-01-01", columns={"claim": "claim", "gold": "label", "split": "split"},
    ).load()  # fmt: skip


def flagged(table):
    found = audit(table, VeracityTask().items(table, Gold()))
    return {probe.name for probe in found.probes if probe.flagged}


@pytest.mark.parametrize("splits", [False, True])
def test_planted_letter_case_is_found_and_nothing_else(tmp_path, splits):
    assert flagged(planted(tmp_path, lambda said: said[0].lower() + said[1:], splits=splits)) == {
        "the claim's surface form"
    }


def test_labels_drawn_by_lot_are_not_told(tmp_path):
    assert flagged(planted(tmp_path, lambda said: said)) == set()


def test_claims_in_two_splits_and_equal_ones_with_two_labels_are_counted(tmp_path):
    (tmp_path / "t.csv").write_text(
        "split,claim,label\ntrain,It rains.,supported\ntest,it rains,refuted\ntest,It snows.,refuted\n"
    )
    table = TableDataset(
        name="t", task="veracity", files=None, path=str(tmp_path / "t.csv"), as_of="2026-01-01",
        columns={"claim": "claim", "gold": "label", "split": "split"},
    ).load()  # fmt: skip
    counts = {count.name: (count.n, count.of) for count in duplicates(VeracityTask().items(table, Gold()))}
    assert counts["the claim stands in another split too"] == (1, 2)
    assert counts["equal questions with different labels"] == (2, 3)


@pytest.mark.parametrize(
    ("url", "checks"),
    [
        ("https://www.snopes.com/fact-check/x/", True), ("https://www.reuters.com/article/uk-factcheck-x", True),
        ("https://www.nytimes.com/2020/10/01/facts.html", False), ("https://www.bbc.com/news/reality", False),
    ],
)  # fmt: skip
def test_address_of_a_fact_check_is_known(url, checks):
    assert bool(FACT_CHECKERS.search(url)) == checks


def test_evidence_later_than_its_claim_is_counted_by_its_address(tmp_path):
    (tmp_path / "t.csv").write_text(
        "claim,label,said_on,seen,url\na,supported,2020-05-02,x,https://n.org/2020/05/03/x\n"
        "b,refuted,2020-05-02,y,https://web.archive.org/web/20210101/https://n.org/2020/05/01/y\n"
    )
    table = TableDataset(
        name="t", task="veracity", files=None, path=str(tmp_path / "t.csv"), as_of="2026-01-01",
        columns={"claim": "claim", "gold": "label", "date": "said_on"}, evidence={"text": "seen", "url": "url"},
    ).load()  # fmt: skip
    examples = Examples(table, Task.VERACITY)
    sites, later = evidence_leaks(
        texts(examples, table.axis(Task.VERACITY).evidence, Shape(table, Task.VERACITY)), dated=True
    )
    assert (sites.n, later.n, later.of, later.examples) == (0, 1, 2, ("all-0: n.org",))


def public(name, task):
    from omegaconf import OmegaConf

    plain = OmegaConf.to_container(OmegaConf.load(Path(paths.configs(), "dataset", f"{name}.yaml")))
    plain.pop("defaults")
    table = make({"dataset": plain})["dataset"].load()
    return audit(table, task.items(table, Gold()), rows=6000)


@pytest.mark.parametrize("_", [pytest.param(0, marks=PUBLIC)])
def test_averitec_answers_of_fact_checkers_are_counted(_):
    # 52 by another list of sites; ours has two desks of newspapers more.
    (sites,) = [count for count in public("averitec", VeracityTask()).counts if "fact-checking" in count.name]
    assert (sites.of, sites.n) == (1360, 54)


@pytest.mark.parametrize("_", [pytest.param(0, marks=PUBLIC)])
def test_emergent_headline_alone_nearly_does_the_task(_):
    probes = {probe.name: probe for probe in public("emergent", StanceTask()).probes}
    assert probes["the evidence's words"].flagged
    assert probes["the evidence's words"].accuracy == pytest.approx(0.695, abs=0.005)  # measured beforehand
    assert not probes["the claim's words"].flagged


@pytest.mark.parametrize("_", [pytest.param(0, marks=PUBLIC)])
def test_liar_credit_history_gives_labels_away(_):
    found = {probe.name: probe for probe in public("liar", VeracityTask()).probes}
    (history,) = [probe for name, probe in found.items() if "barely_true_n" in name]
    assert history.flagged
    assert history.accuracy > found["the claim's words"].accuracy + 0.1
