"""Claims that say nearly the same in different clusters.

    from harness.dataset.duplicate import minilm, near_duplicates
    near_duplicates(claims, minilm())

Clusters may stand in different folds, so that such claims would be learned from and asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from harness import paths
from harness.dataset.checks import Check
from harness.dataset.probe import Encode, embedding
from harness.record import Record
from harness.schema import Claim

# Paraphrases of one sentence lie above it; two claims of one event that share names and date lie below.
NEAR = 0.95


class NearDuplicate(Record):
    """Two claims of different clusters that are embedded close together."""

    a: str
    """A claim's id."""
    b: str
    """Another's, greater than `a`."""
    cosine: float
    """Of their embeddings, `NEAR` or more."""


def minilm() -> Encode:
    """The encoder that `configs/system/embedding.yaml` names.

    Its first call raises InputError saying what to install where the extra `embedded` or the model is missing.
    """
    from omegaconf import OmegaConf

    from harness.instantiate import make

    config = OmegaConf.load(paths.configs() / "system" / "embedding.yaml")
    encode: Encode = make({"encoder": OmegaConf.to_container(config.encoder, resolve=True)})["encoder"]
    return encode


def near_duplicates(claims: Sequence[Claim], encode: Encode) -> list[NearDuplicate]:
    """Every pair of claims of different clusters with a cosine of at least `NEAR`, the nearest first."""
    ordered = sorted(claims, key=lambda claim: claim.id)
    vectors = embedding(encode)(ordered)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # Rounded before it is compared: equal texts have a cosine of 1 up to the last digits.
    cosines = np.round(np.triu(vectors @ vectors.T, k=1), 9)
    found = [
        NearDuplicate(a=ordered[i].id, b=ordered[j].id, cosine=float(cosines[i, j]))
        for i, j in np.argwhere(cosines >= NEAR)
        if ordered[i].cluster != ordered[j].cluster
    ]
    return sorted(found, key=lambda pair: (-pair.cosine, pair.a, pair.b))


def same_texts(claims: Sequence[Claim]) -> list[tuple[str, str]]:
    """Ids of every two claims, of one cluster or two, whose words are the same but for case, punctuation and spaces."""
    by_text: dict[str, list[str]] = {}
    for claim in sorted(claims, key=lambda claim: claim.id):
        by_text.setdefault(normalised(claim.text), []).append(claim.id)
    return [pair for ids in by_text.values() for pair in combinations(ids, 2)]


def normalised(text: str) -> str:
    """The words alone: compatible characters made one (NFKC), case folded, punctuation dropped."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def same_text_check(claims: Sequence[Claim]) -> Check:
    """No two claims have the same words."""
    return _none("claims with the same words", [f"{a} {b}" for a, b in same_texts(claims)])


def near_duplicate_check(claims: Sequence[Claim], encode: Encode) -> Check:
    """No two claims of different clusters say nearly the same."""
    found = [f"{pair.a} {pair.b} {pair.cosine:.2f}" for pair in near_duplicates(claims, encode)]
    return _none(f"near-duplicates across clusters (embedding cosine >= {NEAR})", found)


def _none(name: str, found: Sequence[str]) -> Check:
    shown = f" ({', '.join(found[:3])}{', ...' if len(found) > 3 else ''})" if found else ""
    return Check(name=name, figure=f"{len(found)}{shown}", bar="0", passed=not found)
