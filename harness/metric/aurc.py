"""Area under the risk-coverage curve: how much error is left when the least sure answers are withheld, at every coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Facts, Floats
from harness.metric.answers import Answers
from harness.metric.confidence import confidence, surest_first


@dataclass(frozen=True)
class Aurc:
    """Mean over k = 1..n of the error among the k surest answers; equally sure ones are taken in expectation over their orders."""

    name: ClassVar[str] = "aurc"
    is_proportion: ClassVar[bool] = False
    facts: ClassVar[Facts] = Facts(
        "Mean error of the surest answers, over all shares of them that could be kept.",
        "Geifman, Uziel and El-Yaniv (2019), Bias-reduced uncertainty estimation, section 2",
        higher_is_better=False,
    )

    def on(self, answers: Answers) -> BoundAurc | None:
        """Bind it; `None` without probabilities."""
        found = confidence(answers)
        return None if found is None else BoundAurc(*found)


@dataclass(frozen=True)
class BoundAurc:
    """The answers of `Aurc`."""

    sure: Floats
    right: Floats
    use: Floats

    def score(self, weights: Floats) -> Floats:
        """float[B] for weights float[B, n]; whole weights count as so many equal answers."""
        n, right = surest_first(self.sure, self.right, self.use, weights)
        wrong = n - right
        before, wrong_before = np.cumsum(n, axis=1) - n, np.cumsum(wrong, axis=1) - wrong
        # Inside a group of w answers with error rate e, after N with E errors: sum over k of (E + e k) / (N + k), k = 1..w.
        rate = np.divide(wrong, n, out=np.zeros_like(n), where=n > 0)
        harmonic = _harmonic(before + n) - _harmonic(before)
        area = rate * n + (wrong_before - rate * before) * harmonic
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = area.sum(axis=1) / n.sum(axis=1)
        return found


def _harmonic(n: Floats) -> Floats:
    from scipy.special import digamma

    found: Floats = digamma(n + 1) + np.euler_gamma
    return found
