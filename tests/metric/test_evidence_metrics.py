"""Evidence and retrieval: FEVER's rules by arithmetic, rankings against ir_measures."""

import ir_measures
import numpy as np
import pytest
from answering import made, value
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG
from scipy.stats import binomtest

from harness.metric.evidence_f1 import EvidenceF1
from harness.metric.evidence_precision import EvidencePrecision
from harness.metric.evidence_recall import EvidenceRecall
from harness.metric.fever_score import FeverScore
from harness.metric.joint_correctness import JointCorrectness
from harness.metric.ranking import Ranking
from harness.statistics.jackknife import interval

THEIRS = {"recall": lambda k: R @ k, "mrr": lambda k: RR @ k, "ndcg": lambda k: nDCG @ k}


def retrieval(seed, n=25):
    """Gold sets of one to three of twenty passages, and up to ten named, best first; some name none."""
    rng = np.random.default_rng(seed)
    gold = [frozenset(f"p{i}" for i in rng.choice(20, rng.integers(1, 4), replace=False)) for _ in range(n)]
    named = [tuple(f"p{i}" for i in rng.permutation(20)[: rng.integers(0, 11)]) for _ in range(n)]
    return made(seed, n=n, evidence=tuple((one,) for one in gold), retrieved=tuple(named))


@pytest.mark.parametrize("kind", THEIRS)
@pytest.mark.parametrize("top", [1, 3, 5])
@pytest.mark.parametrize("seed", range(5))
def test_ranking_is_that_of_ir_measures(kind, top, seed):
    a = retrieval(seed)
    qrels = [Qrel(id_, p, 1) for id_, (gold,) in zip(a.ids, a.evidence, strict=True) for p in gold]
    run = [
        ScoredDoc(id_, p, -place)
        for id_, named in zip(a.ids, a.retrieved, strict=True)
        for place, p in enumerate(named)
    ]
    measure = THEIRS[kind](top)
    expected = ir_measures.calc_aggregate([measure], qrels, run)[measure]
    assert value(Ranking(kind, top), a) == pytest.approx(expected, abs=1e-12)


def four(predicted, named):
    """Gold: supported by {a, b} or {c}; refuted by {d}; conflicting by {e}; not enough evidence."""
    sets = ((frozenset("ab"), frozenset("c")), (frozenset("d"),), (frozenset("e"),), (frozenset("f"),))
    a = made(0, n=4)
    return type(a)(
        a.ids,
        np.arange(4),
        np.array(predicted),
        a.clusters,
        a.labels,
        evidence=sets,
        retrieved=tuple(map(tuple, named)),
    )


def test_fever_score_wants_label_and_a_whole_set():
    # Whole set and right label; right label and half a set; whole set and wrong label; not enough evidence needs none.
    a = four([0, 1, 0, 3], ["xc", "x", "e", ""])
    assert value(FeverScore(), a) == 2 / 4


def test_fever_score_counts_the_first_five_alone():
    assert value(FeverScore(), four([0, 1, 2, 3], ["vwxyzc", "d", "e", ""])) == 3 / 4


def test_half_a_set_is_no_evidence():
    assert value(EvidenceRecall(), four([0, 1, 2, 3], ["a", "d", "e", "f"])) == pytest.approx(2 / 3)


def test_full_recall_has_the_interval_of_a_proportion():
    # Three questions need evidence and have it: Clopper and Pearson with three trials, by scipy; the fourth is no trial.
    bound = EvidenceRecall().on(four([0, 1, 2, 3], ["ab", "d", "e", ""]))
    found = interval(bound, np.arange(4), is_proportion=EvidenceRecall().is_proportion)
    expected = binomtest(3, 3).proportion_ci(0.95, method="exact")
    assert (found.value, found.n_clusters) == (1, 3)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_precision_is_a_mean_over_questions_that_need_evidence():
    # 1/2, 1/1 and nothing named, which counts 1 as in FEVER's scorer.
    assert value(EvidencePrecision(), four([0, 1, 2, 3], ["ax", "d", "", "zz"])) == pytest.approx((1 / 2 + 1 + 1) / 3)


def test_evidence_f1_is_the_harmonic_mean():
    a = four([0, 1, 2, 3], ["ax", "d", "", "zz"])
    p, r = value(EvidencePrecision(), a), value(EvidenceRecall(), a)
    assert value(EvidenceF1(), a) == pytest.approx(2 * p * r / (p + r))


@pytest.mark.parametrize("metric", [FeverScore(), EvidenceF1(), Ranking("mrr")], ids=lambda m: m.name)
def test_system_that_names_no_evidence_has_no_such_metric(metric):
    assert metric.on(four([0, 1, 2, 3], ["", "", "", ""])) is None


def test_joint_correctness_wants_verdict_stances_and_evidence():
    a = four([0, 1, 2, 0], ["c", "x", "e", ""])
    # The first has all; the second no evidence; the third a wrong stance; the fourth a wrong verdict.
    a = type(a)(
        **{f: getattr(a, f) for f in a.__dataclass_fields__} | {"stances_right": np.array([1.0, 1.0, 0.0, 1.0])}
    )
    assert value(JointCorrectness(), a) == 1 / 4
