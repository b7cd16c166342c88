"""How a claim and its evidence fit, as numbers: what they share and where, what clashes, who hedges and who denies.

    PairFeatures().fit(table).transform(table)   # float[n, F], named by get_feature_names_out()

It reads English. Rarity of words (idf) and topics are learnt from the training texts; everything else is fixed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin

from harness.system.overlap import agree
from harness.system.passage import CUES, LEAD, Analysis, Sentence, analyse

# How many n-grams of characters of the claim stand in the evidence: near copies, whatever the words' borders.
GRAMS = (4, 8, 16)
TOP = 3  # sentences that are looked at for cues: those that share most with the claim
CACHE = 4096  # vectors of topics of distinct texts; 50 floats each


class PairFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """From rows of claim, evidence and holder to features of the pair.

    `n_topics` adds as many topics (latent semantic analysis) of the claim and of the evidence, and the cosine between the two.
    """

    def __init__(self, n_topics: int = 0, random_state: int = 0) -> None:
        self.n_topics = n_topics
        self.random_state = random_state

    def fit(self, rows: npt.NDArray[np.object_], labels: Any = None) -> PairFeatures:  # noqa: ARG002 - scikit-learn's signature
        """Learn the rarity of words from the distinct texts of the rows, and the topics."""
        texts = sorted({text for row in rows for text in row[:2] if text})
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(analyse(text).stems.keys())
        self.n_texts_ = len(texts)
        # As scikit-learn's smooth_idf: log((1 + n) / (1 + df)) + 1.
        self.idf_ = {stem: math.log((1 + len(texts)) / (1 + n)) + 1 for stem, n in counts.items()}
        self.unseen_ = math.log(1 + len(texts)) + 1
        self.topics_ = self._topics(texts)
        self.vectors_: dict[str, npt.NDArray[np.float64]] = {}
        return self

    def transform(self, rows: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
        """float[n, F]; features of a pair without evidence are 0 but for those of the claim."""
        table = [list(self._features(*row).values()) for row in rows]
        made = np.array(table, dtype=np.float64).reshape(len(rows), -1)
        return np.hstack([made, self._topic_columns(rows)]) if self.topics_ is not None else made

    def get_feature_names_out(self, names: Any = None) -> npt.NDArray[np.object_]:  # noqa: ARG002 - scikit-learn's signature
        """The names of the columns."""
        n = 0 if self.topics_ is None else self.topics_[-1].n_components
        topics = [f"{what}_topic_{k}" for what in ("claim", "evidence") for k in range(n)]
        return np.array([*self._features("a", "b", ""), *topics, *["topics_cosine"] * bool(n)], dtype=object)

    def _features(self, claim: str, evidence: str, holder: str) -> dict[str, float]:
        a, b = analyse(claim), analyse(evidence)
        best = sorted(b.sentences, key=lambda s: (-self._held(a.stems, s.stems), s.place))[:TOP]
        shared = [self._held(a.stems, s.stems) for s in best]
        return (
            {
                "cosine": self._cosine(a.stems, b.stems),
                "cosine_lead": self._cosine(a.stems, b.lead),
                "cosine_best": max((self._cosine(a.stems, s.counts) for s in best), default=0.0),
                "held": self._held(a.stems, b.stems),
                "held_lead": self._held(a.stems, b.lead),
                "held_best": shared[0] if shared else 0.0,
                "held_next": shared[1] if len(shared) > 1 else 0.0,
                "held_sum": sum(self._held(a.stems, s.stems) for s in b.sentences),
                "best_place": best[0].place / len(b.sentences) if best else 0.0,
                "jaccard": _share(len(a.stems.keys() & b.stems.keys()), len(a.stems.keys() | b.stems.keys())),
                "bigrams": _share(len(a.bigrams & b.bigrams), len(a.bigrams)),
                "claim_words": math.log1p(a.n_words),
                "evidence_words": math.log1p(b.n_words),
                "n_sentences": math.log1p(len(b.sentences)),
                "holder_named": _share(len(analyse(holder).stems.keys() & b.stems.keys()), len(analyse(holder).stems)),
            }
            | _grams(claim, evidence)
            | _facts(a, b)
            | _cues(a, b, best)
        )

    def _held(self, claim: Mapping[str, int], text: Iterable[str]) -> float:
        """The share of the claim's words, by rarity, that the text holds."""
        stems = text if isinstance(text, frozenset | dict) else frozenset(text)
        weights = [(self.idf_.get(stem, self.unseen_), stem in stems) for stem in claim]
        return _share(sum(w for w, there in weights if there), sum(w for w, _ in weights))

    def _cosine(self, a: Mapping[str, int], b: Mapping[str, int]) -> float:
        dot = sum(n * b[s] * self.idf_.get(s, self.unseen_) ** 2 for s, n in a.items() if s in b)
        return _share(dot, math.sqrt(self._square(a) * self._square(b))) if dot else 0.0

    def _square(self, a: Mapping[str, int]) -> float:
        return sum((n * self.idf_.get(s, self.unseen_)) ** 2 for s, n in a.items())

    def _topics(self, texts: Sequence[str]) -> Any:
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline

        if not self.n_topics:
            return None
        words = TfidfVectorizer(sublinear_tf=True, min_df=2 if len(texts) > 100 else 1, stop_words="english")
        try:
            width = words.fit_transform(texts).shape
        except ValueError:  # not one word in them
            return None
        n = min(self.n_topics, min(width) - 1)
        if n < 1:
            return None
        return make_pipeline(words, TruncatedSVD(n, random_state=self.random_state)).fit(texts)

    def _topic_columns(self, rows: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
        """float[n, 2 T + 1]: the claim's topics, the evidence's, and their cosine."""
        new = sorted({text for row in rows for text in row[:2]} - self.vectors_.keys())
        if len(self.vectors_) + len(new) > CACHE:
            self.vectors_.clear()
            new = sorted({text for row in rows for text in row[:2]})
        if new:
            self.vectors_.update(zip(new, self.topics_.transform(new), strict=True))
        claim, evidence = (np.array([self.vectors_[row[k]] for row in rows]) for k in (0, 1))
        length = np.linalg.norm(claim, axis=1) * np.linalg.norm(evidence, axis=1)
        cosine = np.divide((claim * evidence).sum(axis=1), length, out=np.zeros(len(rows)), where=length > 0)
        return np.hstack([claim, evidence, cosine[:, None]])


def _grams(claim: str, evidence: str) -> dict[str, float]:
    low, text = claim.lower(), evidence.lower()
    made = {}
    for n in GRAMS:
        grams = {low[k : k + n] for k in range(0, len(low) - n + 1, 2)}
        made[f"grams_{n}"] = _share(sum(gram in text for gram in grams), len(grams))
        made[f"grams_{n}_lead"] = _share(sum(gram in text[:LEAD] for gram in grams), len(grams))
    return made


def _facts(a: Analysis, b: Analysis) -> dict[str, float]:
    """Numbers with their units, dates and names: the shares of the claim's that the evidence has, and that clash with it."""
    numbers, units = a.numbers & b.numbers, {unit for _, unit in b.quantities}
    dates = {date for date in a.dates if any(agree(date, other) for other in b.dates)}
    clashing = {(value, unit) for value, unit in a.quantities if unit in units and (value, unit) not in b.quantities}
    return {
        "numbers_agree": _share(len(numbers), len(a.numbers)),
        "numbers_clash": _share(len(a.numbers - numbers), len(a.numbers)) if b.numbers else 0.0,
        "quantities_agree": _share(len(a.quantities & b.quantities), len(a.quantities)),
        "quantities_clash": _share(len(clashing), len(a.quantities)),
        "dates_agree": _share(len(dates), len(a.dates)),
        "dates_clash": _share(len(a.dates - dates), len(a.dates)) if b.dates else 0.0,
        "names_agree": _share(len(a.names & b.names), len(a.names)),
        "names_missing": _share(len(a.names - b.names), len(a.names)) if b.names else 0.0,
    }


def _cues(a: Analysis, b: Analysis, best: Sequence[Sentence]) -> dict[str, float]:
    """Denials, hedges, confirmations and negations: in the claim, in the lead, and in the sentences that share most with the claim."""
    made: dict[str, float] = {
        "negation_one_sided": float(a.cues["negation"] > 0) != float(bool(best) and best[0].cues["negation"] > 0),
        "question": float(a.n_questions > 0),
        "quoted": float(a.n_quotes > 0),
        "evidence_quotes": math.log1p(b.n_quotes),
        "evidence_questions": math.log1p(b.n_questions),
    }
    for cue in CUES:
        made[f"claim_{cue}"] = float(a.cues[cue])
        made[f"lead_{cue}"] = float(b.lead_cues[cue])
        made[f"best_{cue}"] = float(best[0].cues[cue]) if best else 0.0
        made[f"top_{cue}"] = float(sum(s.cues[cue] for s in best))
        made[f"evidence_{cue}"] = _share(b.cues[cue], b.n_words)
        made[f"{cue}_gap"] = math.log1p(b.cues[cue]) - math.log1p(a.cues[cue])
    return {name: float(value) for name, value in made.items()}


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
