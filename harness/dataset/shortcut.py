"""Shortcut gates: how far the wording of claims, or the bulk of their evidence, gives the label away.

    from harness.dataset.duplicate import minilm
    from harness.dataset.shortcut import gates
    gates(claims, passages, minilm())     # rows for the table of checks

Probes are asked out of fold on all partitions of `harness.dataset.probe`. Claims are put in the order of their ids first, so that
the order of rows does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from harness.dataset import probe
from harness.dataset.checks import Check
from harness.dataset.duplicate import near_duplicate_check, same_text_check
from harness.dataset.floor import above_floor
from harness.dataset.gate import MIN_CLUSTERS, Gate
from harness.dataset.probe import Encode, Rows, out_of_fold, partitions
from harness.errors import InputError
from harness.label import Edit, Veracity
from harness.metric import Codes, Floats, mean
from harness.schema import Claim, Passage

PAIRWISE_BAR = 0.60
SURFACE_BAR = 0.60  # .5 and the margin of .10 of the other gates
SIDES = (Veracity.REFUTED, Veracity.SUPPORTED)


def gates(
    claims: Sequence[Claim], passages: Mapping[str, Passage], encode: Encode | None, seed: int = 0
) -> list[Check]:
    """All gates and duplicate checks; `None` for `encode` leaves out the two rows that need embeddings."""
    if not claims:
        raise InputError("there are no claims to gate; expected those of a built dataset")
    texts: dict[str, Rows] = {"word": probe.words, "character": probe.characters}
    if encode is not None:
        texts["embedding"] = probe.embedding(encode)
    evidence = probe.gold_passages(passages)
    # Thousands of small fits: on two cores two BLAS threads take twenty times as long as one.
    with threadpool_limits(1):
        measured = [
            *(pairwise(claims, name, rows) for name, rows in texts.items()),
            above_floor(claims, "words of the claim", probe.words, np.random.default_rng(seed)),
            above_floor(claims, "number and length of gold passages", evidence, np.random.default_rng(seed)),
            surface_form(claims),
        ]
        found = [*(gate.check() for gate in measured), same_text_check(claims)]
        return found if encode is None else [*found, near_duplicate_check(claims, encode)]


def contrast(claims: Sequence[Claim]) -> list[Claim]:
    """Supported and refuted contrast claims in the order of their ids."""
    return sorted((c for c in claims if c.edit is not None and c.veracity in SIDES), key=lambda claim: claim.id)


def pairs(asked: Sequence[Claim]) -> Codes:
    """int[n, 2]: positions of every supported and refuted contrast claim of one family and one kind of edit.

    The extracted parent makes no pair: it is of another kind than its edits, and nearly always supported by its origin alone.
    """
    groups: dict[tuple[str, Edit | None], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for position, claim in enumerate(asked):
        if claim.edit is not None and claim.veracity in SIDES:
            groups[claim.family, claim.edit][claim.veracity is Veracity.REFUTED].append(position)
    found = [(s, r) for supported, refuted in groups.values() for s in supported for r in refuted]
    return np.array(found, dtype=np.intp).reshape(-1, 2)


def pairwise(claims: Sequence[Claim], name: str, rows: Rows) -> Gate:
    """Share of pairs whose supported claim is given the higher probability of `supported`; a tie is half.

    The probe learns from the contrast claims of the other folds alone. With the extracted ones, nearly all supported, it would
    learn how articles are worded, rank edits worse, and make the gate easier to pass.
    """
    asked = contrast(claims)
    found = pairs(asked)
    clusters = [asked[position].cluster for position in found[:, 0]]
    gate = Gate(
        name=f"claim-only {name} probe: pairwise accuracy over supported-refuted pairs of one family and kind",
        side="upper",
        bar=PAIRWISE_BAR,
        n=len(found),
        unit="pairs",
        n_clusters=len(set(clusters)),
    )
    if gate.n_clusters < MIN_CLUSTERS:
        return gate
    return gate.measured(mean(ahead(asked, found, rows)).score, clusters)


def ahead(asked: Sequence[Claim], found: Codes, rows: Rows) -> Floats:
    """float[n] of pairs: the share of partitions that rank the supported claim higher, ties as half."""
    codes, table = _codes(asked), rows(asked)
    given = [out_of_fold(table, codes, folds, len(SIDES))[:, 1] for folds in partitions(asked, codes)]
    shares: Floats = np.mean([(1 + np.sign(p[found[:, 0]] - p[found[:, 1]])) / 2 for p in given], axis=0)
    return shares


def surface_form(claims: Sequence[Claim]) -> Gate:
    """Balanced accuracy of the surface probe on contrast claims: the mean recall of supported and of refuted, .5 by chance.

    It falls where the accuracy is above the bar beyond doubt: such cues are coarse, and finer ones are the pairwise gates'.
    """
    asked = contrast(claims)
    codes, clusters = _codes(asked), [claim.cluster for claim in asked]
    gate = Gate(
        name="surface probe (letter case, length, punctuation, negation words, digits): balanced accuracy on contrast claims",
        side="lower",
        bar=SURFACE_BAR,
        n=len(asked),
        unit="claims",
        n_clusters=len(set(clusters)),
    )
    if gate.n_clusters < MIN_CLUSTERS or len(np.unique(codes)) < len(SIDES):
        return gate
    table = probe.surface(asked)
    given = [out_of_fold(table, codes, folds, len(SIDES)).argmax(axis=1) for folds in partitions(asked, codes)]
    right = np.mean([predicted == codes for predicted in given], axis=0)
    refuted, supported = (mean(np.where(codes == side, right, np.nan)) for side in range(len(SIDES)))
    return gate.measured(lambda weights: (refuted.score(weights) + supported.score(weights)) / 2, clusters)


def _codes(asked: Sequence[Claim]) -> Codes:
    return np.array([SIDES.index(claim.veracity) for claim in asked], dtype=np.intp)
