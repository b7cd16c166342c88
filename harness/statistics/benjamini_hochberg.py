"""Benjamini and Hochberg's correction of p-values (1995): the expected share of false findings among the findings stays below the level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order given; nan stays nan and counts as no test.

    The bound holds for independent or positively dependent tests; for a guarantee whatever the dependence take `holm`.
    """
    values = np.asarray(p, dtype=np.float64)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    factors = len(order) / (np.arange(len(order)) + 1)
    adjusted = np.full(len(values), np.nan)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate((values[order] * factors)[::-1])[::-1])
    return [float(value) for value in adjusted]
