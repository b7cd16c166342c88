"""Votes as a table: how often each item got each label.

Letters: n items, K labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.metric import Codes, Floats
from harness.schema import Vote

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Ballot:
    """The votes on some items, sorted, so that nothing depends on the order in which they came."""

    votes: tuple[Triple, ...]
    """Item, annotator, label."""
    items: tuple[str, ...]
    labels: tuple[str, ...]
    """In the schema's order where one was given, else sorted."""
    rows: Codes
    """int[votes], each vote's item."""
    columns: Codes
    """int[votes], each vote's label."""

    @property
    def counts(self) -> Floats:
        """float[n, K]: votes of each item for each label."""
        return self.count(np.ones(len(self.votes), dtype=bool))

    def count(self, mask: np.ndarray) -> Floats:
        """float[n, K] over the votes that a boolean mask keeps."""
        counts: Floats = np.zeros((len(self.items), len(self.labels)))
        np.add.at(counts, (self.rows[mask], self.columns[mask]), 1)
        return counts


def ballot(votes: Iterable[Vote | Triple], labels: Sequence[str] | None = None) -> Ballot:
    """Make the table; raises InputError for no vote, votes on two tasks, or a label outside `labels`."""
    given = list(votes)
    tasks = sorted({vote.task.value for vote in given if isinstance(vote, Vote)})
    if not given or len(tasks) > 1:
        raise InputError(f"there are votes on {' and '.join(tasks) or 'nothing'}; expected votes on one task")
    triples = sorted((v.item, v.annotator, v.label) if isinstance(v, Vote) else v for v in given)
    items = sorted({item for item, _, _ in triples})
    names = list(labels) if labels is not None else sorted({label for _, _, label in triples})
    row, column = ({name: number for number, name in enumerate(known)} for known in (items, names))
    for item, annotator, label in triples:
        if label not in column:
            raise InputError(
                f'a vote of {annotator} on "{item}" has label {label!r}; expected one of {", ".join(names)}'
            )
    return Ballot(
        votes=tuple(triples),
        items=tuple(items),
        labels=tuple(names),
        rows=np.array([row[item] for item, _, _ in triples], dtype=np.intp),
        columns=np.array([column[label] for _, _, label in triples], dtype=np.intp),
    )
