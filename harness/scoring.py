"""Gold and predictions, joined by id, into scores: every metric on every slice, with interval, coverage and bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.errors import InputError
from harness.metric import Codes, Metric
from harness.record import number
from harness.schema import Prediction
from harness.score import Score
from harness.statistics.jackknife import FEW_CLUSTERS, FEW_CLUSTERS_OF_A_CLASS, interval
from harness.task import Items

LEAST_COVERAGE = 0.9  # below it what is missing may decide the result


@dataclass(frozen=True)
class Answers:
    """Gold and answers of some questions as codes, in the order of the ids; -1 is no label."""

    ids: tuple[str, ...]
    gold: Codes
    predicted: Codes
    clusters: np.ndarray
    """int[n], codes of the clusters."""
    labels: tuple[str, ...]

    def only(self, mask: np.ndarray) -> Answers:
        """Those that a boolean mask keeps."""
        ids = tuple(id_ for id_, kept in zip(self.ids, mask, strict=True) if kept)
        return Answers(ids, self.gold[mask], self.predicted[mask], self.clusters[mask], self.labels)

    def answered(self) -> Answers:
        """Those with a label."""
        return self.only(self.predicted >= 0)


def answers(items: Items, predictions: Mapping[str, Prediction], ids: Sequence[str]) -> Answers:
    """Join by id; a question without a prediction has no label. Raises InputError for a label that the task does not have."""
    code = {label: number for number, label in enumerate(items.labels)}
    numbers = {cluster: number for number, cluster in enumerate(sorted(set(items.clusters.values())))}
    given = [predictions[id_].label if id_ in predictions else None for id_ in ids]
    for id_, label in zip(ids, given, strict=True):
        if label is not None and label not in code:
            raise InputError(f'the answer to "{id_}" has label {label!r}; expected {", ".join(items.labels)}')
    return Answers(
        ids=tuple(ids),
        gold=np.array([code[items.gold[id_]] for id_ in ids], dtype=np.intp),
        predicted=np.array([-1 if label is None else code[label] for label in given], dtype=np.intp),
        clusters=np.array([numbers[items.clusters[id_]] for id_ in ids], dtype=np.intp),
        labels=items.labels,
    )


def scores(
    items: Items, predictions: Mapping[str, Prediction], ids: Sequence[str], metrics: Sequence[Metric]
) -> tuple[Score, ...]:
    """Scores of the declared ids; the first is the first metric on all of them."""
    joined = answers(items, predictions, ids)
    slices: dict[str, list[int]] = defaultdict(list)
    for position, id_ in enumerate(ids):
        for field, value in items.slices[id_].items():
            if value != "-":
                slices[f"{field}={value}"].append(position)
    masks = {"all": np.ones(len(ids), dtype=bool)}
    masks |= {name: np.isin(np.arange(len(ids)), slices[name]) for name in sorted(slices)}
    return tuple(_score(metric, name, joined.only(mask)) for name, mask in masks.items() for metric in metrics)


def confusion(joined: Answers) -> tuple[tuple[int, ...], ...]:
    """int[K, K] over the answered: row = gold, column = label given."""
    k = len(joined.labels)
    counts = np.zeros((k, k), dtype=np.int64)
    done = joined.answered()
    np.add.at(counts, (done.gold, done.predicted), 1)
    return tuple(tuple(int(n) for n in row) for row in counts)


def _score(metric: Metric, name: str, declared: Answers) -> Score:
    done, k = declared.answered(), len(declared.labels)
    found = interval(metric.of(done.gold, done.predicted, k), done.clusters, is_proportion=metric.is_proportion)
    ones = np.ones((1, len(declared.ids)))
    best = np.where(declared.predicted < 0, declared.gold, declared.predicted)
    bounds = [float(metric.of(declared.gold, p, k).score(ones)[0]) for p in (declared.predicted, best)]
    notes = [found.note] if found.note else []
    if name == "all" and len(done.ids) < LEAST_COVERAGE * len(declared.ids):
        # The bounds stay: they are all that can be said.
        found = replace(found, value=np.nan, low=np.nan, high=np.nan)
        notes = [
            f"only {len(done.ids)} of {len(declared.ids)} questions were answered: no value below {LEAST_COVERAGE:.0%}"
        ]
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
        note="; ".join(notes + (_guards(done) if name == "all" else [])),
    )


def _guards(done: Answers) -> list[str]:
    notes = []
    n = len(np.unique(done.clusters))
    if n < FEW_CLUSTERS:
        notes.append(f"only {n} clusters: the interval may be too narrow")
    for code, label in enumerate(done.labels):
        n_of = len(np.unique(done.clusters[done.gold == code]))
        if n_of == 0:
            notes.append(f"no question has gold {label}: its F1 counts 0 unless it is left alone")
        elif n_of < FEW_CLUSTERS_OF_A_CLASS:
            notes.append(f"gold {label} comes from only {n_of} clusters")
    return notes
