"""Build the dataset's tables from its inputs, and check that what is in `dataset/` is what the inputs give.

    seeds/ + dataset/source/ + dataset/annotation/  ->  dataset/data/{claims,pairs,passages,votes}/*.parquet, dataset/SHA256SUMS, card

Nothing in `dataset/data` is edited by hand. The build is deterministic: same inputs and same package versions, same bytes; with
other versions of the Parquet writer, equal tables.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from harness.dataset import card, parquet
from harness.dataset.checks import Check, checks
from harness.dataset.cluster import clusters, families
from harness.dataset.source import Adjudication, Source, SourceClaim, read
from harness.errors import BelowBarError, InputError
from harness.fold import assign
from harness.label import Origin, Stance, Task, Veracity
from harness.record import Record, in_words
from harness.run import write
from harness.schema import Claim, Pair, Passage, Span, Vote

N_FOLDS = 5
SPLITS = {"claims": "test", "pairs": "test", "passages": "corpus", "votes": "test"}
R = TypeVar("R", bound=Record)


def build(root: Path, out: Path) -> list[Check]:
    """Build from the checkout `root` into the dataset folder `out`; gives the checks with their figures."""
    template = root / "dataset" / "README.md"
    if not template.is_file():
        raise InputError(f"{template} is missing; expected the card, with markers for its generated parts")
    source = read(root)
    tables = make(source)
    for table, rows in tables.items():
        kind, _, split = table.partition("/")
        parquet.write(out / "data" / kind / f"{split or SPLITS[kind]}.parquet", kind, rows)
    settings = json.loads(source.settings.model_dump_json())
    write(out / "data" / "dataset.json", json.dumps(settings, indent=2, sort_keys=True) + "\n")
    found = checks(source, tables)
    write(out / "README.md", card.renew(template.read_text("utf-8"), source, tables, found))
    write(out / "SHA256SUMS", _sums(out))
    return found


def check(root: Path) -> list[Check]:
    """Build into a temporary folder and compare it with `dataset/`.

    Raises BelowBarError where a built file differs (bytes, or for Parquet its table) or a check is below its bar.
    """
    with tempfile.TemporaryDirectory() as folder:
        fresh, ours = Path(folder), root / "dataset"
        found = build(root, fresh)
        differing = changed(fresh, ours)
    if differing:
        raise BelowBarError(
            f"dataset/ is not what its inputs give: {', '.join(differing)} differ; run `veristance build` and commit the result"
        )
    failed = [c for c in found if not c.passed]
    if failed:
        raise BelowBarError(
            f"{len(failed)} checks are below their bar: {'; '.join(f'{c.name} ({c.figure}, bar {c.bar})' for c in failed)}"
        )
    return found


def changed(fresh: Path, ours: Path) -> list[str]:
    """Names of the built files that differ in `ours`, are missing there, or are there and not built."""
    built = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
    differing = [name.as_posix() for name in sorted(built) if not _same(fresh / name, ours / name)]
    there = {path.relative_to(ours) for path in (ours / "data").rglob("*") if path.is_file()}
    return differing + [name.as_posix() for name in sorted(there - built)]


def make(source: Source) -> dict[str, list[Record]]:
    """The rows of every table, ordered by id; `claims/examples` and `pairs/examples` where the settings name such passages."""
    stray = sorted(source.adjudications.keys() - source.claims.keys() - source.pairs.keys())
    if stray:
        raise InputError(f'adjudications.jsonl: "{stray[0]}" is no claim and no pair; expected an id of source/')
    claims = _claims(source)
    pairs = [_pair(source, claims, id_) for id_ in sorted(source.pairs)]
    used = (
        {e for c in claims.values() for e in c.evidence}
        | {s.passage for c in claims.values() for s in c.spans}
        | {p.passage for p in pairs}
    )
    votes = _votes(source)
    held_out = _examples(source)
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
        "passages": [_passage(p, source.settings.text_policy, used) for _, p in sorted(source.passages.items())],
        "votes": [*votes],
    }


def _examples(source: Source) -> set[str]:
    """The claims of every cluster that has its primary source sentence among the examples."""
    cluster = clusters(source.claims)
    names = {
        cluster[c.id] for c in source.claims.values() if c.spans and c.spans[0].passage in source.settings.examples
    }
    return {id_ for id_, name in cluster.items() if name in names}


def _votes(source: Source) -> list[Vote]:
    seen: set[tuple[str, Task, str, int]] = set()
    votes = sorted(source.votes, key=lambda v: (v.item, v.round, v.annotator))
    for vote in votes:
        known, labels = (source.claims, Veracity) if vote.task is Task.VERACITY else (source.pairs, Stance)
        if vote.item not in known or vote.label not in set(labels):
            raise InputError(
                f'a vote of {vote.annotator} on "{vote.item}" has label {vote.label!r}; expected an item of source/ and one of {", ".join(labels)}'
            )
        key = (vote.item, vote.task, vote.annotator, vote.round)
        if key in seen:
            raise InputError(
                f'{vote.annotator} voted twice on "{vote.item}" in round {vote.round}; expected one vote an item and round'
            )
        seen.add(key)
    return votes


def _passage(passage: Passage, policy: str, used: set[str]) -> Passage:
    shown = policy == "full" or (policy == "quotes" and passage.id in used)
    return passage if shown else passage.model_copy(update={"text": None})


def _claims(source: Source) -> dict[str, Claim]:
    family, cluster = families(source.claims), clusters(source.claims)
    votes: dict[str, set[str]] = defaultdict(set)
    for vote in source.votes:
        votes[vote.item].add(vote.label)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    held_out = _examples(source)
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
            ambiguous=bool(votes[id_] - {decision.label}),
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


def _pair(source: Source, claims: Mapping[str, Claim], id_: str) -> Pair:
    pair, decision = source.pairs[id_], _decision(source, id_)
    if pair.claim not in claims or pair.passage not in source.passages:
        raise InputError(
            f'pairs.jsonl: "{id_}" joins "{pair.claim}" and "{pair.passage}"; expected a claim of claims.jsonl and a passage of seeds/'
        )
    votes = {vote.label for vote in source.votes if vote.item == id_}
    return _validated(
        Pair,
        id_,
        claim=pair.claim,
        passage=pair.passage,
        holder=pair.holder,
        stance=decision.label,
        same_event=decision.same_event,
        ambiguous=bool(votes - {decision.label}),
    )


def _validated(record: type[R], id_: str, **fields: Any) -> R:
    from pydantic import ValidationError

    try:
        return record.model_validate({"id": id_, **fields})
    except ValidationError as error:
        raise InputError(f'"{id_}" {in_words(error)}') from error


def _same(fresh: Path, ours: Path) -> bool:
    if not ours.is_file():
        return False
    if fresh.name == "SHA256SUMS":
        # Of our own bytes, for another Parquet writer gives other bytes of equal tables.
        return ours.read_text("utf-8") == _sums(ours.parent)
    if fresh.read_bytes() == ours.read_bytes():
        return True
    if fresh.suffix != ".parquet":
        return False
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return bool(pq.read_table(fresh).equals(pq.read_table(ours)))
    except (OSError, pa.ArrowException):
        return False


def _sums(out: Path) -> str:
    files = [out / "README.md", *(path for path in sorted((out / "data").rglob("*")) if path.is_file())]
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out).as_posix()}\n" for path in files
    )
