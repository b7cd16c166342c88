"""Guard, crossed groups, slices, label noise and components: by hand, by a plain loop, by statsmodels and by simulation."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from answering import made
from sklearn.metrics import f1_score

from harness.metric.accuracy import Accuracy
from harness.metric.ece import BoundEce
from harness.metric.macro_f1 import MacroF1
from harness.statistics.components import components
from harness.statistics.crossed import crossed, variance
from harness.statistics.guard import guard
from harness.statistics.jackknife import interval
from harness.statistics.label_noise import between_annotators, ceiling, stability
from harness.statistics.worst_slice import search


def accuracy_of(right):
    right = np.asarray(right).astype(int)
    return Accuracy().of(np.ones_like(right), right, 2)


# Guard


def test_guard_is_silent_where_there_is_enough():
    gold = np.arange(80) % 2
    given = np.where(np.arange(80) % 5 == 0, 1 - gold, gold)
    assert guard(gold, given, np.arange(80) // 2, ("a", "b")) == []


@pytest.mark.parametrize(
    ("clusters", "wrong", "said"),
    [(np.arange(80) % 20, 20, "only 20 clusters"), (np.arange(80), 3, "only 3 clusters hold errors")],
)
def test_guard_names_what_is_few(clusters, wrong, said):
    gold = np.arange(80) // 40
    given = np.where(np.arange(80) < wrong, 1 - gold, gold)
    assert any(note.startswith(said) for note in guard(gold, given, clusters, ("a", "b")))


def test_guard_names_the_class_that_few_clusters_hold():
    gold = (np.arange(80) < 6).astype(int)
    assert "gold b comes from only 6 clusters" in guard(gold, 1 - gold, np.arange(80), ("a", "b"))


# Claims and passages


def test_crossed_variance_is_that_of_two_way_clustered_least_squares():
    # statsmodels' two-way sandwich of a mean, with the jackknife's factor (G - 1) / G in place of its own for large G.
    rng = np.random.default_rng(0)
    n, g, h = 4000, 400, 380
    one, other = rng.integers(0, g, n), rng.integers(0, h, n)
    right = (rng.random(n) < 0.6 + 0.2 * rng.standard_normal(g)[one] + 0.2 * rng.standard_normal(h)[other]).astype(
        float
    )
    fit = sm.OLS(right, np.ones(n)).fit(
        cov_type="cluster", cov_kwds={"groups": np.stack([one, other], 1), "use_correction": False}
    )
    assert math.sqrt(variance((one, other), (accuracy_of(right),))) == pytest.approx(float(fit.bse[0]), rel=0.01)


def test_crossed_interval_is_never_narrower_than_by_cluster():
    rng = np.random.default_rng(1)
    right, one, other = rng.random(300) < 0.7, rng.integers(0, 40, 300), rng.integers(0, 60, 300)
    by_cluster = interval(accuracy_of(right), one, is_proportion=True)
    assert crossed(accuracy_of(right), one, other).se >= by_cluster.se - 1e-12


# Slices


def test_planted_slice_is_found():
    rng = np.random.default_rng(2)
    clusters = np.repeat(np.arange(60), 6)
    fields = [{"edit": str(rng.choice(["date", "place", "-"])), "form": str(rng.choice(["x", "y"]))} for _ in clusters]
    weak = np.array([f["edit"] == "date" and f["form"] == "x" for f in fields])
    found = search(rng.random(360) < np.where(weak, 0.35, 0.9), clusters, fields)
    assert found[0].name == "edit=date & form=x"
    assert found[0].p_holm < 0.001
    assert found[0].high < 0


def test_search_without_a_weak_slice_seldom_finds_one():
    # 200 data sets with about 11 slices each: at 5 % family-wise, more than 20 finds have a chance below 0.001.
    rng, finds = np.random.default_rng(3), 0
    clusters = np.repeat(np.arange(50), 5)
    for _ in range(200):
        chance = rng.beta(3.5, 1.5, 50)[clusters]
        fields = [{"edit": str(rng.integers(3)), "form": str(rng.integers(2))} for _ in clusters]
        finds += min(s.p_holm for s in search(rng.random(250) < chance, clusters, fields)) < 0.05
    assert finds <= 20


def test_slice_of_few_clusters_is_not_looked_at():
    fields = [{"edit": "rare" if i < 12 else "common"} for i in range(120)]
    assert search(np.arange(120) % 2 == 0, np.arange(120) // 4, fields) == []


# Label noise


def test_ceiling_of_accuracy_is_the_share_of_votes_for_gold():
    votes = np.array([[2, 0], [1, 1], [0, 2], [3, 0]], dtype=float)
    found = ceiling(Accuracy(), votes, np.array([0, 0, 1, 0]), np.arange(4))
    assert found.value == pytest.approx((1 + 1 / 2 + 1 + 1) / 4)


def test_ceiling_of_macro_f1_counts_every_vote_as_an_answer():
    votes = np.array([[2, 1], [1, 1], [0, 2], [3, 0]], dtype=float)
    gold = np.array([0, 0, 1, 0])
    rows = [(g, label, v / row.sum()) for g, row in zip(gold, votes, strict=True) for label, v in enumerate(row)]
    g, given, weight = map(np.array, zip(*rows, strict=True))
    expected = f1_score(g, given, sample_weight=weight, average="macro", labels=[0, 1])
    assert ceiling(MacroF1(), votes, gold, np.arange(4)).value == pytest.approx(expected, abs=1e-12)


def test_agreement_of_annotators_is_of_pairs():
    # Pairs: 3 of 3 agree; 1 of 3; a single vote has none.
    votes = np.array([[3, 0], [2, 1], [1, 0]], dtype=float)
    assert between_annotators(votes, np.arange(3)).value == pytest.approx((3 + 1) / 6)


def test_certain_labels_leave_values_and_ranks_as_they_are():
    answers = made(0, k=2)
    votes = 2 * np.eye(2)[answers.gold]
    better, worse = answers.gold, 1 - answers.gold
    found = stability(Accuracy(), votes, answers.gold, [better, worse], 0)
    assert [(s.low, s.high, s.rank_low, s.rank_high, s.first) for s in found] == [(1, 1, 1, 1, 1), (0, 0, 2, 2, 0)]


def test_doubtful_labels_are_drawn_from_their_votes():
    # Ten questions of 50 to 50: the number of right ones is binomial(10, 1/2), of which 2 and 8 are the 2.5 % and 97.5 % quantiles.
    votes, gold = np.ones((10, 2)), np.zeros(10, dtype=int)
    [found] = stability(Accuracy(), votes, gold, [gold], 0)
    assert (found.low, found.high) == (0.2, 0.8)


# Seeds and prompts


def test_equal_runs_have_no_variance_between_them():
    right = np.random.default_rng(4).random(100) < 0.7
    found = components([accuracy_of(right)] * 5, np.arange(100) // 4)
    expected = interval(accuracy_of(right), np.arange(100) // 4, is_proportion=True)
    assert (found.sd, found.sampling, found.single) == pytest.approx((0, expected.se, expected.se), abs=1e-12)


def test_variance_between_runs_is_that_of_their_values():
    rng = np.random.default_rng(5)
    runs = [rng.random(100) < 0.7 for _ in range(5)]
    found = components([accuracy_of(run) for run in runs], np.arange(100))
    assert (found.mean, found.sd) == pytest.approx(
        (np.mean(runs), np.std([run.mean() for run in runs], ddof=1)), abs=1e-12
    )


def test_interval_over_runs_and_questions_covers_a_known_truth():
    # 200 experiments of 5 runs with an own shift each (sd .05) on 40 clusters: of 95 % about 190 cover; .90 is 3 errors below.
    rng, covered = np.random.default_rng(6), 0
    clusters = np.repeat(np.arange(40), 4)
    for _ in range(200):
        hard = rng.normal(0, 0.15, 40)[clusters]
        runs = [rng.random(160) < np.clip(0.6 + rng.normal(0, 0.05) + hard, 0, 1) for _ in range(5)]
        found = components([accuracy_of(run) for run in runs], clusters)
        covered += found.low <= 0.6 <= found.high
    assert covered / 200 >= 0.90


# Calibration


@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_interval_of_calibration_error_covers_a_known_truth(shift):
    # 150 data sets of 60 clusters; a system that is too sure by `shift` throughout has just this calibration error.
    rng, covered, widths = np.random.default_rng(7), 0, []
    for _ in range(150):
        clusters = np.repeat(np.arange(60), rng.integers(1, 9, 60))
        sure = 0.25 + 0.7 * rng.beta(5, 2, len(clusters))
        right = (rng.random(len(clusters)) < sure - shift).astype(float)
        found = interval(BoundEce(sure, right, np.ones_like(sure), True), clusters, is_proportion=False, smooth=False)
        covered += found.low <= shift <= found.high
        widths.append(found.high - found.low)
    assert covered / 150 >= 0.92
    assert np.median(widths) < 0.25
