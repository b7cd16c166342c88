"""Gold and predictions, joined by id, into scores: every metric on every slice, with interval, coverage and bounds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from harness.errors import InputError
from harness.metric import AnswerMetric, AnyMetric, Floats, bind
from harness.metric.answers import Answers
from harness.record import number
from harness.schema import Prediction
from harness.score import ENOUGH_COVERAGE, Score
from harness.statistics.crossed import crossed
from harness.statistics.guard import guard
from harness.statistics.jackknife import LEVEL, interval
from harness.statistics.worst_slice import MIN_CLUSTERS
from harness.task import Items

__all__ = ["Answers", "answers", "confusion", "scores"]


def answers(
    items: Items,
    predictions: Mapping[str, Prediction],
    ids: Sequence[str],
    stances_right: Mapping[str, float] | None = None,
) -> Answers:
    """Join by id; a question without a prediction has no label. Raises InputError for a label that the task does not have."""
    code = {label: place for place, label in enumerate(items.labels)}
    given = [predictions.get(id_) for id_ in ids]
    for id_, p in zip(ids, given, strict=True):
        if p is not None and p.label is not None and p.label not in code:
            raise InputError(f'the answer to "{id_}" has label {p.label!r}; expected {", ".join(items.labels)}')
    place = {id_: row for row, id_ in enumerate(ids)}
    return Answers(
        ids=tuple(ids),
        gold=np.array([code[items.gold[id_]] for id_ in ids], dtype=np.intp),
        predicted=np.array([-1 if p is None or p.label is None else code[p.label] for p in given], dtype=np.intp),
        clusters=_codes(items.clusters, ids),
        labels=items.labels,
        probabilities=_rows(
            [None if p is None or p.probabilities is None else p.probabilities for p in given], items.labels
        ),
        votes=_rows([items.votes.get(id_) for id_ in ids], items.labels, empty=0.0),
        families=_codes(items.families, ids) if items.families else None,
        parents=np.array([place.get(items.parents.get(id_, ""), -1) for id_ in ids], dtype=np.intp)
        if items.parents
        else None,
        passages=_codes(items.passages, ids) if items.passages else None,
        evidence=tuple(items.gold_evidence[id_] for id_ in ids) if items.gold_evidence else None,
        retrieved=tuple(() if p is None else p.evidence for p in given),
        texts=items.texts or None,
        tokens=_known([None if p is None else _sum(p.n_tokens_in, p.n_tokens_out) for p in given]),
        cost=_known([None if p is None else p.cost for p in given]),
        seconds=_known([None if p is None else p.seconds for p in given]),
        stances_right=_known([stances_right.get(id_) for id_ in ids]) if stances_right else None,
    )


def _codes(names: Mapping[str, str], ids: Sequence[str]) -> np.ndarray:
    numbers = {name: place for place, name in enumerate(sorted(set(names.values())))}
    return np.array([numbers[names[id_]] for id_ in ids], dtype=np.intp)


def _rows(given: Sequence[Mapping[str, float] | None], labels: Sequence[str], empty: float = np.nan) -> Floats | None:
    if not any(given):
        return None
    return np.array(
        [[empty if row is None else row.get(label, 0) for label in labels] for row in given], dtype=np.float64
    )


def _known(given: Sequence[float | None]) -> Floats | None:
    found = np.array([np.nan if value is None else value for value in given], dtype=np.float64)
    return None if np.isnan(found).all() else found


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def scores(
    items: Items,
    predictions: Mapping[str, Prediction],
    ids: Sequence[str],
    metrics: Sequence[AnyMetric],
    overall: Sequence[AnyMetric] = (),
    stances_right: Mapping[str, float] | None = None,
) -> tuple[Score, ...]:
    """Scores of the declared ids: `metrics` on every slice, `overall` on all of them alone; the first is the first metric on all.

    A metric that these answers do not carry what it needs for (probabilities, evidence, cost) is left out. A slice has a second interval,
    that holds for all slices of MIN_CLUSTERS clusters and more at once.
    """
    joined = answers(items, predictions, ids, stances_right)
    slices: dict[str, list[int]] = defaultdict(list)
    for position, id_ in enumerate(ids):
        for field, value in items.slices[id_].items():
            if value != "-":
                slices[f"{field}={value}"].append(position)
    masks = {"all": np.ones(len(ids), dtype=bool)}
    masks |= {name: np.isin(np.arange(len(ids)), slices[name]) for name in sorted(slices)}
    answered = joined.predicted >= 0
    enough = {name for name, mask in masks.items() if len(np.unique(joined.clusters[mask & answered])) >= MIN_CLUSTERS}
    level = 1 - (1 - LEVEL) / max(1, len(enough - {"all"}))
    found = []
    for name, mask in masks.items():
        declared = joined.only(mask)
        for metric in (*metrics, *(overall if name == "all" else ())):
            made = _score(metric, name, declared, level if name in enough - {"all"} else None)
            found += [] if made is None else [made]
    return tuple(found)


def confusion(joined: Answers) -> tuple[tuple[int, ...], ...]:
    """int[K, K] over the answered: row = gold, column = label given."""
    k = len(joined.labels)
    counts = np.zeros((k, k), dtype=np.int64)
    done = joined.answered()
    np.add.at(counts, (done.gold, done.predicted), 1)
    return tuple(tuple(int(n) for n in row) for row in counts)


def _score(metric: AnyMetric, name: str, declared: Answers, corrected: float | None) -> Score | None:
    done = declared.answered()
    bound = bind(metric, done)
    if bound is None:
        return None
    facts = metric.facts
    around = partial(
        interval,
        bound,
        done.clusters,
        is_proportion=metric.is_proportion,
        low=facts.low,
        high=facts.high,
        smooth=facts.smooth,
    )
    found, in_all = around(), None if corrected is None else around(level=corrected)
    bounds = _bounds(metric, declared)
    notes = [found.note] if found.note else []
    if name == "all" and len(done.ids) < ENOUGH_COVERAGE * len(declared.ids):
        # The bounds stay: they are all that can be said.
        found = replace(found, value=np.nan, low=np.nan, high=np.nan)
        notes = [
            f"only {len(done.ids)} of {len(declared.ids)} questions were answered: no value below {ENOUGH_COVERAGE:.0%}"
        ]
    by_both = None
    if name == "all" and facts.smooth and done.passages is not None and not math.isnan(found.low):
        by_both = crossed(bound, done.clusters, done.passages, facts.low, facts.high)
    return Score(
        metric=metric.name,
        slice=name,
        value=number(found.value),
        low=number(found.low),
        high=number(found.high),
        n=len(declared.ids),
        n_answered=len(done.ids),
        n_clusters=found.n_clusters,
        all_wrong=number(bounds[0]),
        all_right=number(bounds[1]),
        note="; ".join(notes + (guard(done.gold, done.predicted, done.clusters, done.labels) if name == "all" else [])),
        se=number(found.se),
        low_crossed=number(by_both.low) if by_both else None,
        high_crossed=number(by_both.high) if by_both else None,
        low_corrected=number(in_all.low) if in_all else None,
        high_corrected=number(in_all.high) if in_all else None,
    )


def _bounds(metric: AnyMetric, declared: Answers) -> tuple[float, float]:
    """The value if what is unanswered were wrong, and if it were right; nan for a metric of more than labels."""
    if isinstance(metric, AnswerMetric):
        return np.nan, np.nan
    ones = np.ones((1, len(declared.ids)))
    best = np.where(declared.predicted < 0, declared.gold, declared.predicted)
    wrong, right = (
        float(metric.of(declared.gold, p, len(declared.labels)).score(ones)[0]) for p in (declared.predicted, best)
    )
    return wrong, right
