"""Agreement of the votes on the dataset's own items, field by field; the card shows it and the checks hold it to bars.

Where an item has votes of later rounds, those of the pilot, round 0, do not count; they stay published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from harness.annotation.agreement import Agreement, agreement, one_against_rest
from harness.label import CheckWorthiness, Choice, Section, Stance, Task, Veracity
from harness.record import Record
from harness.schema import Claim, Pair, Passage, Vote

NOT_BY_LOT = "without unrelated pairs drawn by lot"
NO_HEADINGS = "check-worthy or not, without headings"


@dataclass(frozen=True)
class Agreed:
    """What was found on each field."""

    found: tuple[Agreement, ...]
    """By task and slice; a task without an item that has two votes is not among them."""
    missing: tuple[str, ...]
    """One sentence for each such task."""
    votes: Mapping[Task, Sequence[Vote]]
    """The votes that were counted, by task."""

    def of(self, task: Task, slice_: str) -> Agreement | None:
        """The agreement on one slice; `None` where there are not two votes on an item of it."""
        return next((a for a in self.found if (a.task, a.slice) == (task, slice_)), None)


def agreed(votes: Sequence[Vote], tables: Mapping[str, Sequence[Record]], examples: Sequence[str] = ()) -> Agreed:
    """Agreement of the votes on the scored claims and pairs, and on all passages but those of the worked examples."""
    claims, pairs = cast("Sequence[Claim]", tables["claims"]), cast("Sequence[Pair]", tables["pairs"])
    passages = cast("Sequence[Passage]", tables["passages"])
    cluster = {claim.id: claim.cluster for claim in claims}
    clusters: dict[Task, dict[str, str]] = {
        Task.VERACITY: cluster,
        Task.STANCE: {pair.id: cluster[pair.claim] for pair in pairs},
        Task.CHECK_WORTHINESS: passage_clusters(tables, examples),
    }
    counted = after_pilot(votes)
    found: list[Agreement] = []
    missing: list[str] = []
    by_task: dict[Task, Sequence[Vote]] = {}
    for task, of in clusters.items():
        given = [vote for vote in counted if vote.task is task and vote.item in of]
        n_votes = Counter(vote.item for vote in given)
        if not given or max(n_votes.values()) < 2:
            n = f"{len(n_votes)} items have one vote each" if given else "there is no vote"
            missing.append(f"On {task.value.replace('_', '-')} {n}, so no agreement can be given.")
            continue
        by_task[task] = given
        found.append(agreement(given, of, task=task))
        if task is Task.VERACITY:
            found += [one_against_rest(given, of, label, task=task) for label in Veracity]
        elif task is Task.STANCE:
            found += [one_against_rest(given, of, label, task=task) for label in Stance]
            lot = {p.id for p in pairs if p.chosen is Choice.LOT and p.stance is Stance.UNRELATED}
            found += _slice([v for v in given if v.item not in lot], of, task, NOT_BY_LOT)
        else:
            headings = {p.id for p in passages if p.section is Section.HEADLINE}
            binary = [(v.item, v.annotator, str(v.label == CheckWorthiness.CHECK_WORTHY)) for v in given]
            found += _slice([v for v in binary if v[0] not in headings], of, task, NO_HEADINGS)
    return Agreed(tuple(found), tuple(missing), by_task)


def after_pilot(votes: Sequence[Vote]) -> list[Vote]:
    """All votes but the pilot's on items that were voted on again."""
    again = {(vote.task, vote.item) for vote in votes if vote.round > 0}
    return [vote for vote in votes if vote.round > 0 or (vote.task, vote.item) not in again]


def passage_clusters(tables: Mapping[str, Sequence[Record]], examples: Sequence[str]) -> dict[str, str]:
    """For every passage outside the examples the cluster of a claim that was taken from it, or one of its own."""
    own = {claim.spans[0].passage: claim.cluster for claim in cast("Sequence[Claim]", tables["claims"]) if claim.spans}
    passages = cast("Sequence[Passage]", tables["passages"])
    return {p.id: own.get(p.id, p.id) for p in passages if p.id not in examples}


def _slice(
    votes: Sequence[Vote | tuple[str, str, str]], clusters: Mapping[str, str], task: Task, name: str
) -> list[Agreement]:
    return [agreement(votes, clusters, task=task, slice_=name)] if votes else []
