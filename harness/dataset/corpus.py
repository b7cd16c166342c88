"""A dataset in memory: passages, claims and pairs by id, with the name, version and hash that every score is quoted with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from harness.errors import InputError
from harness.schema import Claim, Pair, Passage


@dataclass(frozen=True)
class Corpus:
    """Rows by id; every reference between them holds."""

    name: str
    """The dataset's name."""
    version: str
    """Its version."""
    sha256: str
    """Of the names and bytes of its data files and the as-of date."""
    as_of: date
    """The day on which verdicts are to hold."""
    path: Path
    """Where it was read."""
    passages: Mapping[str, Passage]
    """Passages by id."""
    claims: Mapping[str, Claim]
    """Claims by id."""
    pairs: Mapping[str, Pair]
    """Pairs by id."""

    def __post_init__(self) -> None:
        for passage in self.passages.values():
            if passage.text is not None and hashlib.sha256(passage.text.encode()).hexdigest() != passage.sha256:
                raise InputError(
                    f'{self.path}: passage "{passage.id}" has a text that its sha256 {passage.sha256[:8]} does not fit; '
                    "expected the article's own words: build the dataset again, or take it anew"
                )
        for claim in self.claims.values():
            parents = (claim.family,) if claim.parent is None else (claim.family, claim.parent)
            self._known("claim", claim.id, "claim", parents, self.claims)
            self._known(
                "claim", claim.id, "passage", (*claim.evidence, *(span.passage for span in claim.spans)), self.passages
            )
        for pair in self.pairs.values():
            self._known("pair", pair.id, "claim", (pair.claim,), self.claims)
            self._known("pair", pair.id, "passage", (pair.passage,), self.passages)

    def _known(self, kind: str, row: str, what: str, ids: tuple[str, ...], known: Mapping[str, object]) -> None:
        for id_ in ids:
            if id_ not in known:
                raise InputError(
                    f'{self.path}: {kind} "{row}" names {what} "{id_}", which is not in the dataset; expected an id of it'
                )
