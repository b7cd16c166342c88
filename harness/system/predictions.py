"""Answers that some other tool gave, read from a file and joined by id: any system is comparable that can write JSONL or CSV.

    {"id": "k3f9", "label": "refuted", "probabilities": {"refuted": 0.9, ...}, "rationale": "...", "evidence": ["a1.s07"]}

In CSV the columns are id, label, rationale, evidence (ids with a space between) and `probability_<label>`. Only id and label are
needed. `outcome` says that there is no label: abstained, unparsable, refused or failed.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from harness.errors import ConfigError, InputError
from harness.label import Outcome
from harness.schema import Prediction, Question
from harness.system.prediction_map import PredictionMap

NAMED = 5  # ids that an error names; a count stands for the rest
FIELDS = {"id", "label", "outcome", "probabilities", "rationale", "evidence", "error"}
PROBABILITY = "probability_"


@dataclass(frozen=True)
class SavedPredictions:
    """Answers of another tool, read from a file and joined by id."""

    path: str | Sequence[str]
    """A `.jsonl` or `.csv` file, or several."""
    missing: Literal["refuse", "fail", "leave_out"] = "refuse"
    """What a question without a row is: a reason to stop, an answer that failed and counts against coverage, or none that is declared."""
    map: PredictionMap | None = None
    """For a file in its tool's own format."""

    def __post_init__(self) -> None:
        if self.missing not in {"refuse", "fail", "leave_out"}:
            raise ConfigError(f"system.missing is {self.missing!r}; expected refuse, fail or leave_out")

    @classmethod
    def content_hash(cls, path: str | Sequence[str]) -> str:
        """The sha256 of the file: another content is another run, the same content under another name is not."""
        return hashlib.sha256(b"".join(_read(one) for one in _paths(path))).hexdigest()

    @property
    def about(self) -> str:
        """What it is, for a reader of the report."""
        return f"Answers of another tool, read from {self._named}."

    @cached_property
    def rows(self) -> Mapping[str, tuple[int, dict[str, Any]]]:
        """Line number and fields by id; raises InputError for a row that cannot be read and for ids that are there twice."""
        found: dict[str, tuple[int, dict[str, Any]]] = {}
        twice: list[str] = []
        for path, line, row in self._lines():
            id_ = row.get("id")
            if not isinstance(id_, str) or not id_:
                raise InputError(f"{path} line {line} has id {id_!r}; expected the id of a question, as a string")
            if id_ in found:
                twice.append(f'"{id_}" (lines {found[id_][0]} and {line})')
            found[id_] = (line, row)
        if twice:
            raise InputError(f"{self._named} answers {_named(twice)} twice; expected one row for each id")
        return found

    @property
    def _named(self) -> str:
        return " and ".join(Path(one).name for one in _paths(self.path))

    def _lines(self) -> Iterator[tuple[str, int, dict[str, Any]]]:
        for path in _paths(self.path):
            for line, row in _rows(path) if self.map is None else self.map.rows(path):
                yield path, line, row

    def join(self, known: Collection[str], asked: Sequence[str]) -> tuple[str, ...]:
        """The ids to ask. Raises InputError for ids that are no questions of the task, and for asked questions that have no row."""
        if unknown := sorted(self.rows.keys() - set(known)):
            raise InputError(
                f"{self._named} answers {_named(_quoted(unknown))}, which {'is no question' if len(unknown) == 1 else 'are no questions'} "
                "of this task; expected the ids of its dataset"
            )
        absent = sorted(set(asked) - self.rows.keys())
        if absent and self.missing == "refuse":
            raise InputError(
                f"{self._named} has no row for {_named(_quoted(absent))} of {len(asked)} questions; "
                "expected one for each, or system.missing=fail to count them as failed, or leave_out"
            )
        return tuple(id_ for id_ in asked if self.missing != "leave_out" or id_ in self.rows)

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give the file's answer to each question; raises InputError for a row that does not fit it."""
        for question in questions:
            if question.id in self.rows:
                yield self._prediction(question, *self.rows[question.id])
            elif self.missing == "fail":
                yield Prediction(id=question.id, outcome=Outcome.FAILED, error=f"no row in {self._named}")
            else:
                raise InputError(f'{self._named} has no row for "{question.id}"; expected one, or system.missing=fail')

    def _prediction(self, question: Question, line: int, row: Mapping[str, Any]) -> Prediction:
        return prediction(question, row, f'{self._named} line {line}: the answer to "{question.id}"')


def prediction(question: Question, row: Mapping[str, Any], where: str) -> Prediction:
    """A prediction from the fields of a row, checked against the question; raises InputError that begins with `where`."""
    if unknown := sorted(row.keys() - FIELDS):
        raise InputError(f"{where} has the unknown field {unknown[0]}; expected {', '.join(sorted(FIELDS))}")
    label, outcome = row.get("label"), row.get("outcome") or ("answered" if row.get("label") else None)
    if outcome not in list(Outcome) or (outcome == Outcome.ANSWERED) != (label is not None):
        raise InputError(
            f"{where} has outcome {row.get('outcome')!r} and label {label!r}; expected a label, or an outcome of "
            "abstained, unparsable, refused or failed without one"
        )
    if label is not None and label not in question.labels:
        raise InputError(f"{where} has label {label!r}; expected {', '.join(question.labels)}")
    evidence = row.get("evidence") or ()
    if not isinstance(evidence, list | tuple) or not all(isinstance(id_, str) for id_ in evidence):
        raise InputError(f"{where} has evidence {evidence!r}; expected a list of passage ids")
    return Prediction(
        id=question.id,
        outcome=Outcome(outcome),
        label=label,
        probabilities=_probabilities(question, row.get("probabilities"), where),
        evidence=tuple(evidence),
        rationale=None if row.get("rationale") is None else str(row["rationale"]),
        error=str(row.get("error") or "no cause given") if outcome in {"failed", "unparsable"} else None,
    )


def _probabilities(question: Question, found: Any, where: str) -> dict[str, float] | None:
    """Of the allowed labels in their order, brought to a sum of 1 where they are off by rounding."""
    if not found:
        return None
    if not isinstance(found, Mapping) or set(found) != set(question.labels):
        said = ", ".join(map(str, found)) if isinstance(found, Mapping | list) else str(found)
        raise InputError(f"{where} has probabilities of {said}; expected one for each of {', '.join(question.labels)}")
    values = list(found.values())
    numeric = all(isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v <= 1 for v in values)
    if not numeric or abs(sum(values) - 1) > 0.01:
        raise InputError(f"{where} has probabilities {values}; expected numbers of 0 to 1 that sum to 1")
    return {label: found[label] / sum(values) for label in question.labels}


def _rows(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    kind = Path(path).suffix.lower()
    try:
        text = _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 ({error}); expected a text file in UTF-8") from error
    if kind == ".jsonl":
        for line, words in enumerate(text.split("\n"), start=1):
            if words.strip():
                yield line, _object(words, f"{path} line {line}")
    elif kind == ".csv":
        reader = csv.DictReader(StringIO(text, newline=""), strict=True)
        if "id" not in (reader.fieldnames or ()):
            raise InputError(
                f"{path} has the columns {', '.join(reader.fieldnames or ['none'])}; expected id and label"
            )
        try:
            for row in reader:
                yield reader.line_num, _fields(row, f"{path} line {reader.line_num}")
        except csv.Error as error:
            raise InputError(f"{path} line {reader.line_num} is no CSV: {error}") from error
    else:
        raise InputError(f"{path} ends in {kind or 'nothing'}; expected a .jsonl or a .csv file")


def _paths(path: str | Sequence[str]) -> list[str]:
    return [path] if isinstance(path, str) else list(path)


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"system.path is {path}, which cannot be read: {error.strerror}") from error


def _object(words: str, where: str) -> dict[str, Any]:
    try:
        made = json.loads(words)
    except ValueError as error:
        raise InputError(f"{where} is no JSON: {error}") from error
    if not isinstance(made, dict):
        raise InputError(f"{where} is {type(made).__name__}; expected an object with id and label")
    return made


def _fields(row: Mapping[str | None, Any], where: str) -> dict[str, Any]:
    """A CSV row in the form of a JSON one; an empty cell is nothing."""
    if None in row or None in row.values():
        raise InputError(f"{where} has not as many cells as the header; expected one a column")
    made: dict[str, Any] = {name: value for name, value in row.items() if value != "" and name is not None}
    try:
        shares = {n.removeprefix(PROBABILITY): float(made.pop(n)) for n in list(made) if n.startswith(PROBABILITY)}
    except ValueError as error:
        raise InputError(f"{where} has a probability that is no number: {error}") from error
    if "evidence" in made:
        made["evidence"] = made["evidence"].split()
    return made | ({"probabilities": shares} if shares else {})


def _quoted(ids: Iterable[str]) -> list[str]:
    return [f'"{id_}"' for id_ in ids]


def _named(ids: list[str]) -> str:
    rest = len(ids) - NAMED
    return ", ".join(ids[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
