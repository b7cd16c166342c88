"""Expected calibration error in bins of equal mass, with the part that is only noise taken off, and the reliability diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.metric import Facts, Floats
from harness.metric.answers import Answers
from harness.metric.confidence import confidence

MAX_BINS = 15  # Guo et al. (2017)
# With fewer answers a bin's accuracy is mostly noise, whatever the debiasing.
MIN_IN_A_BIN = 20


@dataclass(frozen=True)
class Ece:
    """Mean over equal-mass bins of |accuracy - confidence|, of the label given; n // 20 bins, at most 15.

    `debias` takes off what |accuracy - confidence| would be for a perfectly calibrated system by sampling alone, in closed
    form: bin accuracy is taken as normal with variance a (1 - a) / (m - 1), so that the excess of E|N(d, s)| over |d| is known.
    """

    debias: bool = True
    is_proportion: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """`ece`, or `ece_plain` as most papers print it."""
        return "ece" if self.debias else "ece_plain"

    @property
    def facts(self) -> Facts:
        """Definition and source."""
        return Facts(
            "Mean gap between confidence in the label given and accuracy, in bins of equally many answers"
            + (", less what chance alone would give." if self.debias else "."),
            "Guo et al. (2017), On calibration of modern neural networks; bins: Nguyen and O'Connor (2015)"
            + ("; debiasing: Kumar, Liang and Ma (2019), Verified uncertainty calibration" if self.debias else ""),
            higher_is_better=False,
            # It is cut off at 0, where the logit has no end, and answers change bins.
            smooth=False,
        )

    def on(self, answers: Answers) -> BoundEce | None:
        """Bind it; `None` without probabilities."""
        found = confidence(answers)
        return None if found is None else BoundEce(*found, debias=self.debias)


@dataclass(frozen=True)
class BoundEce:
    """The answers of `Ece`."""

    sure: Floats
    right: Floats
    use: Floats
    debias: bool

    def score(self, weights: Floats) -> Floats:
        """float[B] for weights float[B, n]; bins are made anew for each set of weights."""
        mass, accuracy, sure = bins(self.sure, self.right, self.use, weights)
        gap = np.abs(accuracy - sure)
        if self.debias:
            spread = np.sqrt(accuracy * (1 - accuracy) / np.maximum(mass - 1, 1))
            gap = gap - (_folded(accuracy - sure, spread) - gap)
        total = mass.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = np.nansum(mass * gap, axis=1) / total
        return np.maximum(found, 0.0)


def bins(sure: Floats, right: Floats, use: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Mass, accuracy and mean confidence of each bin, float[B, bins] each; answers that are equally sure share a bin.

    The bin of an answer is that of the middle of its group's share of the total weight, in order of confidence.
    """
    order = np.argsort(sure, kind="stable")
    starts = np.flatnonzero(np.diff(sure[order], prepend=-1.0))
    given = (weights * use)[:, order]
    group = np.add.reduceat(given, starts, axis=1)
    group_right = np.add.reduceat(given * right[order], starts, axis=1)
    total = group.sum(axis=1, keepdims=True)
    n_bins = np.clip(total // MIN_IN_A_BIN, 1, MAX_BINS)
    with np.errstate(invalid="ignore", divide="ignore"):
        place = np.floor((np.cumsum(group, axis=1) - group / 2) / total * n_bins)
    place = np.clip(np.nan_to_num(place), 0, MAX_BINS - 1).astype(np.intp)
    flat = (np.arange(len(weights))[:, None] * MAX_BINS + place).ravel()
    of: list[Floats] = [
        np.bincount(flat, part.ravel(), len(weights) * MAX_BINS).reshape(-1, MAX_BINS).astype(np.float64)
        for part in (group, group_right, group * sure[order][starts])
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        return of[0], of[1] / of[0], of[2] / of[0]


def _folded(mean: Floats, spread: Floats) -> Floats:
    """E|N(mean, spread)| (Leone, Nelson and Nottingham 1961); |mean| where there is no spread."""
    from scipy.special import erf

    with np.errstate(invalid="ignore", divide="ignore"):
        z = mean / spread
        found = spread * np.sqrt(2 / np.pi) * np.exp(-(z**2) / 2) + mean * erf(z / np.sqrt(2))
    folded: Floats = np.where(spread > 0, found, np.abs(mean))
    return folded
