"""Disturbed evidence: gold among distractors, and distractors alone. What does a system still claim?

A distractor is a near passage: one that the retriever ranks high for the claim and that is gold of no claim in its cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.dataset.corpus import Corpus
from harness.errors import ConfigError, InputError
from harness.evidence import Given, Need, in_order, texts
from harness.evidence.collection import DatasetPassages
from harness.evidence.retriever import Retriever
from harness.schema import Evidence


@dataclass(frozen=True)
class Noisy:
    """The gold passages with distractors, in the order of the articles, so that their place tells nothing."""

    retriever: Retriever
    """How near passages are found."""
    n: int = 3
    """Distractors a question."""

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ConfigError(f"evidence.n is {self.n}; expected 1 or more: evidence=gold has no distractor")

    def give(self, corpus: Corpus, needs: Sequence[Need]) -> Given:
        """Gold and the n nearest others."""
        near = distractors(corpus, needs, self.retriever, [self.n] * len(needs))
        return Given(
            {
                need.id: texts(corpus, in_order(corpus, (*need.gold, *(p.id for p in found))))
                for need, found in zip(needs, near, strict=True)
            }
        )


@dataclass(frozen=True)
class GoldRemoved:
    """As many distractors as there were gold passages, and no gold: a system that reads has nothing to go by."""

    retriever: Retriever
    """How near passages are found."""

    def give(self, corpus: Corpus, needs: Sequence[Need]) -> Given:
        """The nearest others, in the order of the articles."""
        near = distractors(corpus, needs, self.retriever, [len(need.gold) for need in needs])
        return Given(
            {
                need.id: texts(corpus, in_order(corpus, [p.id for p in found]))
                for need, found in zip(needs, near, strict=True)
            }
        )


def distractors(
    corpus: Corpus, needs: Sequence[Need], retriever: Retriever, n: Sequence[int]
) -> list[tuple[Evidence, ...]]:
    """The nearest n passages of each need that are gold of no claim in its cluster; raises InputError where there are fewer."""
    passages = DatasetPassages().load(corpus).texts
    rankings = retriever.rank([p.text for p in passages], [need.query for need in needs], len(passages))
    made = []
    for need, ranking, wanted in zip(needs, rankings, n, strict=True):
        barred = need.kin | set(need.gold)
        ranked = [i for i, _ in ranking]
        # Where the claim shares no word with enough passages, the rest follow in the collection's order.
        order = [*ranked, *sorted(set(range(len(passages))) - set(ranked))]
        found = [passages[i] for i in order if passages[i].id not in barred][:wanted]
        if len(found) < wanted:
            raise InputError(
                f'question "{need.id}" has {len(found)} passages that are gold of no claim in its cluster; '
                f"expected {wanted}: set evidence.n to fewer"
            )
        made.append(tuple(found))
    return made
