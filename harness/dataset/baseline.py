"""Probes as baselines: what each kind of side information alone scores on the veracity of factual claims.

A system that reads the evidence has to beat these. They are asked out of fold on the dataset's own folds, and scored like systems.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from harness.dataset import probe
from harness.dataset.probe import Encode, Rows, out_of_fold
from harness.label import Content, Stance, Veracity
from harness.metric import Codes, Floats
from harness.metric.accuracy import Accuracy
from harness.metric.macro_f1 import MacroF1
from harness.record import Record, number
from harness.schema import Claim, Pair, Passage
from harness.statistics.jackknife import interval


class Baseline(Record):
    """One probe with its scores."""

    probe: str
    """What it sees."""
    macro_f1: float
    """Over the four labels."""
    low: float | None
    """Lower end of the 95 % interval by cluster."""
    high: float | None
    """Upper end."""
    accuracy: float
    """Share of right answers."""
    n: int
    """Claims."""
    n_clusters: int
    """Clusters that they come from."""


def baselines(
    claims: Sequence[Claim], pairs: Sequence[Pair], passages: Mapping[str, Passage], encode: Encode, seed: int = 0
) -> list[Baseline]:
    """Majority and chance, then each probe, on the factual claims; the fold of a claim is the dataset's own.

    Raises InputError where all claims stand in one fold.
    """
    asked = sorted((claim for claim in claims if claim.content is Content.FACTUAL), key=lambda claim: claim.id)
    labels = tuple(Veracity)
    codes = np.array([labels.index(claim.veracity) for claim in asked], dtype=np.intp)
    folds = probe.partitions(asked, codes)[0]
    probes: dict[str, Rows] = {
        "words of the claim": probe.words,
        "characters of the claim": probe.characters,
        "embedding of the claim": probe.embedding(encode),
        "surface form (case, length, punctuation, negation words, digits)": probe.surface,
        "kind of edit, form, article and section": metadata(passages),
        "words of the gold passages, without the claim": evidence_words(passages),
        "number and length of gold passages": probe.gold_passages(passages),
        "stance labels of the claim's pairs": stances(pairs),
    }
    found = [
        _scored("majority label", _per_fold(codes, folds, _majority), codes, asked),
        _scored("chance, by the shares of labels", _per_fold(codes, folds, _chance(seed)), codes, asked),
    ]
    with threadpool_limits(1):
        for name, rows in probes.items():
            given = out_of_fold(rows(asked), codes, folds, len(labels)).argmax(axis=1)
            found.append(_scored(name, given, codes, asked))
    return found


def metadata(passages: Mapping[str, Passage]) -> Rows:
    """Rows float[n, d]: one-hot kind of edit, form, article, and section of the passage that the family comes from."""

    def rows(claims: Sequence[Claim]) -> Floats:
        section = {c.family: passages[c.spans[0].passage].section.value for c in claims if c.spans}
        fields = [(c.edit or "extracted", c.form, c.article, section.get(c.family, "-")) for c in claims]
        return _one_hot([[f"{i} {value}" for i, value in enumerate(field)] for field in fields])

    return rows


def evidence_words(passages: Mapping[str, Passage]) -> Rows:
    """Rows float[n, d]: TF-IDF of the gold passages' words; a withheld passage gives none."""

    def rows(claims: Sequence[Claim]) -> Floats:
        texts = [" ".join(passages[id_].text or id_ for id_ in claim.evidence) for claim in claims]
        found: Floats = probe.vectorizer(characters=False).fit_transform(texts).toarray()
        return found

    return rows


def stances(pairs: Sequence[Pair]) -> Rows:
    """Rows float[n, 4]: how many of a claim's pairs carry each stance label, as the article's voice and the actors gave it."""
    counts: dict[str, Counter[Stance]] = defaultdict(Counter)
    for pair in pairs:
        counts[pair.claim][pair.stance] += 1

    def rows(claims: Sequence[Claim]) -> Floats:
        return np.array([[counts[claim.id][label] for label in Stance] for claim in claims], dtype=np.float64)

    return rows


def _one_hot(fields: Sequence[Sequence[str]]) -> Floats:
    columns = {value: i for i, value in enumerate(sorted({value for row in fields for value in row}))}
    made: Floats = np.zeros((len(fields), len(columns)))
    for row, values in enumerate(fields):
        made[row, [columns[value] for value in values]] = 1.0
    return made


def _per_fold(codes: Codes, folds: Codes, answer: Callable[[Codes, int], Codes]) -> Codes:
    given = np.empty_like(codes)
    for fold in np.unique(folds):
        asked = folds == fold
        given[asked] = answer(codes[~asked], int(asked.sum()))
    return given


def _majority(learned: Codes, n: int) -> Codes:
    return np.full(n, np.bincount(learned).argmax(), dtype=np.intp)


def _chance(seed: int) -> Callable[[Codes, int], Codes]:
    rng = np.random.default_rng(seed)
    return lambda learned, n: rng.choice(learned, size=n)


def _scored(name: str, given: Codes, codes: Codes, asked: Sequence[Claim]) -> Baseline:
    clusters = np.unique([claim.cluster for claim in asked], return_inverse=True)[1]
    n_labels = len(Veracity)
    found = interval(MacroF1().of(codes, given, n_labels), clusters, is_proportion=False)
    accuracy = Accuracy().of(codes, given, n_labels).score(np.ones((1, len(codes))))[0]
    return Baseline(
        probe=name,
        macro_f1=found.value,
        low=number(found.low),
        high=number(found.high),
        accuracy=float(accuracy),
        n=len(asked),
        n_clusters=found.n_clusters,
    )
