"""How long an answer takes: a quantile of the seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.errors import ConfigError
from harness.metric import Facts, Floats
from harness.metric.answers import Answers


@dataclass(frozen=True)
class Latency:
    """The least number of seconds that so many of the answers take at most; answers from a batch have none."""

    quantile: float = 0.5
    is_proportion: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 0 < self.quantile < 1:
            raise ConfigError(f"metric latency has quantile {self.quantile}; expected more than 0 and less than 1")

    @property
    def name(self) -> str:
        """For example `latency_p95`."""
        return f"latency_p{100 * self.quantile:g}"

    @property
    def facts(self) -> Facts:
        """Definition and source."""
        return Facts(
            f"The time in which {100 * self.quantile:g} % of the answers came, of those whose time was measured.",
            "numpy: quantile(method='inverted_cdf')", higher_is_better=False, high=float("inf"), unit="seconds",
        )  # fmt: skip

    def on(self, answers: Answers) -> Quantile | None:
        """Bind it; `None` where no time is known."""
        if answers.seconds is None or np.isnan(answers.seconds).all():
            return None
        return Quantile(answers.seconds, self.quantile)


@dataclass(frozen=True)
class Quantile:
    """A weighted quantile of float[n]; nan is left out."""

    values: Floats
    quantile: float

    def score(self, weights: Floats) -> Floats:
        """float[B] for weights float[B, n]."""
        order = np.argsort(self.values, kind="stable")[: int(np.count_nonzero(~np.isnan(self.values)))]
        mass = np.cumsum(weights[:, order], axis=1)
        # 1e-12 is above the rounding of a sum of weights, and below any weight.
        place = np.argmax(mass >= self.quantile * mass[:, -1:] * (1 - 1e-12), axis=1)
        found: Floats = np.where(mass[:, -1] > 0, self.values[order][place], np.nan)
        return found
