"""What a run holds so far, as its session needs it: which questions are missing, what was spent, why some have no answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.engine.budget import Spent
from harness.errors import InputError
from harness.label import Outcome
from harness.run import read_rows
from harness.schema import Prediction

UNKNOWN = (None, None, None, None)


class Rows(Mapping[str, Prediction]):
    """The latest row of each question without what was sent and said: of a hundred thousand questions a few MB."""

    def __init__(self, declared: Sequence[str]) -> None:
        # The declared ids are the keys, so that no second text is kept for each.
        self._rows: dict[str, tuple[Any, ...] | None] = dict.fromkeys(declared)
        self._shared: dict[tuple[Outcome, str | None], tuple[Any, ...]] = {}

    def put(self, row: Prediction) -> None:
        """Keep what scores are made of."""
        kind = (row.outcome, row.label)
        used = (row.n_tokens_in, row.n_tokens_out, row.cost, row.seconds)
        if row.probabilities is None and not row.evidence and row.error is None and used == UNKNOWN:
            self._rows[row.id] = self._shared.setdefault(kind, (*kind, None, (), None, UNKNOWN))
        else:
            self._rows[row.id] = (*kind, row.probabilities, row.evidence, row.error, used)

    def outcome(self, id_: str) -> Outcome | None:
        """How a question ended; `None` if it has not."""
        row = self._rows.get(id_)
        return None if row is None else row[0]

    def __getitem__(self, id_: str) -> Prediction:
        row = self._rows[id_]
        if row is None:
            raise KeyError(id_)
        outcome, label, probabilities, evidence, error, (n_in, n_out, cost, seconds) = row
        return Prediction(
            id=id_,
            outcome=outcome,
            label=label,
            probabilities=probabilities,
            evidence=evidence,
            error=error,
            n_tokens_in=n_in,
            n_tokens_out=n_out,
            cost=cost,
            seconds=seconds,
        )

    def __contains__(self, id_: object) -> bool:
        return self._rows.get(id_) is not None  # type: ignore[call-overload]

    def __iter__(self) -> Iterator[str]:
        return (id_ for id_, row in self._rows.items() if row is not None)

    def __len__(self) -> int:
        return sum(row is not None for row in self._rows.values())


class Kept:
    """The rows of a run, and what its earlier sessions spent."""

    def __init__(self, folder: Path, declared: Sequence[str]) -> None:
        self.declared = declared
        self.spent = Spent()
        self.rows = Rows(declared)
        for row in read_rows(folder, set(declared)):
            self.spent.add(row)
            self.rows.put(row)

    def missing(self, again: Any) -> list[str]:
        """Declared questions to ask: those without an answer, and those that ended as `again` says."""
        try:
            wanted = {Outcome(name) for name in again}
        except (ValueError, TypeError):
            wanted = set(Outcome)
        if wanted - {Outcome.FAILED, Outcome.UNPARSABLE}:
            raise InputError(f"again is {again!r}; expected [failed] or [failed,unparsable]: all else is an answer")
        return [id_ for id_ in self.declared if (ended := self.rows.outcome(id_)) is None or ended in wanted]

    def causes(self, stopped: str | None) -> tuple[str, ...]:
        """Why questions have no answer, the commonest first."""
        failed = (self.rows[id_].error for id_ in self.rows if self.rows.outcome(id_) is Outcome.FAILED)
        faults = Counter(error or "no cause given" for error in failed)
        return (*([stopped] if stopped else []), *(cause for cause, _ in faults.most_common()))
