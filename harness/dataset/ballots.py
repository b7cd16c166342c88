"""The votes of a table's annotators, one by one, by the ids of its examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from harness.dataset.column import AbsentError, column, plain, text, walk
from harness.dataset.mapping import Votes
from harness.dataset.rows import rows
from harness.dataset.table import Table
from harness.errors import InputError

Ballot = tuple[tuple[str, str], ...]
"""Annotator and label of each vote."""


def ballots(table: Table, votes: Votes, labels: Mapping[str, str | None]) -> Callable[[Mapping[str, Any]], Ballot]:
    """From a row to its votes. A vote whose label the questions do not allow is left out; an unknown one raises InputError."""
    allowed = dict(labels)
    for said, meant in votes.labels.items():
        allowed[said] = None if meant is None else labels.get(meant, meant)

    def vote(row: Mapping[str, Any], where: str) -> tuple[str, str] | None:
        said = plain(get(row))
        if said and said not in allowed:
            raise InputError(
                f"{where} has a vote {said!r}; expected {', '.join(allowed)}, or a row for it in dataset.votes.labels"
            )
        label = allowed[said] if said else None
        return None if label is None else (who(row), label)

    get, who = column(votes.label), text(votes.annotator)
    if votes.path is None:
        down = walk(votes.each or "votes[]")

        def nested(row: Mapping[str, Any]) -> Ballot:
            return tuple(filter(None, (vote(inner, f"{row['_file']} row {row['_row'] + 1}") for inner in down(row))))

        return nested
    path, key, found = table.root / votes.path, text(votes.key or votes.by), defaultdict(list)
    for line, row in rows(path, table.dataset.map.format.model_copy(update={"header": None})):
        if isinstance(row, str):
            raise InputError(f"{path} line {line} {row}")
        try:
            made = vote(row, f"{path} line {line}")
            if made:
                found[key(row)].append(made)
        except AbsentError as error:
            raise InputError(f"{path} has no column {error.args[0]!r}; expected one of {', '.join(row)}") from error
    by = text(votes.by)
    return lambda row: tuple(found.get(by(row), ()))
