"""Is a system no worse than another by more than a margin? A test of its own: that no difference was shown is no proof of it.

Schuirmann (1987), two one-sided tests; each is a t(G-1) test over clusters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Equivalence:
    """One-sided tests of a difference against a margin."""

    p_not_worse: float
    """Small where a is shown to be no worse than b by more than the margin."""
    p_equivalent: float
    """Small where the two are shown to differ by no more than the margin, either way."""


def equivalence(value: float, se: float, n_clusters: int, margin: float) -> Equivalence:
    """Test a difference with its standard error over clusters; nan where there is none."""
    from scipy.special import stdtr

    if not se > 0 or n_clusters < 2 or math.isnan(value):
        return Equivalence(math.nan, math.nan)
    lower = float(stdtr(n_clusters - 1, -(value + margin) / se))
    upper = float(stdtr(n_clusters - 1, (value - margin) / se))
    return Equivalence(lower, max(lower, upper))
