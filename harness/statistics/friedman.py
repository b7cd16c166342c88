"""Systems ranked on several datasets: whether the ranks differ, and by how much two of them must.

Demsar (2006), "Statistical comparisons of classifiers over multiple data sets", section 3.2: Friedman's test, in the form of Iman and Davenport
(1980), and Nemenyi's critical difference. Letters: N datasets, k systems. With few datasets neither can show much: N is told beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.metric import Floats

LEVEL = 0.05


@dataclass(frozen=True)
class Ranked:
    """Mean ranks over datasets and what they show."""

    mean_ranks: Floats
    """float[k]; 1 is best, equal values share the mean of their ranks."""
    statistic: float
    """Friedman's chi-square, corrected for ties; nan where all values are equal."""
    p: float
    """By its chi-square with k-1 degrees of freedom."""
    p_iman_davenport: float
    """By F with k-1 and (k-1)(N-1), less conservative; 0 where all datasets agree on every rank."""
    critical_difference: float
    """Nemenyi: mean ranks that differ by no more are not told apart at 5 %."""


def friedman(values: Floats) -> Ranked:
    """From values float[N, k], higher is better; raises InputError for fewer than two datasets or three systems, or values that are missing."""
    from scipy import stats

    n, k = values.shape
    if n < 2 or k < 3:
        raise InputError(
            f"there are {k} systems on {n} datasets; expected three systems or more on two datasets or more"
        )
    if np.isnan(values).any():
        raise InputError("a system has no value on one of the datasets; expected one for each")
    ranks = np.apply_along_axis(stats.rankdata, 1, -values)
    mean = ranks.mean(axis=0)
    ties = sum(
        float((np.unique(row, return_counts=True)[1] ** 3 - np.unique(row, return_counts=True)[1]).sum())
        for row in ranks
    )
    left = 1 - ties / (n * k * (k * k - 1))
    between = 12 * n / (k * (k + 1)) * (np.square(mean).sum() - k * (k + 1) ** 2 / 4)
    statistic = float(between / left) if left > 0 else math.nan
    most = n * (k - 1)
    ratio = math.inf if math.isclose(statistic, most) else (n - 1) * statistic / (most - statistic)
    reach = float(stats.studentized_range.ppf(1 - LEVEL, k, np.inf)) / math.sqrt(2)
    return Ranked(
        mean_ranks=mean,
        statistic=statistic,
        p=float(stats.chi2.sf(statistic, k - 1)),
        p_iman_davenport=float(stats.f.sf(ratio, k - 1, (k - 1) * (n - 1))),
        critical_difference=reach * math.sqrt(k * (k + 1) / (6 * n)),
    )
