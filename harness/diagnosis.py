"""Beside who is ahead: where each system is worst, what doubtful labels do, and what is luck of seed or prompt."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from harness.finding import Ceiling, Noise, Variance, WorstSlice
from harness.metric import AnswerMetric, AnyMetric, Floats, Metric
from harness.metric.answers import Answers
from harness.metric.unanimous_accuracy import unanimous
from harness.pairwise import bound
from harness.record import number
from harness.run import Manifest, without
from harness.score import System
from harness.scoring import answers
from harness.statistics.components import ENOUGH_RUNS, components
from harness.statistics.jackknife import interval
from harness.statistics.label_noise import Stability, between_annotators, ceiling, stability
from harness.statistics.worst_slice import search
from harness.task import Items

# What a config may hold that only changes with the seed.
OF_SEED = frozenset({"seed", "random_state"})
N_WORST = 3


def worst_slices(rows: Sequence[System], items: Items) -> tuple[WorstSlice, ...]:
    """The slices where each contender is worst, at most three; every slice of every contender counts as a test."""
    contenders = [row for row in rows if not row.floor]
    found = []
    for row in contenders:
        joined = _answered(row, items)
        right = joined.gold == joined.predicted
        if not 0 < right.sum() < len(right):
            continue
        searched = search(right, joined.clusters, [items.slices[id_] for id_ in joined.ids], len(contenders))
        found += [
            WorstSlice(
                system=row.name,
                slice=one.name,
                value=one.value,
                rest=one.rest,
                low=number(one.low),
                high=number(one.high),
                p=number(one.p),
                p_holm=number(one.p_holm),
                n=one.n,
                n_clusters=one.n_clusters,
                n_searched=len(searched) * len(contenders),
            )
            for one in searched[:N_WORST]
            if one.value < one.rest
        ]
    return tuple(found)


def noise(
    rows: Sequence[System], items: Items, metric: AnyMetric, seed: int
) -> tuple[Ceiling | None, tuple[Noise, ...]]:
    """The annotators' ceiling, and each system on unanimous questions and under labels drawn from the votes.

    Values and ranks under drawn labels are of the systems that answered every question that any was asked, and among them alone.
    Without votes on these questions, or for a metric of more than labels, there is neither ceiling nor row.
    """
    if not items.votes or isinstance(metric, AnswerMetric):
        return None, ()
    whole = answers(items, {}, sorted({id_ for row in rows for id_ in row.predictions}))
    if whole.votes is None:
        return None, ()
    complete = [row for row in rows if len(row.answered) == len(whole.ids)]
    given = [_answered(row, items).predicted for row in complete]
    # A run with a missing answer has no place, and without a complete run there is none to draw.
    drawn = stability(metric, whole.votes, whole.gold, given, seed) if given else ()
    places = dict(zip((row.name for row in complete), drawn, strict=True))
    found = tuple(_under_noise(row, items, metric, places.get(row.name)) for row in rows)
    return _ceiling(metric, whole.votes, whole), found


def _ceiling(metric: Metric, votes: Floats, whole: Answers) -> Ceiling:
    reached, agreed = ceiling(metric, votes, whole.gold, whole.clusters), between_annotators(votes, whole.clusters)
    n_votes = votes.sum(axis=1)
    return Ceiling(
        value=number(reached.value),
        low=number(reached.low),
        high=number(reached.high),
        agreement=number(agreed.value),
        agreement_low=number(agreed.low),
        agreement_high=number(agreed.high),
        n_doubtful=int((n_votes > votes[np.arange(len(whole.gold)), whole.gold]).sum()),
        n=int((n_votes > 0).sum()),
    )


def _under_noise(row: System, items: Items, metric: Metric, place: Stability | None) -> Noise:
    joined = _answered(row, items)
    votes = np.zeros((len(joined.ids), len(joined.labels))) if joined.votes is None else joined.votes
    sure = joined.only(unanimous(votes, joined.gold))
    at = interval(
        bound(metric, sure),
        sure.clusters,
        is_proportion=metric.is_proportion,
        low=metric.facts.low,
        high=metric.facts.high,
        smooth=metric.facts.smooth,
    )
    return Noise(
        system=row.name,
        unanimous=number(at.value),
        unanimous_low=number(at.low),
        unanimous_high=number(at.high),
        n_unanimous=len(sure.ids),
        value_low=place.low if place else None,
        value_high=place.high if place else None,
        rank_low=place.rank_low if place else None,
        rank_high=place.rank_high if place else None,
        first=place.first if place else None,
    )


def variances(
    rows: Sequence[System], manifests: Mapping[str, Manifest], items: Items, metric: AnyMetric
) -> tuple[Variance, ...]:
    """For runs that differ in seed alone, and in prompt alone; `manifests` by the names of the rows."""
    found = []
    for factor, keys in (("seed", OF_SEED), ("prompt", frozenset({"prompt"}))):
        groups: dict[str, list[System]] = defaultdict(list)
        for row in rows:
            groups[_without(manifests[row.name], keys)].append(row)
        for same in groups.values():
            ids = sorted(frozenset.intersection(*(row.answered for row in same)))
            if len(same) < 2 or len({items.clusters[id_] for id_ in ids}) < 2:
                continue
            joined = [answers(items, row.predictions, ids) for row in same]
            made = components([bound(metric, one) for one in joined], joined[0].clusters)
            few = f"only {made.n_runs} runs: at least {ENOUGH_RUNS} are needed" if made.n_runs < ENOUGH_RUNS else ""
            found.append(
                Variance(
                    system=manifests[same[0].name].name,
                    factor=factor,
                    mean=made.mean,
                    sd=made.sd,
                    sd_low=made.sd_low,
                    sd_high=made.sd_high,
                    sampling=made.sampling,
                    single=made.single,
                    low=number(made.low),
                    high=number(made.high),
                    n_runs=made.n_runs,
                    n=len(ids),
                    note=few,
                )
            )
    return tuple(found)


def _without(manifest: Manifest, keys: frozenset[str]) -> str:
    """All that a run's answers depend on, but for some keys, as one text."""
    own = {key: value for key, value in manifest.config.items() if key != "metric"}
    declared = () if "seed" in keys else manifest.declared
    return json.dumps([manifest.name, manifest.dataset_sha256, without(own, keys), declared], sort_keys=True)


def _answered(row: System, items: Items) -> Answers:
    return answers(items, row.predictions, sorted(row.answered))
