"""Clusters: families of claims that are not independent of one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations

from harness.dataset.source import SourceClaim
from harness.errors import InputError
from harness.label import Origin

# Wordings that share this much of their words say nearly the same.
NEAR = 0.7
WORD = re.compile(r"\w+")


def families(claims: Mapping[str, SourceClaim]) -> dict[str, str]:
    """For every claim the id of the extracted claim that it descends from."""
    roots = {}
    for claim in claims.values():
        root, line = claim, {claim.id}
        while root.parent is not None:
            if root.parent not in claims:
                raise InputError(
                    f'claims.jsonl: "{root.id}" has parent "{root.parent}", which is not there; expected the id of a claim'
                )
            root = claims[root.parent]
            if root.id in line:
                raise InputError(
                    f'claims.jsonl: "{root.id}" descends from itself; expected parents that lead to an extracted claim'
                )
            line.add(root.id)
        if root.origin is not Origin.EXTRACTED:
            raise InputError(
                f'claims.jsonl: "{root.id}" is a contrast claim without a parent; expected the claim that it edits'
            )
        roots[claim.id] = root.id
    return roots


def clusters(claims: Mapping[str, SourceClaim]) -> dict[str, str]:
    """For every claim its cluster: named `k-` and the least number of its family ids.

    Families are joined by a shared primary source sentence (that of the first span), by a shared conflict point, or by claims
    whose sets of words have a Jaccard index of at least .7.
    """
    family = families(claims)
    leader = {root: root for root in family.values()}

    def find(root: str) -> str:
        while leader[root] != root:
            root = leader[root]
        return root

    def join(ids: Iterable[str]) -> None:
        roots = sorted({find(family[id_]) for id_ in ids})
        for root in roots[1:]:
            leader[root] = roots[0]

    shared: dict[str, list[str]] = {}
    for claim in claims.values():
        if claim.spans:
            shared.setdefault(f"passage {claim.spans[0].passage}", []).append(claim.id)
        if claim.conflict_point:
            shared.setdefault(f"point {claim.conflict_point}", []).append(claim.id)
    for ids in shared.values():
        join(ids)
    words = {claim.id: frozenset(WORD.findall(claim.text.lower())) for claim in claims.values()}
    for a, b in combinations(sorted(claims), 2):
        if len(words[a] & words[b]) >= NEAR * len(words[a] | words[b]):
            join((a, b))
    return {id_: f"k-{find(root).split('-')[-1]}" for id_, root in family.items()}
