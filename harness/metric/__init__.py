"""Metrics as sums of rows, one a file.

A metric gives each answer a row of numbers, and turns the sum of rows into its value. Slices, jackknife and swap tests are
weights on the rows, so they are written once, in `harness.statistics`, and no metric knows of them.
Letters: n answers, K labels, S numbers in a row, B sets of weights. Codes are positions in the schema's order; -1 is no label.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Additive:
    """A metric on given answers: `value` of the weighted sum of `rows`."""

    rows: Floats
    """float[n, S]."""
    value: Callable[[Floats], Floats]
    """From float[B, S] to float[B]; nan where the metric is undefined."""

    def score(self, weights: Floats) -> Floats:
        """float[B] for weights float[B, n]."""
        return self.value(weights @ self.rows)


class Metric(Protocol):
    """A metric by name, in 0..1, more is better."""

    name: str
    is_proportion: bool
    """Whether it is a mean of zeros and ones, so that an exact interval exists at 0 and 1."""

    def of(self, gold: Codes, predicted: Codes, n_labels: int) -> Additive:
        """Bind it to answers; gold int[n] in 0..K-1, predicted int[n] in -1..K-1."""
        ...
