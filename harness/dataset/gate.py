"""A gate: a figure whose one-sided 95 % bound must not exceed a bar, with the cluster as the unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.dataset.checks import Check
from harness.metric import Floats
from harness.record import Record
from harness.statistics.jackknife import LEVEL, leave_one_out, standard_error

# With fewer the jackknife says little, and a gate would be passed for want of data.
MIN_CLUSTERS = 10


Score = Callable[[Floats], Floats]
"""From weights float[B, n] to float[B]."""


@dataclass(frozen=True)
class Floor:
    """What is subtracted from a score."""

    value: float = 0.0
    """The floor."""
    error: float = 0.0
    """Its standard error, independent of the clusters."""


class Gate(Record):
    """A figure and how far it may be off; nan, and not passed, where there is too little to measure it."""

    name: str
    """What is asked of which probe."""
    value: float = math.nan
    """The figure."""
    reach: float = math.nan
    """t(G-1) times its standard error: value - reach to value + reach is the two-sided 90 % interval."""
    side: Literal["upper", "lower"]
    """Which of the two ends must not exceed the bar."""
    bar: float
    """The bar."""
    n: int
    """Pairs or claims that were scored."""
    unit: Literal["pairs", "claims"]
    """What n counts."""
    n_clusters: int
    """Clusters that they come from."""
    note: str = ""
    """What the figure is made of."""

    @property
    def bound(self) -> float:
        """The one-sided 95 % bound."""
        return self.value + (self.reach if self.side == "upper" else -self.reach)

    @property
    def passed(self) -> bool:
        """Whether the bound is at or below the bar; nan is not."""
        return self.bound <= self.bar

    def measured(self, score: Score, clusters: Sequence[str], *, floor: Floor = Floor(), note: str = "") -> Gate:
        """The same gate with its figure: the score of all minus the floor.

        The reach is by leaving out one cluster at a time, with the floor's own error added in squares. It is 0 where all clusters
        agree, as they do in perfectly crossed families, where each cue is right as often as wrong by design.
        """
        from scipy import stats

        codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
        value = float(score(np.ones((1, len(codes))))[0]) - floor.value
        error = math.hypot(standard_error(score(leave_one_out(codes))), floor.error)
        around = float(stats.t.ppf(LEVEL, len(np.unique(codes)) - 1) * error)
        return self.model_copy(update={"value": value, "reach": around, "note": note})

    def check(self) -> Check:
        """The gate as a row of the table of checks."""
        found = "-" if math.isnan(self.bound) else f"{self.value:.2f}, {self.side} bound {self.bound:.2f}"
        size = f"{self.n} {self.unit} in {self.n_clusters} clusters"
        return Check(
            name=self.name,
            figure=f"{found} ({'; '.join(filter(None, [self.note, size]))})",
            bar=f"{self.side} bound <= {self.bar:.2f}",
            passed=self.passed,
        )
