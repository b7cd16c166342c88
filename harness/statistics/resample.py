"""Weights of resampled units: with replacement for intervals, and signs for swapping two systems.

Every chunk has a random stream of its own, made of seed and chunk number: neither threads nor the size of the data of another
chunk change it. Letters: U rows, G units, B replicates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.metric import Codes, Floats
from harness.statistics.panel import CHEAPER, Panel

# 10,000 replicates: a 95 % bound has a Monte Carlo error of 0.03 standard errors, a p near .05 of 0.002.
N_REPLICATES = 10_000
# Numbers that a chunk of weights may hold: 32 MB in float32.
CHUNK = 8_000_000


def resampled(panel: Panel, seed: Any, n_replicates: int = N_REPLICATES) -> Floats:
    """float[B, C]: sums of as many units as there are, drawn with replacement."""
    return _sums(panel, seed, n_replicates, _drawn)


def swapped(panel: Panel, seed: Any, n_replicates: int = N_REPLICATES) -> Floats:
    """float[B, C]: sums of the units, each times a sign of its own that is + or - with equal chance."""
    return _sums(panel, seed, n_replicates, _signs)


def _sums(panel: Panel, seed: Any, n_replicates: int, draw: Any) -> Floats:
    found = [panel.sums(draw(panel.counts, size, rng)) for size, rng in _chunks(panel, seed, n_replicates)]
    return np.concatenate(found)


def _chunks(panel: Panel, seed: Any, n_replicates: int) -> Iterator[tuple[int, np.random.Generator]]:
    size = max(1, min(n_replicates, CHUNK // len(panel.counts)))
    for number, start in enumerate(range(0, n_replicates, size)):
        yield min(size, n_replicates - start), np.random.default_rng([*np.atleast_1d(seed), number])


def _drawn(counts: Codes, size: int, rng: np.random.Generator) -> Any:
    n = int(counts.sum())
    if len(counts) * CHEAPER <= n or n < 64:
        return rng.multinomial(n, counts / n, size=size)
    weights = np.empty((size, len(counts)), dtype=np.float32)
    owner = None if len(counts) == n else np.repeat(np.arange(len(counts)), counts)
    for row in weights:
        units = rng.integers(0, n, n, dtype=np.uint32)
        row[:] = np.bincount(units if owner is None else owner[units], minlength=len(counts))
    return weights


def _signs(counts: Codes, size: int, rng: np.random.Generator) -> Any:
    if (counts > 1).any():
        return 2.0 * rng.binomial(counts, 0.5, size=(size, len(counts))) - counts
    bits = np.frombuffer(rng.bytes(size * -(-len(counts) // 8)), dtype=np.uint8).reshape(size, -1)
    return np.unpackbits(bits, axis=1, count=len(counts)).astype(np.float32) * 2 - 1
