"""Several systems on the same questions as one matrix, so that all of them are scored on the same weights by one product.

A unit is what is resampled: a cluster, or a question where each is a cluster of its own. Units with equal rows are one row with a
count wherever that is cheaper. Letters: U rows, C columns, M systems, S sums of a system, G units (counts in sum), B sets of weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from harness.metric import Additive, Codes, Floats

# A draw from a multinomial costs as much as drawing about this many units one by one.
CHEAPER = 16
# float32 holds whole numbers exactly up to here, and is twice as quick.
EXACT_IN_FLOAT32 = 2**24
# Rows that are turned into float64 at once.
BLOCK = 4096


@dataclass(frozen=True)
class Panel:
    """Sums of M systems by unit."""

    columns: Any
    """float32 or float64 [U, C]: a unit's sums; systems share what is the same for all, such as gold."""
    counts: Codes
    """int[U], how many units a row stands for."""
    places: tuple[Codes, ...]
    """int[S] a system: its columns."""
    values: tuple[Callable[[Floats], Floats], ...]
    """From sums to a value, a system."""

    @property
    def n_units(self) -> int:
        """G."""
        return int(self.counts.sum())

    @cached_property
    def total(self) -> Floats:
        """float[C], the sums of all units."""
        found: Floats = np.zeros(self.columns.shape[1])
        for start in range(0, len(self.counts), BLOCK):  # never a second copy of all columns
            found += self.counts[start : start + BLOCK] @ self.columns[start : start + BLOCK].astype(np.float64)
        return found

    def sums(self, weights: Any) -> Floats:
        """float[B, C] of weights [B, U]."""
        found: Floats = (weights.astype(self.columns.dtype, copy=False) @ self.columns).astype(np.float64)
        return found

    def value(self, system: int, sums: Floats) -> Floats:
        """float[...] of a system from sums float[..., C]."""
        return self.values[system](sums[..., self.places[system]])

    def observed(self) -> Floats:
        """float[M]."""
        total = self.total
        return np.array([float(self.value(m, total)) for m in range(len(self.values))])

    def left_out(self) -> Floats:
        """float[M, U], each system's value without one unit of each row; it stands for `counts` of them."""
        total = self.total
        return np.stack([self.values[m](total[place] - self.columns[:, place]) for m, place in enumerate(self.places)])

    def trials(self, system: int) -> int:
        """Units that add anything to a system's sums."""
        return int(self.counts[self.columns[:, self.places[system]].any(axis=1)].sum())


def panel(systems: Iterable[Additive], clusters: np.ndarray) -> Panel:
    """Lay out systems whose rows are of the same n questions in the same order; clusters int[n].

    Systems are taken one at a time, so that a generator never holds all their rows. Equal columns are kept once. A unit that adds
    nothing to any system's sums is left out: it is no trial.
    """
    names, codes = np.unique(clusters, return_inverse=True)
    order = np.argsort(codes, kind="stable") if len(names) == len(codes) else None
    known: dict[bytes, int] = {}
    columns: list[Any] = []
    places, values = [], []
    for system in systems:
        place = np.empty(system.rows.shape[1], dtype=np.intp)
        for number, row in enumerate(system.rows.T):
            column = row[order] if order is not None else np.bincount(codes, row, len(names))
            whole = np.abs(column).sum() < EXACT_IN_FLOAT32 and bool((column == np.rint(column)).all())
            column = np.ascontiguousarray(column, dtype=np.float32 if whole else np.float64)
            # Each weight can be G at most, so that it is the greatest number of a column that bounds a sum.
            if whole and np.abs(column).max(initial=0) * len(names) >= EXACT_IN_FLOAT32:
                column = column.astype(np.float64)
            place[number] = known.setdefault(column.tobytes(), len(columns))
            if place[number] == len(columns):
                columns.append(column)
        places.append(place)
        values.append(system.value)
    matrix = np.empty((len(names), len(columns)), dtype=np.result_type(*columns))
    for number in range(len(columns)):
        matrix[:, number], columns[number] = columns[number], None
    counted = matrix.any(axis=1)
    if not counted.all():
        matrix = matrix[counted]
    rows, counts = _collapsed(matrix)
    return Panel(rows, counts, tuple(places), tuple(values))


def _collapsed(matrix: Any) -> tuple[Any, Codes]:
    """Distinct rows and their counts, in an order that the rows alone decide, where that is cheaper to resample."""
    # Rows of one random projection are equal, but for a chance of about 1e-10, which is looked for.
    key = np.zeros(len(matrix))
    for column, factor in zip(matrix.T, np.random.default_rng(0).random(matrix.shape[1]), strict=True):
        key += column * np.float64(factor)
    _, first, inverse, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    if len(first) * CHEAPER > len(matrix) or not (matrix[first][inverse] == matrix).all():
        return matrix, np.ones(len(matrix), dtype=np.intp)
    return matrix[first], counts.astype(np.intp)
