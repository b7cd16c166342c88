"""A retrieval as a record: for every question the passages found, best first, with the texts, so that it can be replayed word for word.

    Retrieval.read(Path("runs/veracity/tfidf-1a2b3c4d/retrieval.jsonl"))

On disk it is JSON lines: a head, a line a passage, a line a question.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field, FiniteFloat, ValidationError

from harness.errors import InputError
from harness.record import Record, in_words
from harness.schema import Evidence


class Hit(NamedTuple):
    """A passage that was found; on disk a list of two, since there are many."""

    passage: str
    """Its id."""
    score: FiniteFloat
    """The retriever's own score, to six places: comparable within one ranking alone."""


class Ranking(Record):
    """What was found for one question."""

    id: str
    """The question's id."""
    query_sha256: str
    """Of the query in UTF-8: a ranking belongs to the words that it was made for."""
    hits: tuple[Hit, ...]
    """Best first; a tie goes to the passage that stands first in the collection."""


class Head(Record):
    """What a retrieval was made by, and from what."""

    method: str
    """The retriever and its settings, in words."""
    k: Annotated[int, Field(ge=1)]
    """How many of the best passages a question shows."""
    n_passages: Annotated[int, Field(ge=1)]
    """Passages that could be found."""
    n_withheld: Annotated[int, Field(ge=0)]
    """Passages that could not, since the dataset withholds their text."""
    collection: str
    """Where the passages are from."""
    collection_sha256: str
    """Of their ids and texts."""


class Retrieval(Record):
    """The rankings of all questions."""

    head: Head
    """What made them."""
    passages: tuple[Evidence, ...]
    """Every passage that was found for any question, by id."""
    rankings: tuple[Ranking, ...]
    """By question id."""

    def lines(self) -> Iterator[str]:
        """The file's lines; the same retrieval gives the same bytes."""
        for record in (self.head, *self.passages, *self.rankings):
            yield (
                json.dumps(record.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
                + "\n"
            )

    @classmethod
    def read(cls, path: Path) -> Retrieval:
        """Read and check a file; raises InputError with file and line."""
        try:
            rows = path.read_bytes().splitlines()
        except OSError as error:
            raise InputError(
                f"{path} cannot be read ({error}); expected a retrieval.jsonl of a run: set evidence.path to it"
            ) from error
        head: Head | None = None
        passages: dict[str, Evidence] = {}
        rankings: dict[str, Ranking] = {}
        for number, row in enumerate(rows, start=1):
            try:
                if head is None:
                    head = Head.model_validate_json(row)
                elif not rankings and b'"hits"' not in row:
                    passage = Evidence.model_validate_json(row)
                    _once(passages, passage.id, f"{path} line {number}")
                    passages[passage.id] = passage
                else:
                    ranking = Ranking.model_validate_json(row)
                    _once(rankings, ranking.id, f"{path} line {number}")
                    rankings[ranking.id] = ranking
                    _known(ranking, passages, f"{path} line {number}")
            except ValidationError as error:
                raise InputError(
                    f"{path} line {number} {in_words(error)}; expected a retrieval.jsonl as a run saves it"
                ) from error
        if head is None or not rankings:
            raise InputError(f"{path} holds no ranking; expected a retrieval.jsonl as a run saves it")
        return cls(head=head, passages=tuple(passages.values()), rankings=tuple(rankings.values()))


def digest(text: str) -> str:
    """The sha256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _once(known: dict[str, Evidence] | dict[str, Ranking], id_: str, where: str) -> None:
    if id_ in known:
        raise InputError(f'{where}: "{id_}" is there twice; expected every id once')


def _known(ranking: Ranking, passages: dict[str, Evidence], where: str) -> None:
    for hit in ranking.hits:
        if hit.passage not in passages:
            raise InputError(
                f'{where}: passage "{hit.passage}" has no line of its own; expected one before the rankings'
            )
