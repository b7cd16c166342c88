"""What the dataset is built from, read and validated: articles, hand-written claims and pairs, decisions, and votes.

seeds/<article>.txt + .json            the article verbatim, and its metadata
dataset/source/dataset.json            name, version, as-of date, text policy
dataset/source/claims.jsonl            claim texts, spans, edits (no label: labels are decisions)
dataset/source/pairs.jsonl             claim, passage, holder
dataset/source/adjudications.jsonl     the label of an item, its evidence, and one sentence why
dataset/source/annotators.jsonl        who voted: a model or a person
dataset/annotation/<round>-<annotator>-<task>.json    votes, as Label Studio exports them
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from harness.dataset.passages import segment
from harness.errors import InputError
from harness.label import AnnotatorKind, Choice, Content, Edit, Form, Origin, Task
from harness.record import Record, in_words
from harness.schema import Passage, Vote

R = TypeVar("R", bound=Record)


class Settings(Record):
    """`dataset.json`."""

    name: str
    """The dataset's name."""
    version: str
    """major.minor.patch: labels changed, rows added, words."""
    as_of: date
    """The day on which verdicts are to hold."""
    text_policy: Literal["none", "quotes", "full"]
    """Which passages carry their text: none, those that a claim, a pair or a decision of their own uses, or all."""
    missed: dict[str, str] = Field(default_factory=dict)
    """Checks that are known to be below their bar, by name, each with the reason why more work does not mend it."""
    examples: tuple[str, ...] = ()
    """Passages that the guidelines' worked examples are from: their clusters are the split `examples`, never scored."""


class Metadata(Record):
    """The sidecar of an article; `None` where the text does not say."""

    title: str | None = None
    outlet: str | None = None
    published_on: date | None = None
    as_of: date | None = None
    language: str | None = None
    url: str | None = None
    original_name: str | None = None
    sha256: str | None = None


class SourceSpan(Record):
    """Where a claim is stated, by words."""

    passage: str
    """The passage's id."""
    quote: Annotated[str, Field(min_length=1)]
    """An exact substring of the passage."""


class SourceClaim(Record):
    """A claim as it was written; see `harness.schema.Claim` for the fields."""

    id: str
    text: Annotated[str, Field(min_length=1)]
    origin: Origin
    edit: Edit | None
    parent: str | None
    form: Form
    content: Content
    spans: tuple[SourceSpan, ...]
    conflict_point: str | None
    """A point on which passages differ; claims that share one are not independent."""


class SourcePair(Record):
    """A pair as it was chosen, before anyone voted."""

    id: str
    claim: str
    passage: str
    holder: str
    chosen: Choice


class Adjudication(Record):
    """The decision on one item."""

    item: str
    """The id of a claim, a pair or a passage."""
    label: str
    """The label that holds."""
    evidence: tuple[str, ...] = ()
    """For a claim: the passages that settle it, or come nearest."""
    same_event: bool = False
    """For an unrelated pair: the same event with another proposition."""
    why: str
    """One sentence."""


class Annotator(Record):
    """Who voted, in which round."""

    annotator: str
    """A stable pseudonym."""
    kind: AnnotatorKind
    """A model or a person."""
    model: str | None
    """The model's name where it is known."""
    round: int
    """The annotation round, from 0 (pilot)."""


@dataclass(frozen=True)
class Source:
    """All inputs; every id is there once."""

    settings: Settings
    articles: dict[str, str]
    metadata: dict[str, Metadata]
    passages: dict[str, Passage]
    claims: dict[str, SourceClaim]
    pairs: dict[str, SourcePair]
    adjudications: dict[str, Adjudication]
    votes: tuple[Vote, ...]


def read(root: Path) -> Source:
    """Read the inputs of a checkout; raises InputError naming file, line and id."""
    source = root / "dataset" / "source"
    files = sorted((root / "seeds").glob("*.txt"))
    metadata = {file.stem: _metadata(file) for file in files}
    articles = {file.stem: _article(file, metadata[file.stem]) for file in files}
    if not articles:
        raise InputError(f"{root / 'seeds'} holds no article; expected at least one .txt file")
    annotators = _by(source / "annotators.jsonl", Annotator, "annotator")
    votes = [
        vote for path in sorted((root / "dataset" / "annotation").glob("*.json")) for vote in _votes(path, annotators)
    ]
    return Source(
        settings=_one(source / "dataset.json", Settings),
        articles=articles,
        metadata=metadata,
        passages={p.id: p for article, text in articles.items() for p in segment(article, text)},
        claims=_by(source / "claims.jsonl", SourceClaim, "id"),
        pairs=_by(source / "pairs.jsonl", SourcePair, "id"),
        adjudications=_by(source / "adjudications.jsonl", Adjudication, "item"),
        votes=tuple(votes),
    )


def _metadata(file: Path) -> Metadata:
    sidecar = file.with_suffix(".json")
    return _one(sidecar, Metadata) if sidecar.is_file() else Metadata()


def _article(path: Path, about: Metadata) -> str:
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if about.sha256 not in {None, found}:
        raise InputError(
            f"{path} has sha256 {found[:12]} and {path.stem}.json says {str(about.sha256)[:12]}; expected the article verbatim"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; expected a text file in UTF-8") from error


def _one(path: Path, record: type[R]) -> R:
    try:
        return record.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"{path} is missing; expected it beside the other inputs of the build") from None
    except ValidationError as error:
        raise InputError(f"{path} {in_words(error)}") from error


def _lines(path: Path, record: type[R]) -> Iterator[R]:
    if not path.is_file():
        raise InputError(f"{path} is missing; expected it beside the other inputs of the build")
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            yield record.model_validate_json(line)
        except ValidationError as error:
            raise InputError(f"{path} line {number}: {_id(line)} {in_words(error)}") from error


def _id(line: bytes) -> str:
    try:
        row = json.loads(line)
    except ValueError:
        return "the row"
    return f'"{row.get("id", row.get("item", "?"))}"' if isinstance(row, dict) else "the row"


def _by(path: Path, record: type[R], key: str) -> dict[str, R]:
    rows: dict[str, R] = {}
    for number, row in enumerate(_lines(path, record), start=1):
        id_ = getattr(row, key)
        if id_ in rows:
            raise InputError(f'{path} line {number}: "{id_}" is there twice; expected every id once')
        rows[id_] = row
    return rows


def _votes(path: Path, annotators: dict[str, Annotator]) -> Iterator[Vote]:
    """Votes of one Label Studio export: one file an annotator, round and task."""
    try:
        tasks: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
        round_, name, field = path.stem.split("-")
        who, task = annotators[name], Task(field)
        if round_ != f"r{who.round}":
            raise ValueError(f"{name} is of round r{who.round}")
        for entry in tasks:
            for annotation in entry["annotations"]:
                given = {part["from_name"]: part["value"] for part in annotation["result"]}
                yield Vote(
                    item=entry["data"]["item"],
                    task=task,
                    label=given[field]["choices"][0],
                    annotator=name,
                    kind=who.kind,
                    model=who.model,
                    round=who.round,
                    evidence=tuple(given.get("evidence", {}).get("choices", ())),
                    comment=" ".join(given.get("comment", {}).get("text", ())),
                )
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} is no export of votes that can be read ({type(error).__name__}: {error}); expected Label Studio's JSON, "
            "named <round>-<annotator>-<task>.json with an annotator of annotators.jsonl"
        ) from error
