"""Metrics as sums of rows, one a file.

A metric gives each answer a row of numbers, and turns the sum of rows into its value. Slices, jackknife, bootstrap and swap tests are
weights on the rows, so they are written once, in `harness.statistics`, and no metric knows of them. The few metrics that are
no function of sums (AURC, equal-mass ECE, quantiles) take the weights themselves.
Letters: n answers, K labels, S numbers in a row, B sets of weights. Codes are positions in the schema's order; -1 is no label.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from harness.metric.answers import Answers

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]


class Scorer(Protocol):
    """A metric bound to n answers."""

    def score(self, weights: Floats) -> Floats:
        """float[B] for weights float[B, n]; nan where the metric is undefined."""
        ...


@dataclass(frozen=True)
class Additive:
    """A metric on given answers: `value` of the weighted sum of `rows`."""

    rows: Floats
    """float[n, S]."""
    value: Callable[[Floats], Floats]
    """From float[..., S] to float[...]; nan where the metric is undefined."""

    def score(self, weights: Floats) -> Floats:
        """float[B] for weights float[B, n]."""
        return self.value(weights @ self.rows)


@dataclass(frozen=True)
class Facts:
    """What a reader must know of a metric; docs, tables and tooltips come from here."""

    definition: str
    """What it measures, in a sentence."""
    source: str
    """Where the formula comes from: author, year, or the function that it equals."""
    higher_is_better: bool = True
    low: float = 0.0
    """The least value that it can have."""
    high: float = 1.0
    """The greatest; infinite where there is none."""
    unit: str = "fraction"
    """fraction, nats, tokens, seconds, US dollars; "" for a number without one."""
    smooth: bool = True
    """Whether it changes smoothly near the ends of its range, so that its interval may be made on the logit."""

    @property
    def sign(self) -> int:
        """1 where more is better, else -1: a difference times it is above 0 where the first is better."""
        return 1 if self.higher_is_better else -1


class Metric(Protocol):
    """A metric of labels alone: a function of gold, predicted and the number of labels."""

    @property
    def name(self) -> str:
        """As in tables and files, for example `macro_f1`."""
        ...

    @property
    def is_proportion(self) -> bool:
        """Whether it is a mean of zeros and ones, so that an exact interval exists at 0 and 1."""
        ...

    @property
    def facts(self) -> Facts:
        """Definition, range, direction, unit and source."""
        ...

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Bind it to answers; gold int[n] in 0..K-1, predicted int[n] in -1..K-1."""
        ...


@runtime_checkable
class AnswerMetric(Protocol):
    """A metric that needs more of an answer than its label: probabilities, evidence, votes, families, cost."""

    @property
    def name(self) -> str:
        """As in tables and files."""
        ...

    @property
    def is_proportion(self) -> bool:
        """Whether it is a mean of zeros and ones."""
        ...

    @property
    def facts(self) -> Facts:
        """Definition, range, direction, unit and source."""
        ...

    def on(self, answers: Answers) -> Scorer | None:
        """Bind it to answers; `None` where they do not carry what it needs."""
        ...


AnyMetric = Metric | AnswerMetric


def bind(metric: AnyMetric, answers: Answers) -> Scorer | None:
    """A metric of either kind on these answers; `None` where they do not carry what it needs."""
    if isinstance(metric, AnswerMetric):
        return metric.on(answers)
    return metric.of(answers.gold, answers.predicted, len(answers.labels))


def ratio(sums: Floats) -> Floats:
    """The first of two sums over the second; nan for nothing over nothing. float[..., 2] to float[...]."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = sums[..., 0] / sums[..., 1]
    return found


def mean(values: Floats) -> Additive:
    """The weighted mean of float[n]; those that are nan are left out."""
    known = ~np.isnan(values)
    return Additive(np.stack([np.where(known, values, 0.0), known.astype(np.float64)], axis=1), ratio)
