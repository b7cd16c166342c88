"""Veracity: is the claim borne out by the articles?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.dataset.corpus import Corpus
from harness.dataset.table import Table
from harness.errors import ConfigError
from harness.evidence import Need, Setting
from harness.label import Content, Task, Veracity
from harness.schema import Claim, Question
from harness.task import Items
from harness.task.mapped import mapped


@dataclass(frozen=True)
class VeracityTask:
    """Asks for one of four verdicts on a claim."""

    content: Sequence[str] = (Content.FACTUAL,)
    """Which kinds of claims are asked about."""

    def __post_init__(self) -> None:
        unknown = sorted(set(self.content) - set(Content))
        if unknown:
            raise ConfigError(f"task.content holds {unknown[0]!r}; expected {', '.join(Content)}")

    def items(self, corpus: Corpus | Table, setting: Setting) -> Items:
        """One question a claim; its id is the claim's. `content` is of our dataset alone."""
        if isinstance(corpus, Table):
            return mapped(corpus, Task.VERACITY, setting)
        claims = [claim for _, claim in sorted(corpus.claims.items()) if claim.content in self.content]
        labels = tuple(Veracity)
        kin: dict[str, set[str]] = defaultdict(set)
        for claim in corpus.claims.values():
            kin[claim.cluster] |= set(claim.evidence)
        given = setting.give(corpus, [Need(c.id, c.text, c.evidence, frozenset(kin[c.cluster])) for c in claims])
        return Items(
            questions=tuple(
                Question(
                    id=claim.id,
                    task=Task.VERACITY,
                    claim=claim.text,
                    evidence=given.shown[claim.id],
                    labels=labels,
                    as_of=corpus.as_of,
                )
                for claim in claims
            ),
            labels=labels,
            gold={claim.id: claim.veracity.value for claim in claims},
            clusters={claim.id: claim.cluster for claim in claims},
            folds={claim.id: claim.fold for claim in claims},
            slices={claim.id: claim_slices(claim) for claim in claims},
            justification={claim.id: claim.justification for claim in claims},
            families={claim.id: claim.family for claim in claims},
            parents={claim.id: claim.parent for claim in claims if claim.parent is not None},
            gold_evidence={claim.id: (frozenset(claim.evidence),) for claim in claims},
            gold_passages={claim.id: claim.evidence for claim in claims},
            texts={passage.id: passage.text for passage in corpus.passages.values() if passage.text is not None},
            retrieval=given.retrieval,
        )


def claim_slices(claim: Claim) -> dict[str, str]:
    """What scores are broken down by, of a claim."""
    return {
        "origin": claim.origin.value,
        "edit": claim.edit.value if claim.edit else "-",
        "form": claim.form.value,
        "content": claim.content.value,
        "article": claim.article,
        "length": length(claim.text),
    }


def length(text: str) -> str:
    """How long a claim is; the bounds part ours in three."""
    n = len(text.split())
    return "up to 15 words" if n <= 15 else "16 to 25 words" if n <= 25 else "over 25 words"
