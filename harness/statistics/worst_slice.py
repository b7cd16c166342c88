"""The slices where a system is worst, found by a plain search over metadata, with every slice that was looked at counted.

A slice is a value of a field, or values of two. Its accuracy is held against the rest's; the difference has the jackknife's standard
error over all clusters, and t with the number of clusters that hold the slice, less one: a slice of few clusters is not
known better because many lie outside it. Intervals hold for all slices at once (Bonferroni), p-values are Holm's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from harness.metric import Floats
from harness.statistics.holm import holm
from harness.statistics.jackknife import LEVEL, NO_SPREAD, by_cluster, spread

# A slice of fewer clusters, or with fewer outside, says more about single sentences than about the system.
MIN_CLUSTERS = 5
MIN_QUESTIONS = 10
DEPTH = 2


@dataclass(frozen=True)
class Slice:
    """One slice of one system."""

    name: str
    """For example `edit=negation` or `edit=negation & article=a2`."""
    value: float
    """Accuracy in it."""
    rest: float
    """Accuracy outside."""
    low: float
    """Lower end of the difference, in all slices at once."""
    high: float
    p: float
    """Two-sided, by itself."""
    p_holm: float
    """Corrected for every slice that was looked at."""
    n: int
    n_clusters: int


def search(
    right: np.ndarray, clusters: np.ndarray, fields: Sequence[Mapping[str, str]], n_systems: int = 1
) -> list[Slice]:
    """Every slice of one or two fields, the worst first; `right` bool[n], clusters int[n], a mapping of field to value a question.

    `n_systems` multiplies the number of tests where several systems are searched on the same data.
    """
    codes = np.unique(clusters, return_inverse=True)[1]
    masks = list(_masks(fields, codes))
    if not masks:
        return []
    inside = np.stack([mask for _, mask in masks], axis=1).astype(np.float64)
    hits = right.astype(np.float64)[:, None]
    parts = [by_cluster(rows, codes) for rows in (inside * hits, inside, (1 - inside) * hits, 1 - inside)]
    totals = [part.sum(axis=0) for part in parts]
    left = _difference(*(total - part for total, part in zip(totals, parts, strict=True)))
    value, rest = totals[0] / totals[1], totals[2] / totals[3]
    return _told([name for name, _ in masks], value, rest, spread(left.T), parts[1], totals[1], n_systems)


def _told(
    names: list[str], value: Floats, rest: Floats, se: Floats, held: Floats, n: Floats, n_systems: int
) -> list[Slice]:
    from scipy.special import stdtr, stdtrit

    holding = np.count_nonzero(held, axis=0)
    sound = se > NO_SPREAD
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(sound, 2 * stdtr(holding - 1, -np.abs(value - rest) / se), np.nan)
    n_tests = max(1, int(sound.sum())) * n_systems
    reach = stdtrit(holding - 1, 1 - (1 - LEVEL) / (2 * n_tests)) * np.where(sound, se, np.nan)
    # Holm with the tests of the other systems taken to be the worst there can be: as if each slice were tested so many times.
    corrected = np.minimum(1.0, np.array(holm(p.tolist())) * n_systems)
    found = [
        Slice(
            name=name,
            value=float(value[i]),
            rest=float(rest[i]),
            low=float(value[i] - rest[i] - reach[i]),
            high=float(value[i] - rest[i] + reach[i]),
            p=float(p[i]),
            p_holm=float(corrected[i]),
            n=int(n[i]),
            n_clusters=int(holding[i]),
        )
        for i, name in enumerate(names)
    ]
    return sorted(found, key=lambda s: (np.isnan(s.p_holm), s.value >= s.rest, s.p_holm, s.p, s.name))


def _difference(inside_right: Floats, inside: Floats, outside_right: Floats, outside: Floats) -> Floats:
    found: Floats = inside_right / inside - outside_right / outside
    return found


def _masks(fields: Sequence[Mapping[str, str]], codes: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Slices of one and two fields with enough in them and outside; of two that hold the same questions the first stands."""
    singles = {
        (field, value): np.array([row.get(field) == value for row in fields])
        for field in sorted({field for row in fields for field in row})
        for value in sorted({row[field] for row in fields if field in row})
        if value != "-"
    }
    seen: set[bytes] = set()
    for depth in range(1, DEPTH + 1):
        for chosen in combinations(singles, depth):
            if len({field for field, _ in chosen}) < depth:
                continue
            mask = np.logical_and.reduce([singles[one] for one in chosen])
            enough = all(
                side.sum() >= MIN_QUESTIONS and len(np.unique(codes[side])) >= MIN_CLUSTERS for side in (mask, ~mask)
            )
            if enough and mask.tobytes() not in seen and (~mask).tobytes() not in seen:
                seen.add(mask.tobytes())
                yield " & ".join(f"{field}={value}" for field, value in chosen), mask
