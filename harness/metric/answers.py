"""Gold and answers of some questions as arrays: what every metric is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from harness.metric import Codes, Floats

Sets = tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Answers:
    """Gold and answers of n questions, in the order of the ids; what a system did not give is nan, -1 or empty."""

    ids: tuple[str, ...]
    gold: Codes
    predicted: Codes
    clusters: np.ndarray
    """int[n], codes of the clusters."""
    labels: tuple[str, ...]
    probabilities: Floats | None = None
    """float[n, K], rows of nan where none were given; `None` where no answer has any."""
    votes: Floats | None = None
    """float[n, K], how often annotators gave each label; `None` where the dataset has no votes."""
    families: Codes | None = None
    """int[n], the claim and its contrast edits share one; `None` where the task has no families."""
    parents: Codes | None = None
    """int[n], the row of the claim that was edited; -1 where it is none, or is not among the questions."""
    passages: Codes | None = None
    """int[n], the passage that a pair asks about; `None` where questions share none."""
    evidence: tuple[Sets, ...] | None = None
    """Sets of passage ids, each of which alone settles the question; `None` where the task has none."""
    retrieved: tuple[tuple[str, ...], ...] | None = None
    """Passage ids that the system named, best first."""
    texts: Mapping[str, str] | None = None
    """The words of passages by id, where they are known."""
    tokens: Floats | None = None
    """float[n], read and written."""
    cost: Floats | None = None
    """float[n], US dollars."""
    seconds: Floats | None = None
    """float[n]."""
    stances_right: Floats | None = None
    """float[n], 1 where the same system also got every stance toward the claim right, else 0; nan where it was not asked."""

    def only(self, mask: np.ndarray) -> Answers:
        """Those that a boolean mask keeps; a parent that is left out becomes -1."""
        places = np.cumsum(mask) - 1
        kept = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in {"labels", "texts"} or value is None:
                kept[field.name] = value
            elif isinstance(value, tuple):
                kept[field.name] = tuple(v for v, keep in zip(value, mask, strict=True) if keep)
            else:
                kept[field.name] = value[mask]
        if self.parents is not None:
            old = self.parents[mask]
            kept["parents"] = np.where((old >= 0) & mask[old], places[old], -1)
        return Answers(**kept)

    def answered(self) -> Answers:
        """Those with a label."""
        return self.only(self.predicted >= 0)
