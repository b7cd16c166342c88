"""How far a round is: votes by project, agreement so far, what to label next, and when it will be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from harness.annotation.campaign import Campaign
from harness.annotation.concord import concord
from harness.annotation.exchange import collect
from harness.annotation.label_studio import Server
from harness.annotation.page import two
from harness.annotation.returned import Returned
from harness.label import Task

N_NEXT = 5


def progress(server: Server, campaign: Campaign) -> Iterator[str]:
    """Lines for a person."""
    projects = collect(server, campaign)
    for p in projects:
        n_left = len(p.items) - len(p.entries) - len(p.skipped)
        skipped = f", {len(p.skipped)} skipped" if p.skipped else ""
        yield f"{p.title}: {len(p.entries)} of {len(p.items)}{skipped}{_finish(p, n_left, datetime.now(UTC))}"
    for agreed in concord(campaign.source(), campaign.round, projects).tasks:
        around = f" ({two(agreed.low)} to {two(agreed.high)})" if agreed.low is not None else ""
        yield f"agreement on {agreed.task}: alpha {two(agreed.alpha)}{around} on {agreed.n_items} items"
    for task in Task:
        ids = next_items([p for p in projects if p.task is task])
        if ids:
            yield f"next in {task}: {', '.join(ids[:N_NEXT])}"


def next_items(projects: Sequence[Returned]) -> list[str]:
    """Items that someone has not voted on: fewest votes first, then those with most different labels, then by id."""
    votes: dict[str, Counter[str]] = {item: Counter() for p in projects for item in p.items}
    for p in projects:
        for item, label in p.labels.items():
            votes[item][label] += 1
    open_ = {i for p in projects for i in p.items if i not in p.labels and i not in p.skipped}
    return sorted(open_, key=lambda i: (votes[i].total(), -len(votes[i]), i))


def _finish(project: Returned, n_left: int, now: datetime) -> str:
    """Work left at the median time a vote, and the day on which it ends at the pace since the first vote."""
    if not n_left:
        return ", complete"
    told = ""
    if project.lead_s:
        told = f", about {timedelta(seconds=round(project.lead_s * n_left))} of work left"
    moments = [datetime.fromisoformat(t) for t in project.times if t]
    if len(moments) > 1:
        # From the first vote to this moment, so that a pause slows the pace.
        pace = (now - moments[0]) / len(moments)
        told += f", done on {(now + pace * n_left).date()} at the pace so far"
    return told
