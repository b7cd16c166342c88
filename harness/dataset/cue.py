"""Cues: the words, or stretches of letters, by which a probe tells supported from refuted in families that it has not seen.

    from harness.dataset.cue import cues
    [(cue.ngram, cue.supported, cue.refuted) for cue in cues(claims)[:20]]

An author mends the claims that hold the first ones: writes the cue into as many of the other side, or words it away.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.dataset.gate import MIN_CLUSTERS
from harness.dataset.probe import classifier, partitions, vectorizer
from harness.dataset.shortcut import SIDES, contrast, pairs
from harness.errors import InputError
from harness.label import Veracity
from harness.record import Record
from harness.schema import Claim


class Cue(Record):
    """One n-gram and what it does over the supported-refuted pairs of one family and kind."""

    ngram: str
    """Lower-cased."""
    gain: float
    """What it adds, out of fold, to the log-odds that rank the supported claim higher; in sum over pairs, mean over partitions."""
    supported: tuple[str, ...]
    """Ids of the supported contrast claims that hold it."""
    refuted: tuple[str, ...]
    """Ids of the refuted ones."""
    n_clusters: int
    """Clusters that these come from."""


def cues(claims: Sequence[Claim], *, characters: bool = False) -> list[Cue]:
    """Every n-gram that tells a pair apart, the one that gives most away first; a negative gain misleads the probe.

    The gains add up to the summed margins of the probe of `harness.dataset.shortcut.pairwise`, so that they say what drives it.
    Raises InputError where the pairs come from fewer clusters than that gate asks for.
    """
    asked = contrast(claims)
    found = pairs(asked)
    n_clusters = len({asked[position].cluster for position in found[:, 0]})
    if n_clusters < MIN_CLUSTERS:
        raise InputError(
            f"supported-refuted pairs of one family and kind come from {n_clusters} clusters; expected {MIN_CLUSTERS} or more"
        )
    codes = np.array([SIDES.index(claim.veracity) for claim in asked], dtype=np.intp)
    made = vectorizer(characters=characters)
    table = made.fit_transform([claim.text for claim in asked])
    apart = table[found[:, 0]] - table[found[:, 1]]
    gains, parts = np.zeros(table.shape[1]), partitions(asked, codes)
    for folds in parts:
        for fold in np.unique(folds):
            learned = folds != fold
            weights = classifier().fit(table[learned], codes[learned]).coef_[0]
            gains += np.asarray(apart[folds[found[:, 0]] == fold].sum(axis=0)).ravel() * weights / len(parts)
    holds, names = table.tocsc(), made.get_feature_names_out()
    telling = np.flatnonzero(np.abs(apart).sum(axis=0))
    return [
        _cue(str(names[column]), float(gains[column]), [asked[row] for row in holds[:, column].nonzero()[0]])
        for column in telling[np.argsort(-gains[telling], kind="stable")]
    ]


def _cue(ngram: str, gain: float, holders: Sequence[Claim]) -> Cue:
    return Cue(
        ngram=ngram,
        gain=gain,
        supported=tuple(claim.id for claim in holders if claim.veracity is Veracity.SUPPORTED),
        refuted=tuple(claim.id for claim in holders if claim.veracity is Veracity.REFUTED),
        n_clusters=len({claim.cluster for claim in holders}),
    )
