"""Retrieved evidence: what a fact-checker finds by itself, and a saved retrieval that is replayed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.dataset.corpus import Corpus
from harness.errors import ConfigError, InputError
from harness.evidence import Given, Need
from harness.evidence.collection import Collection
from harness.evidence.ranking import Head, Hit, Ranking, Retrieval, digest
from harness.evidence.retriever import Retriever

DEPTH = 20  # passages that are kept of a ranking, for recall beyond what is shown; deeper ones interest nobody


@dataclass(frozen=True)
class Retrieved:
    """The best k passages of a collection, best first; the claim is the query."""

    retriever: Retriever
    """How they are ranked."""
    collection: Collection
    """Where they are looked for."""
    k: int = 5
    """How many are shown."""

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ConfigError(f"evidence.k is {self.k}; expected 1 or more: evidence=none shows nothing")

    def give(self, corpus: Corpus, needs: Sequence[Need]) -> Given:
        """Rank once for all needs."""
        passages = self.collection.load(corpus)
        texts = [passage.text for passage in passages.texts]
        rankings = self.retriever.rank(texts, [need.query for need in needs], max(self.k, DEPTH))
        found = [
            Ranking(
                id=need.id,
                query_sha256=digest(need.query),
                hits=tuple(Hit(passage=passages.texts[i].id, score=round(score, 6)) for i, score in ranking),
            )
            for need, ranking in zip(needs, rankings, strict=True)
        ]
        used = {hit.passage for ranking in found for hit in ranking.hits}
        head = Head(
            method=self.retriever.about,
            k=self.k,
            n_passages=len(texts),
            n_withheld=passages.n_withheld,
            collection=passages.source,
            collection_sha256=passages.sha256(),
        )
        return shown(
            Retrieval(
                head=head,
                passages=tuple(sorted((p for p in passages.texts if p.id in used), key=lambda p: p.id)),
                rankings=tuple(sorted(found, key=lambda ranking: ranking.id)),
            )
        )


@dataclass(frozen=True)
class Frozen:
    """A retrieval that a run has saved, replayed word for word: nothing is looked up, and no index or model is needed."""

    path: str
    """A run's retrieval.jsonl."""

    @classmethod
    def content_hash(cls, path: str) -> str:
        """The sha256 of the file."""
        try:
            return hashlib.sha256(Path(path).read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(
                f"{path} cannot be read ({error.strerror}); expected a retrieval.jsonl of a run: set evidence.path to it"
            ) from error

    def give(self, corpus: Corpus, needs: Sequence[Need]) -> Given:
        """The saved rankings of these needs; raises InputError for one that is missing or was made for other words."""
        saved = Retrieval.read(Path(self.path))
        rankings = {ranking.id: ranking for ranking in saved.rankings}
        for need in needs:
            if need.id not in rankings:
                raise InputError(
                    f'{self.path} has no ranking of question "{need.id}"; expected one for each of the {len(needs)} '
                    f"questions of {corpus.name} {corpus.version}: retrieve again, or take the dataset that it was made on"
                )
            if rankings[need.id].query_sha256 != digest(need.query):
                raise InputError(
                    f'{self.path}: the ranking of question "{need.id}" was made for another text than its claim; '
                    "expected the same claims: retrieve again"
                )
        for passage in saved.passages:
            known = corpus.passages.get(passage.id)
            if known is not None and known.sha256 != digest(passage.text):
                raise InputError(
                    f'{self.path}: passage "{passage.id}" has another text than in {corpus.name} {corpus.version}; '
                    "expected the same passages: retrieve again"
                )
        return shown(saved.model_copy(update={"rankings": tuple(rankings[need.id] for need in needs)}))


def shown(retrieval: Retrieval) -> Given:
    """What a retrieval shows: the best k of every ranking."""
    by_id = {passage.id: passage for passage in retrieval.passages}
    return Given(
        {r.id: tuple(by_id[hit.passage] for hit in r.hits[: retrieval.head.k]) for r in retrieval.rankings}, retrieval
    )
