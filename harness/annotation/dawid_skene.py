"""One label out of many votes, each annotator weighed by the errors that the votes betray.

Dawid and Skene (1979), Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm, Applied Statistics 28(1),
equations 2.3-2.5. Letters: n items, K labels, A annotators.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.annotation.ballot import Ballot, Triple, ballot
from harness.errors import InputError
from harness.metric import Floats
from harness.schema import Vote

# Without it, a label that an annotator never gave to a class rules the class out for good, however few votes there were.
# A hundredth of a vote undoes that and moves no estimate that has votes to rest on. 0 is the form of 1979.
PSEUDO_COUNT = 0.01
# The posteriors have come to rest when none moves by more than this.
TOLERANCE = 1e-8
MAX_ITERATIONS = 10_000


@dataclass(frozen=True)
class Consensus:
    """What the votes say together."""

    labels: dict[str, str]
    """Item and its most probable label; of labels that are equally probable, the first of the schema."""
    posterior: dict[str, Floats]
    """Item and float[K], the probability of each label."""
    prevalence: Floats
    """float[K], how frequent each label is."""
    confusion: dict[str, Floats]
    """Annotator and float[K, K]: row = true label, column = label given; rows add up to 1."""
    log_likelihood: tuple[float, ...]
    """Of the votes, by iteration; it never falls where the pseudo-count is 0."""


def dawid_skene(
    votes: Iterable[Vote | Triple], labels: Sequence[str], *, pseudo_count: float = PSEUDO_COUNT
) -> Consensus:
    """Estimate labels, prevalence and confusion by EM from the shares of votes; deterministic, whatever the order of votes.

    `pseudo_count` is added to each cell of each annotator's confusion, which the paper does not do. Raises InputError for no
    vote, votes on two tasks, an unknown label, or when the estimate does not come to rest.
    """
    table = ballot(votes, labels)
    names = sorted({annotator for _, annotator, _ in table.votes})
    number = {name: position for position, name in enumerate(names)}
    who = np.array([number[annotator] for _, annotator, _ in table.votes], dtype=np.intp)
    posterior = table.counts / table.counts.sum(axis=1, keepdims=True)
    history: list[float] = []
    for _ in range(MAX_ITERATIONS):
        before, prevalence = posterior, posterior.mean(axis=0)
        confusion = _confusion(table, who, posterior, pseudo_count)
        posterior, log_likelihood = _posterior(table, who, prevalence, confusion)
        history.append(log_likelihood)
        if np.abs(posterior - before).max() < TOLERANCE:
            break
    else:
        raise InputError(
            f"Dawid and Skene's estimate from {len(table.votes)} votes does not come to rest in {MAX_ITERATIONS:,} iterations; expected more votes an item"
        )
    return Consensus(
        labels={item: table.labels[int(row.argmax())] for item, row in zip(table.items, posterior, strict=True)},
        posterior=dict(zip(table.items, posterior, strict=True)),
        prevalence=prevalence,
        confusion=dict(zip(names, confusion, strict=True)),
        log_likelihood=tuple(history),
    )


def _confusion(table: Ballot, who: np.ndarray, posterior: Floats, pseudo_count: float) -> Floats:
    """float[A, K, K] of equation 2.3: expected votes, as shares of those on a true label."""
    k = len(table.labels)
    by_given: Floats = np.full((int(who.max()) + 1, k, k), float(pseudo_count))
    np.add.at(by_given, (who, table.columns), posterior[table.rows])
    expected = by_given.transpose(0, 2, 1)
    total = expected.sum(axis=2, keepdims=True)
    # An annotator who is not known to have met a label tells nothing of it.
    shares: Floats = np.divide(expected, total, out=np.full_like(expected, 1 / k), where=total > 0)
    return shares


def _posterior(table: Ballot, who: np.ndarray, prevalence: Floats, confusion: Floats) -> tuple[Floats, float]:
    """Equation 2.5, float[n, K], and the log-likelihood of the votes."""
    with np.errstate(divide="ignore"):
        joint = np.tile(np.log(prevalence), (len(table.items), 1))
        np.add.at(joint, table.rows, np.log(confusion)[who, :, table.columns])
    most = joint.max(axis=1, keepdims=True)
    shares = np.exp(joint - most)
    total = shares.sum(axis=1, keepdims=True)
    return shares / total, float((np.log(total) + most).sum())
