"""What a retriever is: it ranks passages for queries, and learns nothing from either."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Found = list[tuple[int, float]]
"""Positions of passages with their scores, best first."""


class Retriever(Protocol):
    """Ranks passages."""

    @property
    def about(self) -> str:
        """The method and its settings, for a reader."""
        ...

    def rank(self, passages: Sequence[str], queries: Sequence[str], depth: int) -> list[Found]:
        """One ranking a query, of at most `depth` passages."""
        ...


def best(scores: npt.NDArray[np.float64], depth: int, above: float = -np.inf) -> Found:
    """The positions of the highest scores of float[n], best first; a tie goes to the first position."""
    order = np.argsort(-scores, kind="stable")[:depth]
    return [(int(i), float(scores[i])) for i in order if scores[i] > above]
