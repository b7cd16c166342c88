"""Evidence settings: which passages a system may read. A recorded factor of every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Setting(Protocol):
    """Chooses what a question carries."""

    def choose(self, gold: tuple[str, ...]) -> tuple[str, ...]:
        """Passage ids to show, given the ids of the gold passages."""
        ...


@dataclass(frozen=True)
class Gold:
    """The gold passages: how well a system reads, retrieval taken out."""

    def choose(self, gold: tuple[str, ...]) -> tuple[str, ...]:
        """All of them."""
        return gold


@dataclass(frozen=True)
class ClosedBook:
    """Nothing: what a system knows or guesses from the claim alone."""

    def choose(self, gold: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002 - the seam's own signature
        """None of them."""
        return ()
