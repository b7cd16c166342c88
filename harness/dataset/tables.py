"""The rows of the dataset's tables, made from its validated inputs: ids resolved, clusters and folds assigned, labels decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from harness.dataset.cluster import clusters, families
from harness.dataset.source import Adjudication, Source, SourceClaim
from harness.errors import InputError
from harness.fold import assign
from harness.label import CheckWorthiness, Origin, Stance, Task, Veracity
from harness.record import Record, in_words
from harness.schema import Claim, Pair, Passage, Span, Vote

N_FOLDS = 5
# What is voted on, and with which labels.
LABELLED: dict[Task, tuple[str, type[StrEnum]]] = {
    Task.VERACITY: ("claims", Veracity),
    Task.STANCE: ("pairs", Stance),
    Task.CHECK_WORTHINESS: ("passages", CheckWorthiness),
}
R = TypeVar("R", bound=Record)


def make(source: Source) -> dict[str, list[Record]]:
    """The rows of every table, ordered by id; `claims/examples` and `pairs/examples` where the settings name such passages."""
    stray = sorted(source.adjudications.keys() - source.claims.keys() - source.pairs.keys() - source.passages.keys())
    if stray:
        raise InputError(
            f'adjudications.jsonl: "{stray[0]}" is no claim, pair or passage; expected an id of source/ or of seeds/'
        )
    cluster, counted = clusters(source.claims), _counted(source)
    held_out = in_examples(source, cluster)
    claims = _claims(source, cluster, held_out, counted)
    pairs = [_pair(source, claims, id_, counted[id_]) for id_ in sorted(source.pairs)]
    used = (
        {e for c in claims.values() for e in c.evidence}
        | {s.passage for c in claims.values() for s in c.spans}
        | {p.passage for p in pairs}
        | (source.passages.keys() & source.adjudications.keys())
    )
    scored: dict[str, list[Record]] = {
        "claims": [claims[id_] for id_ in sorted(claims) if id_ not in held_out],
        "pairs": [pair for pair in pairs if pair.claim not in held_out],
    }
    examples: dict[str, list[Record]] = {
        "claims/examples": [claims[id_] for id_ in sorted(held_out)],
        "pairs/examples": [pair for pair in pairs if pair.claim in held_out],
    }
    return {
        **scored,
        **{table: rows for table, rows in examples.items() if rows},
        "passages": [_passage(source, p, used) for _, p in sorted(source.passages.items())],
        "votes": [*_votes(source)],
    }


def in_examples(source: Source, cluster: Mapping[str, str]) -> set[str]:
    """The claims of every cluster that has its primary source sentence among the examples."""
    names = {
        cluster[c.id] for c in source.claims.values() if c.spans and c.spans[0].passage in source.settings.examples
    }
    return {id_ for id_, name in cluster.items() if name in names}


def _votes(source: Source) -> list[Vote]:
    seen: set[tuple[str, Task, str, int]] = set()
    votes = sorted(source.votes, key=lambda v: (v.item, v.round, v.annotator))
    for vote in votes:
        known, labels = LABELLED[vote.task]
        if vote.item not in getattr(source, known) or vote.label not in set(labels):
            raise InputError(
                f'a vote of {vote.annotator} on "{vote.item}" has label {vote.label!r}; expected one of the {known} and one of {", ".join(labels)}'
            )
        key = (vote.item, vote.task, vote.annotator, vote.round)
        if key in seen:
            raise InputError(
                f'{vote.annotator} voted twice on "{vote.item}" in round {vote.round}; expected one vote an item and round'
            )
        seen.add(key)
    return votes


def _passage(source: Source, passage: Passage, used: set[str]) -> Passage:
    policy, decision = source.settings.text_policy, source.adjudications.get(passage.id)
    shown = policy == "full" or (policy == "quotes" and passage.id in used)
    return _validated(
        Passage,
        passage.id,
        **passage.model_dump(exclude={"id", "text", "check_worthiness", "example"}),
        text=passage.text if shown else None,
        check_worthiness=decision.label if decision else None,
        example=passage.id in source.settings.examples,
    )


def _claims(
    source: Source, cluster: Mapping[str, str], held_out: Collection[str], votes: Mapping[str, Counter[str]]
) -> dict[str, Claim]:
    family = families(source.claims)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for id_, name in cluster.items():
        if id_ not in held_out:
            counts[name][_decision(source, id_).label] += 1
    if len(counts) < N_FOLDS:
        raise InputError(
            f"claims.jsonl makes {len(counts)} clusters; expected at least {N_FOLDS}, one for each fold: add claims of other sentences"
        )
    folds = assign(counts, N_FOLDS, seed=0)
    made = {}
    for id_, claim in source.claims.items():
        decision = _decision(source, id_)
        made[id_] = _validated(
            Claim,
            id_,
            text=claim.text,
            origin=claim.origin,
            edit=claim.edit,
            parent=claim.parent,
            family=family[id_],
            cluster=cluster[id_],
            fold=folds.get(cluster[id_], 0),
            form=claim.form,
            content=claim.content,
            article=_article(source, claim, family),
            spans=_spans(source, claim),
            veracity=decision.label,
            evidence=_known(source, id_, decision.evidence),
            justification=decision.why,
            votes=[votes[id_][label] for label in Veracity],
            ambiguous=bool(votes[id_].keys() - {decision.label}),
            invented=claim.origin is Origin.CONTRAST and decision.label != Veracity.SUPPORTED,
        )
    return made


def _decision(source: Source, item: str) -> Adjudication:
    if item not in source.adjudications:
        raise InputError(f'adjudications.jsonl: "{item}" is not there; expected a decision on every claim and pair')
    return source.adjudications[item]


def _known(source: Source, id_: str, passages: tuple[str, ...]) -> tuple[str, ...]:
    for passage in passages:
        if passage not in source.passages:
            raise InputError(
                f'adjudications.jsonl: "{id_}" names passage "{passage}", which is in no article; expected an id such as a1.s07'
            )
    return tuple(sorted(passages))


def _article(source: Source, claim: SourceClaim, family: Mapping[str, str]) -> str:
    root = source.claims[family[claim.id]]
    if not root.spans:
        raise InputError(f'claims.jsonl: "{root.id}" is extracted and has no span; expected where an article states it')
    return source.passages[root.spans[0].passage].article if root.spans[0].passage in source.passages else ""


def _spans(source: Source, claim: SourceClaim) -> list[Span]:
    spans = []
    for span in claim.spans:
        passage = source.passages.get(span.passage)
        if passage is None or span.quote not in (passage.text or ""):
            raise InputError(
                f'claims.jsonl: "{claim.id}" quotes {span.quote[:60]!r} from "{span.passage}", which does not say so; expected its exact words'
            )
        start = passage.start + (passage.text or "").index(span.quote)
        spans.append(Span(passage=span.passage, start=start, end=start + len(span.quote)))
    return spans


def _counted(source: Source) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for vote in source.votes:
        counts[vote.item][vote.label] += 1
    return counts


def _pair(source: Source, claims: Mapping[str, Claim], id_: str, votes: Counter[str]) -> Pair:
    pair, decision = source.pairs[id_], _decision(source, id_)
    if pair.claim not in claims or pair.passage not in source.passages:
        raise InputError(
            f'pairs.jsonl: "{id_}" joins "{pair.claim}" and "{pair.passage}"; expected a claim of claims.jsonl and a passage of seeds/'
        )
    return _validated(
        Pair,
        id_,
        claim=pair.claim,
        passage=pair.passage,
        holder=pair.holder,
        chosen=pair.chosen,
        stance=decision.label,
        same_event=decision.same_event,
        votes=[votes[label] for label in Stance],
        ambiguous=bool(votes.keys() - {decision.label}),
    )


def _validated(record: type[R], id_: str, **fields: Any) -> R:
    from pydantic import ValidationError

    try:
        return record.model_validate({"id": id_, **fields})
    except ValidationError as error:
        raise InputError(f'"{id_}" {in_words(error)}') from error
