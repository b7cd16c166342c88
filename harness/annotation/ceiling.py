"""Each annotator against the others: how well a person or model of the same kind does, as the ceiling for systems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from harness.annotation.ballot import Triple, ballot
from harness.metric.accuracy import Accuracy
from harness.metric.macro_f1 import MacroF1
from harness.record import Record, number
from harness.schema import Vote


class Ceiling(Record):
    """One annotator's votes, scored as a system's answers against the majority of the other annotators' votes."""

    annotator: str
    """The annotator's pseudonym."""
    accuracy: float | None
    """Share of the votes that are the others' majority; `None` where none could be compared."""
    macro_f1: float | None
    """Mean F1 over all labels of the schema; a label that neither side gives counts 0."""
    n: int
    """Votes that were compared."""
    n_left_out: int
    """Votes without a counterpart: the others tie, or no one else voted on the item."""


def ceilings(votes: Iterable[Vote | Triple], labels: Sequence[str]) -> tuple[Ceiling, ...]:
    """Every annotator against the majority of the others, by name; `labels` in the schema's order.

    Raises InputError for no vote, votes on two tasks, or an unknown label.
    """
    table = ballot(votes, labels)
    who = np.array([annotator for _, annotator, _ in table.votes])
    all_counts, found = table.counts, []
    for name in sorted(set(who)):
        own = who == name
        others = (all_counts - table.count(own))[table.rows[own]]
        most = others.max(axis=1)
        decided = (most > 0) & (np.count_nonzero(others == most[:, None], axis=1) == 1)
        gold, given = others.argmax(axis=1)[decided], table.columns[own][decided]
        accuracy, macro_f1 = (
            float(metric.of(gold, given, len(labels)).score(np.ones((1, len(gold))))[0])
            for metric in (Accuracy(), MacroF1())
        )
        found.append(
            Ceiling(
                annotator=str(name),
                accuracy=number(accuracy),
                macro_f1=number(macro_f1),
                n=len(gold),
                n_left_out=int((~decided).sum()),
            )
        )
    return tuple(found)
