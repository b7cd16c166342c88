"""What a run holds so far, as its session needs it: which questions are missing, what was spent, why some have no answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.engine.budget import Spent
from harness.errors import InputError
from harness.label import Outcome
from harness.run import read_predictions
from harness.schema import Prediction


class Kept:
    """What a run holds so far, without the words: they are on the disk."""

    def __init__(self, folder: Path, declared: Sequence[str]) -> None:
        self.declared = declared
        self.spent = Spent()
        self.rows = read_predictions(folder, set(declared), self._seen)

    def _seen(self, row: Prediction) -> Prediction:
        self.spent.add(row)
        return self.slim(row)

    @staticmethod
    def slim(row: Prediction) -> Prediction:
        """The row without what was sent and said."""
        if not row.messages and row.raw is None:
            return row
        return row.model_copy(update={"messages": (), "raw": None, "rationale": None})

    def missing(self, again: Any) -> list[str]:
        """Declared questions to ask: those without an answer, and those that ended as `again` says."""
        try:
            wanted = {Outcome(name) for name in again}
        except (ValueError, TypeError):
            raise InputError(
                f"again is {again!r}; expected a list of outcomes, such as [failed] or [failed,unparsable]"
            ) from None
        if wanted - {Outcome.FAILED, Outcome.UNPARSABLE}:
            raise InputError(f"again is {again!r}; expected failed or unparsable: every other outcome is an answer")
        return [id_ for id_ in self.declared if id_ not in self.rows or self.rows[id_].outcome in wanted]

    def outcomes(self) -> dict[str, Outcome]:
        """How each question ended."""
        return {id_: row.outcome for id_, row in self.rows.items()}

    def causes(self, stopped: str | None) -> tuple[str, ...]:
        """Why questions have no answer, the commonest first."""
        faults = Counter(row.error or "no cause given" for row in self.rows.values() if row.outcome is Outcome.FAILED)
        return (*([stopped] if stopped else []), *(cause for cause, _ in faults.most_common()))
