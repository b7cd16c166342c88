"""What a round's votes agree on: alpha with its interval, every two annotators' kappa, their evidence, and anchoring.

Read from what was pulled, since the Community edition of Label Studio has no agreement of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from harness.annotation.agreement import Agreement, agreement
from harness.annotation.interface import EVIDENCE
from harness.annotation.returned import Returned, given
from harness.dataset.cluster import clusters
from harness.dataset.source import Source
from harness.label import Task
from harness.record import Record, number

WORD = re.compile(r"\w+")


class Between(Record):
    """Two annotators on one task."""

    task: Task
    """The task."""
    a: str
    """A pseudonym."""
    b: str
    """Another."""
    n_items: int
    """Items on which both voted."""
    kappa: float | None
    """Cohen's kappa; `None` where both gave one and the same label throughout, or share no item."""
    evidence_f1: float | None
    """Mean token F1 of their marks, over items where either marked anything; `None` where there is none."""
    n_marked: int
    """Those items."""


class Anchoring(Record):
    """How often a label that was chosen beforehand was kept."""

    annotator: str
    """The pseudonym."""
    task: Task
    """The task."""
    n_prefilled: int
    """Votes on items that came with a label."""
    kept: float
    """Share of them with that same label."""


class Concord(Record):
    """Everything about one round."""

    round: int
    """The round."""
    tasks: tuple[Agreement, ...]
    """Agreement on each task that has an item with two votes."""
    pairs: tuple[Between, ...]
    """Every two annotators on every task."""
    anchoring: tuple[Anchoring, ...]
    """Where labels were chosen beforehand."""


def concord(source: Source, round_: int, projects: Sequence[Returned]) -> Concord:
    """Agreement of what came back; a task without an item that has two votes is not among `tasks`."""
    of = _clusters(source)
    by_task = {task: [p for p in projects if p.task is task] for task in Task}
    found = []
    for task, those in by_task.items():
        votes = [(item, _who(p), label) for p in those for item, label in p.labels.items()]
        n_votes = [sum(v[0] == item for v in votes) for item in {v[0] for v in votes}]
        if n_votes and max(n_votes) > 1:
            found.append(agreement(votes, of, task=task))
    pairs = [_between(source, a, b) for those in by_task.values() for a, b in combinations(those, 2)]
    return Concord(round=round_, tasks=tuple(found), pairs=tuple(pairs), anchoring=tuple(_anchoring(projects)))


def token_f1(source: Source, a: Sequence[Mapping[str, Any]], b: Sequence[Mapping[str, Any]]) -> float:
    """F1 of the words that two annotators marked, a word being marked where a mark touches it (as in Rajpurkar et al. 2016, on positions)."""
    ours, theirs = (_words(source, marks) for marks in (a, b))
    shared = len(ours & theirs)
    return 2 * shared / (len(ours) + len(theirs)) if ours or theirs else float("nan")


def _between(source: Source, a: Returned, b: Returned) -> Between:
    from sklearn.metrics import cohen_kappa_score

    both = sorted(a.labels.keys() & b.labels.keys())
    ours, theirs = [a.labels[i] for i in both], [b.labels[i] for i in both]
    # One label throughout leaves nothing to agree on beyond chance.
    kappa = float(cohen_kappa_score(ours, theirs)) if len({*ours, *theirs}) > 1 else None
    marks_a, marks_b = _marks(a), _marks(b)
    marked = [i for i in both if marks_a[i] or marks_b[i]]
    f1 = [token_f1(source, marks_a[i], marks_b[i]) for i in marked]
    return Between(
        task=a.task, a=_who(a), b=_who(b), n_items=len(both), kappa=None if kappa is None else number(kappa),
        evidence_f1=sum(f1) / len(f1) if f1 else None, n_marked=len(marked),
    )  # fmt: skip


def _marks(project: Returned) -> dict[str, list[dict[str, Any]]]:
    return {
        entry["data"]["item"]: [
            part["value"] for part in entry["annotations"][0]["result"] if part["from_name"].startswith(f"{EVIDENCE}_")
        ]
        for entry in project.entries
    }


def _words(source: Source, marks: Sequence[Mapping[str, Any]]) -> set[tuple[str, int]]:
    return {
        (mark["article"], word.start())
        for mark in marks
        for word in WORD.finditer(source.articles[mark["article"]])
        if word.start() < mark["end"] and mark["start"] < word.end()
    }


def _anchoring(projects: Sequence[Returned]) -> list[Anchoring]:
    found = []
    for p in projects:
        before = [
            (e["data"]["prefilled"], given(e)[p.task.value]["choices"][0])
            for e in p.entries
            if "prefilled" in e["data"]
        ]
        if before:
            kept = sum(a == b for a, b in before) / len(before)
            found.append(Anchoring(annotator=_who(p), task=p.task, n_prefilled=len(before), kept=kept))
    return found


def _clusters(source: Source) -> dict[str, str]:
    """The cluster of every item; a passage without a claim is one of its own."""
    of = clusters(source.claims)
    own = {claim.spans[0].passage: of[claim.id] for claim in source.claims.values() if claim.spans}
    passages = {id_: own.get(id_, id_) for id_ in source.passages}
    return of | passages | {pair.id: of[pair.claim] for pair in source.pairs.values()}


def _who(project: Returned) -> str:
    return project.title.split("-")[1]
