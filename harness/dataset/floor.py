"""How far a probe stands above its floor, which is what the kind of edit and the form of a claim give away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.dataset.gate import MIN_CLUSTERS, Floor, Gate
from harness.dataset.probe import Rows, out_of_fold, partitions
from harness.label import Content, Veracity
from harness.metric import Additive, Codes, Floats
from harness.metric.macro_f1 import MacroF1
from harness.schema import Claim

BAR = 0.10
# They vary by .02 to .03, so that the error of their mean is about .002: a tenth of what 60 clusters leave.
N_REFITS = 200


def above_floor(
    claims: Sequence[Claim], probe: str, rows: Rows, rng: np.random.Generator, n_refits: int = N_REFITS
) -> Gate:
    """Macro-F1 of a probe on factual claims, over the labels that occur, minus the mean of refits with permuted labels.

    Labels are permuted within kind of edit (extracted is one) x form. Claims are permuted singly: the folds keep clusters whole,
    and a mean over refits, unlike a p-value, needs no more. The error of that mean is added to the jackknife's.
    """
    asked = sorted((claim for claim in claims if claim.content is Content.FACTUAL), key=lambda claim: claim.id)
    labels = [label for label in Veracity if any(claim.veracity is label for claim in asked)]
    clusters = [claim.cluster for claim in asked]
    gate = Gate(
        name=f"macro-F1 of the probe on {probe} above its floor, factual claims",
        side="upper",
        bar=BAR,
        n=len(asked),
        unit="claims",
        n_clusters=len(set(clusters)),
    )
    if gate.n_clusters < MIN_CLUSTERS or len(labels) < 2:
        return gate
    codes = np.array([labels.index(claim.veracity) for claim in asked], dtype=np.intp)
    strata = np.unique([f"{claim.edit} {claim.form}" for claim in asked], return_inverse=True)[1]
    table, folds, all_ = rows(asked), partitions(asked, codes), np.ones((1, len(asked)))
    observed = [_macro_f1(table, codes, made, len(labels)) for made in folds]
    refits = np.array(
        [
            _macro_f1(table, permuted(codes, strata, rng), folds[i % len(folds)], len(labels)).score(all_)[0]
            for i in range(n_refits)
        ]
    )
    floor = Floor(float(refits.mean()), float(refits.std(ddof=1)) / math.sqrt(n_refits))

    def score(weights: Floats) -> Floats:
        mean: Floats = np.mean([metric.score(weights) for metric in observed], axis=0)
        return mean

    return gate.measured(
        score, clusters, floor=floor, note=f"macro-F1 {score(all_)[0]:.2f} against a floor of {floor.value:.2f}"
    )


def permuted(codes: Codes, strata: Codes, rng: np.random.Generator) -> Codes:
    """The codes int[n] in a random order within each stratum, int[n]."""
    made = np.empty_like(codes)
    made[np.argsort(strata, kind="stable")] = codes[np.lexsort((rng.random(len(codes)), strata))]
    return made


def _macro_f1(table: Any, codes: Codes, folds: Codes, n_labels: int) -> Additive:
    return MacroF1().of(codes, out_of_fold(table, codes, folds, n_labels).argmax(axis=1), n_labels)
