"""Propose stance pairs: a program chooses (claim, passage, holder) before anyone votes, so that no label guides the choice.

    python scripts/propose_pairs.py >> dataset/source/pairs.jsonl

A claim meets the passages where it is stated or that settle it (as `adjudications.jsonl` names them), the passage that shares most
of its words although it is none of these, a neighbour of its evidence (two kinds of hard negatives), and now and then a passage by
lot; `chosen` says which. Holders come from `holders.jsonl`: the article's voice, and an actor where the passage attributes words to
one. Claims of the split `examples` are left out, and so are pairs that are in `pairs.jsonl`; numbers go on from its last one. All
choices are drawn by hash, so a second run proposes the same.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence

from harness import paths
from harness.dataset.cluster import clusters
from harness.dataset.source import SourceClaim, read
from harness.dataset.tables import in_examples
from harness.fold import draw
from harness.jsonl import read_lines
from harness.label import Choice, Origin, Section

WORD = re.compile(r"\w{4,}")
# Extracted claims meet all of their evidence, contrast claims one passage of it and every other one a second.
SHARE_OF_SECOND, SHARE_OF_ACTORS, SHARE_OF_OVERLAP, SHARE_OF_NEIGHBOURS, SHARE_BY_LOT = 0.5, 0.6, 0.5, 0.15, 0.25


def main() -> None:
    """Print the new pairs, one JSON object a line."""
    source = read(paths.checkout())
    holders = {
        r["passage"]: r["holders"] for r in read_lines(paths.checkout() / "dataset" / "source" / "holders.jsonl")
    }
    words = {
        p.id: set(WORD.findall((p.text or "").lower()))
        for p in source.passages.values()
        if p.section is not Section.HEADLINE
    }
    known = {(p.claim, p.passage, p.holder) for p in source.pairs.values()}
    held_out = in_examples(source, clusters(source.claims))
    chosen: dict[tuple[str, str, str], Choice] = {}
    for claim in source.claims.values():
        if claim.id not in held_out:
            for why, passage, holder in propose(claim, source.adjudications[claim.id].evidence, holders, words):
                chosen.setdefault((claim.id, passage, holder), why)
    new = sorted(chosen.keys() - known, key=lambda k: draw(0, " ".join(k)))
    last = max((int(id_.removeprefix("vp-")) for id_ in source.pairs), default=0)
    for number, key in enumerate(new, start=last + 1):
        row = {"id": f"vp-{number:04d}", "claim": key[0], "passage": key[1], "holder": key[2], "chosen": chosen[key]}
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def propose(
    claim: SourceClaim, evidence: Sequence[str], holders: dict[str, list[str]], words: dict[str, set[str]]
) -> Iterator[tuple[Choice, str, str]]:
    """The pairs of one claim: why, passage, holder."""
    stated = {span.passage for span in claim.spans}
    settling = sorted({e for e in {*evidence, *stated} if e in words}, key=lambda e: draw(1, claim.id + e))
    if claim.origin is Origin.CONTRAST:
        settling = settling[: 2 if lot(claim.id, "second") < SHARE_OF_SECOND else 1]
    for passage in settling:
        yield Choice.EVIDENCE, passage, "voice"
        actors = holders[passage][1:]
        if actors and lot(claim.id + passage, "actor") < SHARE_OF_ACTORS:
            yield Choice.EVIDENCE, passage, min(actors, key=lambda a: draw(2, claim.id + a))
    others = [p for p in words if p not in {*evidence, *stated}]
    said = set(WORD.findall(claim.text.lower()))
    if lot(claim.id, "hard") < SHARE_OF_OVERLAP:
        hard = max(others, key=lambda p: (len(said & words[p]) / len(said | words[p]), p))
        yield Choice.OVERLAP, hard, min(holders[hard], key=lambda h: draw(3, claim.id + h))
    if lot(claim.id, "neighbour") < SHARE_OF_NEIGHBOURS:
        order = list(words)
        around = [
            order[i + step]
            for e in settling[:1]
            for i in [order.index(e)]
            for step in (-1, 1)
            if 0 <= i + step < len(order)
        ]
        for near in [p for p in around if p in others and p[:2] == settling[0][:2]][:1]:
            yield Choice.NEIGHBOUR, near, min(holders[near], key=lambda h: draw(6, claim.id + h))
    if lot(claim.id, "lot") < SHARE_BY_LOT:
        yield Choice.LOT, min(others, key=lambda p: draw(4, claim.id + p)), "voice"


def lot(id_: str, what: str) -> float:
    """A number in 0..1 that looks random and is the same everywhere."""
    return int(draw(5, f"{what} {id_}")[:8], 16) / 16**8


if __name__ == "__main__":
    main()
