"""Evidence settings: which passages a system may read. A recorded factor of every run.

A setting sees the claim and, where it is about the gold passages, their ids; never a label. What it gives is all that a question carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.dataset.corpus import Corpus
from harness.errors import InputError
from harness.evidence.ranking import Retrieval
from harness.schema import Evidence


@dataclass(frozen=True)
class Need:
    """What a question needs evidence for."""

    id: str
    """The question's id."""
    query: str
    """The claim's text."""
    gold: tuple[str, ...]
    """Ids of the gold passages."""
    kin: frozenset[str] = frozenset()
    """Gold passages of any claim in the same cluster: none of them is a safe distractor."""


@dataclass(frozen=True)
class Given:
    """What the questions may read."""

    shown: Mapping[str, tuple[Evidence, ...]]
    """By question id, in the order in which a system reads them."""
    retrieval: Retrieval | None = None
    """The rankings that it was taken from; `None` where nothing was retrieved."""


class Setting(Protocol):
    """Chooses what each question carries."""

    def give(self, corpus: Corpus, needs: Sequence[Need]) -> Given:
        """Evidence for every need; raises InputError where a text is withheld that has to be shown."""
        ...


@dataclass(frozen=True)
class Gold:
    """The gold passages: how well a system reads, retrieval taken out."""

    def give(self, corpus: Corpus, needs: Sequence[Need]) -> Given:
        """All of them, in the order of the articles."""
        return Given({need.id: texts(corpus, in_order(corpus, need.gold)) for need in needs})


@dataclass(frozen=True)
class ClosedBook:
    """Nothing: what a system knows or guesses from the claim alone."""

    def give(self, corpus: Corpus, needs: Sequence[Need]) -> Given:  # noqa: ARG002 - the seam's own signature
        """None of them."""
        return Given({need.id: () for need in needs})


def in_order(corpus: Corpus, passages: Sequence[str]) -> tuple[str, ...]:
    """The ids in the order of the articles."""
    return tuple(sorted(passages, key=lambda id_: (corpus.passages[id_].article, corpus.passages[id_].start)))


def texts(corpus: Corpus, passages: Sequence[str]) -> tuple[Evidence, ...]:
    """The passages' texts, in the order of the ids; raises InputError where one is withheld."""
    found = []
    for passage in passages:
        text = corpus.passages[passage].text
        if text is None:
            raise InputError(
                f'passage "{passage}" has no text in {corpus.path}; expected it for a passage that a question uses'
            )
        found.append(Evidence(id=passage, text=text))
    return tuple(found)
