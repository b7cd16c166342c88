"""Which ranks the data allow each system, and how probable it is that it is the best.

Rank intervals follow from the corrected paired tests (Mogstad, Romano, Shaikh and Wilhelm 2024): with Holm's correction all of them
hold at once with 95 %. The probability of being best is the share of cluster resamples in which a system has the highest value,
ties shared: a summary of the data, and no test. Letters: B resamples, M systems.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from harness.metric import Floats


def rank_intervals(names: Sequence[str], ahead: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Best and worst rank of each name, from 1; `ahead` lists the pairs of which the first was shown to be better."""
    better, worse = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for a, b in ahead:
        worse[a] += 1
        better[b] += 1
    return {name: (1 + better[name], len(names) - worse[name]) for name in names}


def probability_of_best(values: Floats, *, higher_is_better: bool = True) -> Floats:
    """float[M] from resampled values float[B, M]; resamples in which a value is undefined are left out."""
    known = values[~np.isnan(values).any(axis=1)]
    if len(known) == 0:
        return np.full(values.shape[1], np.nan)
    towards = known if higher_is_better else -known
    # Values that differ by rounding alone are one.
    best = towards >= towards.max(axis=1, keepdims=True) - 1e-12
    found: Floats = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    return found
