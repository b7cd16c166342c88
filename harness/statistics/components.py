"""How much of a score is luck of the seed, the prompt or the folds, beside luck of the questions.

Runs that differ in one thing alone are scored on the same questions. The variance between them is the component of that thing; the
jackknife over clusters of their mean is the sampling error. A single run on new questions errs by both (Searle, Casella and
McCulloch 1992, section 3.2: one random factor); degrees of freedom after Satterthwaite (1946).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.metric import Scorer
from harness.statistics.jackknife import LEVEL, replicates, standard_error

ENOUGH_RUNS = 5


@dataclass(frozen=True)
class Components:
    """The mean of runs and what it varies with."""

    mean: float
    sd: float
    """Standard deviation between runs."""
    sd_low: float
    """95 % interval of it (chi-squared): with few runs it is wide."""
    sd_high: float
    sampling: float
    """Standard error of the mean over clusters, for these very runs."""
    single: float
    """Standard error of one run, on new questions."""
    low: float
    """95 % interval of the mean over runs and questions."""
    high: float
    n_runs: int
    n_clusters: int


def components(runs: Sequence[Scorer], clusters: np.ndarray) -> Components:
    """Of two runs or more, bound to the same n questions in the same order; clusters int[n]."""
    from scipy.special import chdtri, stdtrit

    r, codes = len(runs), np.unique(clusters, return_inverse=True)[1]
    g = int(codes.max()) + 1
    values = np.array([float(run.score(np.ones((1, len(clusters))))[0]) for run in runs])
    left_out = np.mean([replicates(run, codes) for run in runs], axis=0)
    sampling, sd = standard_error(left_out), float(np.std(values, ddof=1))
    of_questions, of_runs = sampling**2, sd**2 / r
    se = math.sqrt(of_questions + of_runs)
    below = of_questions**2 / (g - 1) + of_runs**2 / (r - 1)
    off = float(stdtrit(se**4 / below, (1 + LEVEL) / 2)) * se if below > 0 else math.nan
    tail = (1 - LEVEL) / 2
    mean = float(values.mean())
    return Components(
        mean=mean,
        sd=sd,
        sd_low=sd * math.sqrt((r - 1) / float(chdtri(r - 1, tail))),
        sd_high=sd * math.sqrt((r - 1) / float(chdtri(r - 1, 1 - tail))),
        sampling=sampling,
        single=math.sqrt(of_questions + sd**2),
        low=mean - off,
        high=mean + off,
        n_runs=r,
        n_clusters=g,
    )
