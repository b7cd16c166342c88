"""Several retrievers as one, by reciprocal rank fusion: Cormack, Clarke and Buettcher (2009), score = sum of 1 / (c + rank)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import ConfigError
from harness.evidence.retriever import Found, Retriever, best


@dataclass(frozen=True)
class Hybrid:
    """Adds up the reciprocal ranks that its retrievers give; their scores, on other scales, are not compared."""

    retrievers: Sequence[Retriever]
    c: int = 60
    """How little the first ranks stand out; 60 is the authors' own choice."""

    def __post_init__(self) -> None:
        if len(self.retrievers) < 2 or self.c < 1:
            raise ConfigError(
                f"the hybrid has {len(self.retrievers)} retrievers and c {self.c}; expected at least two, and c of 1 or more"
            )

    @property
    def about(self) -> str:
        """In words."""
        return f"reciprocal rank fusion (c {self.c}) of {' and '.join(r.about for r in self.retrievers)}"

    def rank(self, passages: Sequence[str], queries: Sequence[str], depth: int) -> list[Found]:
        """The passages of all rankings, each of which is read to its end."""
        rankings = [retriever.rank(passages, queries, len(passages)) for retriever in self.retrievers]
        made = []
        for of_query in zip(*rankings, strict=True):
            scores = np.zeros(len(passages))
            for found in of_query:
                for rank, (position, _) in enumerate(found, start=1):
                    scores[position] += 1 / (self.c + rank)
            made.append(best(scores, depth, above=0.0))
        return made
