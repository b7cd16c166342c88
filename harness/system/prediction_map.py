"""Answers of another tool in its own format, by a map into rows of id and label: no converter has to be written.

PredictionMap(id=["_split", "Body ID", "Headline"], label="Stance", fields={"_split": "test"})
PredictionMap(id="key", score="value", threshold=0.5, above="supported", below="not_enough_evidence", format={"rows": "*"})
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.dataset.column import AbsentError, column, key, plain
from harness.dataset.rows import Format, rows
from harness.errors import ConfigError, InputError
from harness.record import in_words


@dataclass(frozen=True)
class PredictionMap:
    """Which column holds the id and which the label."""

    id: str | Sequence[str]
    """Of the question, made as the dataset makes it: a column, or several that are hashed; what is there again gets a number."""
    label: str | None = None
    """The column of the label; `None` where a score decides."""
    prefix: str = ""
    """Put before the id: `dev-` where the file numbers the rows of that part."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Columns that every row has beside its own."""
    labels: Mapping[Any, str | None] = field(default_factory=dict)
    """The file's labels and the dataset's for them; what is not in the table stays as it is, `None` is an abstention."""
    score: str | None = None
    """The column of a number that decides between two labels."""
    threshold: float = 0.5
    above: str | None = None
    """The label of a score above the threshold."""
    below: str | None = None
    """The label of a score of at most the threshold."""
    rationale: str | None = None
    """The column of the reason."""
    format: Mapping[str, Any] = field(default_factory=dict)
    """How the file is written: `harness.dataset.rows.Format`."""

    def __post_init__(self) -> None:
        if (self.label is None) == (self.score is None):
            raise ConfigError("system.map has both or neither of label and score; expected one of them")
        if self.score is not None and not (self.above and self.below):
            raise ConfigError("system.map.score needs the labels system.map.above and system.map.below")
        try:
            Format.model_validate(self.format)
        except ValidationError as error:
            raise ConfigError(f"system.map.format {in_words(error)}") from error

    def rows(self, path: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Line, and fields of an answer; raises InputError naming file and line."""
        name = key(self.id if isinstance(self.id, str) else tuple(self.id))
        decide, seen = self._decide(), Counter[str]()
        for line, row in rows(Path(path), Format.model_validate(self.format)):
            if isinstance(row, str):
                raise InputError(f"{path} line {line} {row}")
            row |= self.fields
            try:
                id_, label = name(row), decide(row)
                reason = None if self.rationale is None else plain(column(self.rationale)(row))
            except AbsentError as error:
                known = ", ".join(row)
                raise InputError(
                    f"{path} line {line} has no column {error.args[0]!r}; expected one of {known}"
                ) from error
            except (TypeError, ValueError) as error:
                raise InputError(f"{path} line {line} has {self.score} that is no number: {error}") from error
            if not isinstance(self.id, str):
                seen[id_] += 1
                id_ = id_ if seen[id_] == 1 else f"{id_}-{seen[id_]}"
            answer = {"label": label} if label else {"outcome": "abstained"}
            yield line, {"id": f"{self.prefix}{id_}", **answer} | ({"rationale": reason} if reason else {})

    def _decide(self) -> Callable[[Mapping[str, Any]], str | None]:
        if self.score is not None:
            number = column(self.score)
            return lambda row: self.above if float(number(row)) > self.threshold else self.below
        get, table = column(str(self.label)), {plain(said): meant for said, meant in self.labels.items()}

        def decide(row: Mapping[str, Any]) -> str | None:
            said = plain(get(row))
            return table.get(said, said)

        return decide
