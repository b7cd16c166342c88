"""Propose stance pairs: a program chooses (claim, passage, holder) before anyone votes, so that no label guides the choice.

    python scripts/propose_pairs.py >> dataset/source/pairs.jsonl

A claim meets a passage where it is stated or that settles it (as `adjudications.jsonl` names them), the passage that shares most
of its words although it is none of these (a hard negative), and now and then a passage by lot. Holders come from `holders.jsonl`:
the article's voice always, an actor where the passage attributes words to one. Pairs that are in `pairs.jsonl` are left out, and
numbers go on from its last one. All choices are drawn by hash, so a second run proposes the same.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness import paths
from harness.dataset.passages import segment
from harness.fold import draw
from harness.label import Origin, Section

WORD = re.compile(r"\w{4,}")
# Of contrast claims two in three meet their evidence; of all claims every other meets a hard negative, one in four a passage by lot.
SHARE_OF_CONTRAST, SHARE_OF_HARD, SHARE_BY_LOT = 0.66, 0.5, 0.25


def main() -> None:
    """Print the new pairs, one JSON object a line."""
    source = paths.checkout() / "dataset" / "source"
    claims, evidence = (
        rows(source / "claims.jsonl"),
        {r["item"]: r["evidence"] for r in rows(source / "adjudications.jsonl") if r["evidence"]},
    )
    holders = {r["passage"]: r["holders"] for r in rows(source / "holders.jsonl")}
    articles = sorted((paths.checkout() / "seeds").glob("*.txt"))
    passages = {
        p.id: p
        for file in articles
        for p in segment(file.stem, file.read_bytes().decode())
        if p.section is not Section.HEADLINE
    }
    words = {id_: set(WORD.findall((p.text or "").lower())) for id_, p in passages.items()}
    known = {(r["claim"], r["passage"], r["holder"]) for r in rows(source / "pairs.jsonl")}
    chosen = {key for claim in claims for key in propose(claim, evidence[claim["id"]], holders, words)} - known
    for number, key in enumerate(sorted(chosen, key=lambda k: draw(0, " ".join(k))), start=len(known) + 1):
        sys.stdout.write(
            json.dumps({"id": f"vp-{number:04d}", "claim": key[0], "passage": key[1], "holder": key[2]}) + "\n"
        )


def propose(
    claim: dict[str, Any], evidence: list[str], holders: dict[str, list[str]], words: dict[str, set[str]]
) -> Iterator[tuple[str, str, str]]:
    """The pairs of one claim."""
    id_ = claim["id"]
    if claim["origin"] == Origin.EXTRACTED or lot(id_, "evidence") < SHARE_OF_CONTRAST:
        passage = min((e for e in evidence if e in words), key=lambda e: draw(1, id_ + e))
        yield id_, passage, "voice"
        actors = holders[passage][1:]
        if actors:
            yield id_, passage, min(actors, key=lambda a: draw(2, id_ + a))
    others = [p for p in words if p not in evidence]
    said = set(WORD.findall(claim["text"].lower()))
    if lot(id_, "hard") < SHARE_OF_HARD:
        hard = max(others, key=lambda p: (len(said & words[p]) / len(said | words[p]), p))
        yield id_, hard, min(holders[hard], key=lambda h: draw(3, id_ + h))
    if lot(id_, "lot") < SHARE_BY_LOT:
        yield id_, min(others, key=lambda p: draw(4, id_ + p)), "voice"


def lot(id_: str, what: str) -> float:
    """A number in 0..1 that looks random and is the same everywhere."""
    return int(draw(5, f"{what} {id_}")[:8], 16) / 16**8


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file; none where there is no file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


if __name__ == "__main__":
    main()
