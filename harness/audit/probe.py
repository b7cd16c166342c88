"""Probes: linear classifiers, and trees for numbers, that see a part of each question.

Trained on the train part and asked about the test part where a dataset has both, else out of fold by cluster. Letters: n questions, K labels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.audit.finding import Probe
from harness.errors import InputError
from harness.fold import assign, draw
from harness.metric import Codes, bind
from harness.metric.answers import Answers
from harness.metric.balanced_accuracy import BalancedAccuracy
from harness.metric.macro_f1 import MacroF1
from harness.schema import Question
from harness.statistics.jackknife import interval
from harness.system.surface_form import form
from harness.task import Items

MARGIN = 0.05  # of balanced accuracy above chance: less is what any wording tells of its subject
N_FOLDS = 5
TRAIN, TEST = "train", "test"


@dataclass(frozen=True)
class Asked:
    """Questions and what trains for each: int[n] of folds; -1 is trained on alone."""

    questions: tuple[Question, ...]
    gold: Codes
    clusters: Codes
    folds: Codes
    labels: tuple[str, ...]
    how: str

    @property
    def shown(self) -> np.ndarray:
        """bool[n]: those that are asked."""
        return self.folds >= 0

    @property
    def majority(self) -> float:
        """Share of the most frequent label among the asked."""
        return float(np.bincount(self.gold[self.shown]).max() / self.shown.sum())


def asked(items: Items, rows: int | None, seed: int) -> Asked:
    """At most so many questions, drawn by the seed; folds by cluster, or the dataset's train and test. Raises InputError for one label."""
    chosen = sorted(items.questions, key=lambda q: draw(seed, q.id))[:rows]
    labels = tuple(label for label in items.labels if any(items.gold[q.id] == label for q in chosen))
    if len(labels) < 2:
        raise InputError(f"all {len(chosen)} questions have the label {labels[0]}; expected two labels or more")
    code = {label: place for place, label in enumerate(labels)}
    splits = [items.slices[q.id].get("split", "-") for q in chosen]
    names = [items.clusters[q.id] for q in chosen]
    if {TRAIN, TEST} <= set(splits):
        open_ = {name for name, split in zip(names, splits, strict=True) if split == TEST}
        use = [
            split == TEST or (split == TRAIN and name not in open_) for split, name in zip(splits, names, strict=True)
        ]
        folds = np.array([0 if split == TEST else -1 for split in splits])
        how = (
            "Probes are trained on the train part and asked about the test part, clusters in both left out of training."
        )
    else:
        by_label: dict[str, Counter[str]] = defaultdict(Counter)
        for question, name in zip(chosen, names, strict=True):
            by_label[name][items.gold[question.id]] += 1
        fold = assign(by_label, min(N_FOLDS, len(by_label)), seed)
        use, folds = [True] * len(chosen), np.array([fold[name] for name in names])
        how = "Probes are asked out of fold, clusters whole."
    kept = np.array(use)
    if not (folds[kept] != 0).any():
        raise InputError(
            "every cluster of the train part is in the test part too; expected dataset.columns.cluster by which some are not"
        )
    number = {name: place for place, name in enumerate(sorted(set(names)))}
    return Asked(
        questions=tuple(question for question, keep in zip(chosen, use, strict=True) if keep),
        gold=np.array([code[items.gold[q.id]] for q in chosen])[kept],
        clusters=np.array([number[name] for name in names])[kept],
        folds=folds[kept],
        labels=labels,
        how=how,
    )


def probes(of: Asked, metadata: Mapping[str, Mapping[str, str]]) -> list[Probe]:
    """Every probe that has something to see; metadata by question id and column."""
    claims = [q.claim for q in of.questions]
    texts = ["\n".join(e.text for e in q.evidence) for q in of.questions]
    found = [_probe("the claim's words", of, _words(claims))]
    if any(texts):
        both = [f"{claim}\n{text}" for claim, text in zip(claims, texts, strict=True)]
        found += [
            _probe("the evidence's words", of, _words(texts)),
            _probe("the words of both (for comparison)", of, _words(both)),
        ]
    found.append(_probe("the claim's surface form", of, _dicts([surface(claim) for claim in claims])))
    if any(texts):
        found.append(_probe("the evidence's surface form", of, _dicts([surface(text) for text in texts])))
    columns = sorted({name for row in metadata.values() for name in row})
    told = [metadata.get(q.id, {}) for q in of.questions]
    numeric = [name for name in columns if all(_is_number(row.get(name, "")) for row in told)]
    if numeric:
        table = np.array([[float(row.get(name) or "nan") for name in numeric] for row in told])
        found.append(_probe(f"metadata, numbers: {', '.join(numeric)}", of, _numbers(table)))
    for name in (name for name in columns if name not in numeric):
        found.append(_probe(f"metadata: {name}", of, _words([row.get(name, "") for row in told])))
    return found


def surface(text: str) -> dict[str, float]:
    """Lengths, letter case, digits and marks, and no word."""
    letters = [c for c in text if c.isalpha()]
    return form(text) | {
        "characters": float(len(text)),
        "begins_in_capitals": float(text[:1].isupper()),
        "upper_case": sum(c.isupper() for c in letters) / max(len(letters), 1),
        "ends_with_a_stop": float(text.rstrip().endswith(".")),
        "spaces_at_an_end": float(text != text.strip()),
        "double_spaces": float("  " in text),
    }


def _is_number(text: str) -> bool:
    try:
        return text == "" or np.isfinite(float(text))
    except ValueError:
        return False


Given = Callable[[np.ndarray, np.ndarray, Codes], Codes]
"""From training rows, asked rows (bool[n] each) and gold int[n] to labels of the asked."""


def _words(texts: Sequence[str]) -> Given:
    def given(train: np.ndarray, ask: np.ndarray, gold: Codes) -> Codes:
        from sklearn.feature_extraction.text import TfidfVectorizer

        columns = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+" if _short(texts) else r"(?u)\b\w\w+\b")
        try:
            rows = columns.fit_transform([texts[int(k)] for k in np.flatnonzero(train)])
        except ValueError:  # no words at all
            return np.full(int(ask.sum()), np.bincount(gold[train]).argmax())
        made: Codes = (
            _linear().fit(rows, gold[train]).predict(columns.transform([texts[int(k)] for k in np.flatnonzero(ask)]))
        )
        return made

    return given


def _short(texts: Sequence[str]) -> bool:
    return max((len(text.split()) for text in texts), default=0) < 3


def _dicts(rows: Sequence[dict[str, float]]) -> Given:
    table = np.array([list(row.values()) for row in rows])

    def given(train: np.ndarray, ask: np.ndarray, gold: Codes) -> Codes:
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        made: Codes = make_pipeline(StandardScaler(), _linear()).fit(table[train], gold[train]).predict(table[ask])
        return made

    return given


def _numbers(table: Any) -> Given:
    def given(train: np.ndarray, ask: np.ndarray, gold: Codes) -> Codes:
        from sklearn.ensemble import HistGradientBoostingClassifier

        trees = HistGradientBoostingClassifier(class_weight="balanced", max_iter=60, random_state=0)
        made: Codes = trees.fit(table[train], gold[train]).predict(table[ask])
        return made

    return given


def _linear() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(class_weight="balanced", max_iter=1000)


def _probe(name: str, of: Asked, given: Given) -> Probe:
    predicted = np.full(len(of.gold), -1)
    for fold in np.unique(of.folds[of.shown]):
        ask = of.folds == fold
        train = ~ask
        if len(np.unique(of.gold[train])) < 2:
            predicted[ask] = of.gold[train][0]
        else:
            predicted[ask] = given(train, ask, of.gold)
    shown = of.shown
    clusters = np.unique(of.clusters[shown], return_inverse=True)[1]
    answers = Answers(
        tuple(q.id for q, k in zip(of.questions, shown, strict=True) if k),
        of.gold[shown],
        predicted[shown],
        clusters,
        of.labels,
    )
    scorer, one = bind(BalancedAccuracy(), answers), np.ones((1, len(clusters)))
    # Where all are right the value is a proportion, and has its exact interval: the plainest leak must not go without one.
    found = interval(scorer, clusters, is_proportion=True)  # type: ignore[arg-type]
    chance = 1 / len(of.labels)
    known = not np.isnan(found.low)
    return Probe(
        name=name,
        n=len(clusters),
        accuracy=float((answers.gold == answers.predicted).mean()),
        macro_f1=float(bind(MacroF1(), answers).score(one)[0]),  # type: ignore[union-attr]
        balanced=found.value,
        low=found.low if known else None,
        high=found.high if known else None,
        chance=chance,
        flagged=bool(known and found.low > chance + MARGIN),
    )
