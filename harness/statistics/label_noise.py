"""What doubtful gold does to a comparison: the annotators' own score as a ceiling, and ranks when doubtful labels are drawn anew.

Letters: n questions, K labels, M systems, B draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.metric import Additive, Codes, Floats, Metric, ratio
from harness.metric.unanimous_accuracy import unanimous
from harness.statistics.jackknife import Interval, interval

N_DRAWS = 2_000


@dataclass(frozen=True)
class Stability:
    """One system's place when doubtful labels are drawn from their votes."""

    low: float
    """2.5 % and 97.5 % quantile of the value."""
    high: float
    rank_low: int
    """The same of the rank, from 1."""
    rank_high: int
    first: float
    """Share of the draws in which it comes first, ties shared."""


def ceiling(metric: Metric, votes: Floats, gold: Codes, clusters: np.ndarray) -> Interval:
    """The score of an annotator drawn at random for each question against gold, in expectation; votes float[n, K].

    Gold was made from these votes, so that it is an upper bound of what one annotator reaches. Only for metrics of the counts of
    labels: the vote's one-hot row becomes the shares of the votes. Questions without a vote are left out.
    """
    voted = votes.sum(axis=1) > 0
    k = votes.shape[1]
    if not voted.any():
        return Interval(np.nan, np.nan, np.nan, np.nan, 0, "no votes")
    shares = votes[voted] / votes[voted].sum(axis=1, keepdims=True)
    rows = sum(
        shares[:, [label]] * metric.of(gold[voted], np.full(int(voted.sum()), label), k).rows for label in range(k)
    )
    bound = Additive(np.asarray(rows), metric.of(gold[voted][:1], gold[voted][:1], k).value)
    facts = metric.facts
    return interval(bound, clusters[voted], is_proportion=False, low=facts.low, high=facts.high)


def between_annotators(votes: Floats, clusters: np.ndarray) -> Interval:
    """How often two annotators of a question agree: a ceiling that gold has no part in. Questions with one vote are left out."""
    n_votes = votes.sum(axis=1)
    pairs = n_votes * (n_votes - 1)
    rows = np.stack([(votes * (votes - 1)).sum(axis=1), pairs], axis=1)[pairs > 0]
    return interval(Additive(rows, ratio), clusters[pairs > 0], is_proportion=True)


def stability(metric: Metric, votes: Floats, gold: Codes, given: Sequence[Codes], seed: int) -> list[Stability]:
    """Draw the gold of every question whose votes are not all for it from its votes, N_DRAWS times; a system a row.

    A question with a single vote that is gold stays as it is: nothing says how doubtful it is.
    """
    k = votes.shape[1]
    n_votes = votes.sum(axis=1)
    doubtful = np.flatnonzero((n_votes > 0) & ~unanimous(votes, gold) & (votes[np.arange(len(gold)), gold] < n_votes))
    rng = np.random.default_rng(seed)
    steps = (votes[doubtful] / n_votes[doubtful, None]).cumsum(axis=1)
    drawn = (rng.random((N_DRAWS, len(doubtful), 1)) > steps).sum(axis=2).clip(0, k - 1)
    one_hot = (drawn[..., None] == np.arange(k)).reshape(N_DRAWS, len(doubtful) * k).astype(np.float64)
    certain = np.setdiff1d(np.arange(len(gold)), doubtful)
    values = np.stack([_values(metric, gold, predicted, doubtful, certain, one_hot, k) for predicted in given], axis=1)
    towards = values if metric.facts.higher_is_better else -values
    ranks = 1 + (towards[:, None, :] > towards[:, :, None] + 1e-12).sum(axis=2)
    first = (ranks == 1) / (ranks == 1).sum(axis=1, keepdims=True)
    at = (0.025, 0.975)
    found = []
    for m in range(len(given)):
        low, high = np.quantile(values[:, m], at)
        best, worst = np.quantile(ranks[:, m], at)
        share = float(first[:, m].mean())
        found.append(Stability(float(low), float(high), int(np.floor(best)), int(np.ceil(worst)), share))
    return found


def _values(
    metric: Metric, gold: Codes, predicted: Codes, doubtful: Codes, certain: Codes, one_hot: Floats, k: int
) -> Floats:
    """float[B]: the sums of the questions that are certain, and those of the doubtful ones under each draw."""
    bound = metric.of(gold[certain], predicted[certain], k)
    rows = np.stack(
        [metric.of(np.full(len(doubtful), label), predicted[doubtful], k).rows for label in range(k)], axis=1
    )
    return bound.value(bound.rows.sum(axis=0) + one_hot @ rows.reshape(len(doubtful) * k, rows.shape[2]))
