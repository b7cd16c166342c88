"""Probes: linear classifiers that see only what should tell nothing of a label, asked out of fold.

Letters: n claims, d features, K labels. Features are made once from all claims, test folds included, for they hold no label.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError
from harness.fold import assign
from harness.metric import Codes, Floats
from harness.schema import Claim, Passage

# From one grouping of clusters to another a pairwise accuracy on 100 pairs varies by .02; the mean of twenty, by .005.
N_PARTITIONS = 20
# Eigenvalues below this share of the largest are rounding: crossed wordings are linearly dependent.
NO_LENGTH = 1e-9

Encode = Callable[[str], NDArray[np.float32]]
Rows = Callable[[Sequence[Claim]], Any]
"""From n claims to float[n, d], dense or sparse by rows."""

PUNCTUATION = ",.;:?!\"'()-%"
NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['’]t\b", flags=re.IGNORECASE
)


def vectorizer(*, characters: bool) -> Any:
    """TF-IDF of words and pairs of words, or of character 2- to 5-grams; of lower-cased text."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char", ngram_range=(2, 5)) if characters else TfidfVectorizer(ngram_range=(1, 2))


def words(claims: Sequence[Claim]) -> Any:
    """Sparse float[n, d]: words and pairs of words; so few a claim that a fit is faster than on rotated rows."""
    return vectorizer(characters=False).fit_transform([claim.text for claim in claims]).tocsr()


def characters(claims: Sequence[Claim]) -> Floats:
    """float[n, d]: character 2- to 5-grams."""
    return _rotated(vectorizer(characters=True).fit_transform([claim.text for claim in claims]))


def embedding(encode: Encode) -> Rows:
    """Rows float[n, d] of embedded texts."""
    return lambda claims: np.array([encode(claim.text) for claim in claims], dtype=np.float64)


def surface(claims: Sequence[Claim]) -> Floats:
    """float[n, d]: letter case, length, punctuation, negation words and digits; no word is told from another."""
    return _standardised(np.array([_surface(claim.text) for claim in claims], dtype=np.float64))


def gold_passages(passages: Mapping[str, Passage]) -> Rows:
    """Rows float[n, d]: number and total length of the gold passages, and the claim's length; with squares of the lengths.

    Lengths are of offsets, so that withheld texts do not matter.
    """

    def rows(claims: Sequence[Claim]) -> Floats:
        gold = [[passages[id_] for id_ in claim.evidence] for claim in claims]
        number = np.array([[len(found) >= n for n in (2, 3, 4)] for found in gold], dtype=np.float64)
        total = [sum(passage.end - passage.start for passage in found) for found in gold]
        length = _standardised(np.log1p(np.array([total, [len(claim.text) for claim in claims]], dtype=np.float64).T))
        return _standardised(np.hstack([number, length, np.square(length)]))

    return rows


def partitions(claims: Sequence[Claim], codes: Codes) -> list[Codes]:
    """Folds int[n], N_PARTITIONS times: the dataset's own, then regroupings of its clusters that keep labels even."""
    own = np.array([claim.fold for claim in claims], dtype=np.intp)
    n_folds = len(np.unique(own))
    if n_folds < 2:
        raise InputError(f"all {len(claims)} claims stand in one fold; expected at least two folds to ask out of fold")
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for claim, code in zip(claims, codes, strict=True):
        labels[claim.cluster][str(code)] += 1
    regrouped = [assign(labels, n_folds, seed) for seed in range(1, N_PARTITIONS)]
    return [own, *(np.array([made[claim.cluster] for claim in claims], dtype=np.intp) for made in regrouped)]


def out_of_fold(rows: Any, codes: Codes, folds: Codes, n_labels: int) -> Floats:
    """Probabilities float[n, K] of each claim by a classifier that learned from the other folds; 0 for an unseen label.

    Rounded to nine digits, so that equal rows are tied whatever the order of sums.
    """
    given = np.zeros((len(codes), n_labels))
    for fold in np.unique(folds):
        asked = folds == fold
        seen = np.unique(codes[~asked])
        if len(seen) == 1:
            given[asked, seen[0]] = 1.0
        else:
            fitted = classifier().fit(rows[~asked], codes[~asked])
            given[np.ix_(asked, seen)] = fitted.predict_proba(rows[asked])
    return np.round(given, 9)


def classifier() -> Any:
    """The classifier of the published claim-only probe."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(class_weight="balanced", max_iter=1000)


def _rotated(sparse: Any) -> Floats:
    """The same rows in at most n dimensions: inner products, and with them an L2-regularised fit, stay as they are."""
    values, vectors = np.linalg.eigh((sparse @ sparse.T).toarray())
    kept = values > NO_LENGTH * values.max()
    rows: Floats = vectors[:, kept] * np.sqrt(values[kept])
    return rows


def _standardised(rows: Floats) -> Floats:
    spread = rows.std(axis=0)
    made: Floats = (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return made


def _surface(text: str) -> list[float]:
    found = re.findall(r"\w+", text)
    letters = [char for char in text if char.isalpha()]
    return [
        len(text),
        len(found),
        len(letters) / max(len(found), 1),
        sum(char.isupper() for char in letters) / max(len(letters), 1),
        sum(word[0].isupper() for word in found),
        sum(word.isupper() and len(word) > 1 for word in found),
        float(text[:1].isupper()),
        *(text.count(mark) for mark in PUNCTUATION),
        float(text.endswith(".")),
        len(NEGATION.findall(text)),
        float(NEGATION.search(text) is not None),
        sum(char.isdigit() for char in text),
        len(re.findall(r"\d+", text)),
    ]
