"""Dense retrieval: cosine of sentence embeddings by a packaged model; finds a passage that shares no word with the claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.evidence.retriever import Found, best
from harness.system.embedding import Encoder


@dataclass(frozen=True)
class Dense:
    """Nearest passages by the cosine of their embeddings to the query's."""

    encoder: Encoder
    """Gives vectors of length 1, so that the dot product is the cosine."""

    @property
    def about(self) -> str:
        """In words."""
        return f"dense ({self.encoder.model.package})"

    def rank(self, passages: Sequence[str], queries: Sequence[str], depth: int) -> list[Found]:
        """The nearest `depth` passages; every passage has some score."""
        matrix = np.array([self.encoder(text) for text in passages], dtype=np.float64)
        return [best(matrix @ self.encoder(query).astype(np.float64), depth) for query in queries]
