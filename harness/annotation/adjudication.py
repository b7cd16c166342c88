"""From votes to decisions: what all voters say alike holds; where they differ, an adjudicator decides with all votes in sight.

Decisions are rows of `dataset/source/adjudications.jsonl`. A decision that is there is changed only by an adjudicator.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

from harness.annotation.campaign import ADJUDICATION, Campaign, data
from harness.annotation.exchange import guidelines, write_lines
from harness.annotation.interface import EVIDENCE, SAME_EVENT, WHY, screen
from harness.annotation.label_studio import Server
from harness.annotation.returned import given, returned
from harness.dataset.source import Source
from harness.errors import InputError
from harness.jsonl import read_lines
from harness.label import Task
from harness.record import Record
from harness.schema import Vote

log = logging.getLogger(__name__)
MAX_EVIDENCE = 4


class Adjudicated(Record):
    """What a call of `adjudicate` did with one task."""

    task: Task
    """The task."""
    n_agreed: int
    """Decisions taken from votes that are all the same."""
    n_differ: int
    """Items that the adjudicator has to decide, or has decided."""
    n_decided: int
    """Of these, how many are decided."""


def adjudicate(server: Server, campaign: Campaign) -> list[Adjudicated]:
    """Decide what is unanimous, push what differs, and take what the adjudicator has decided; can be done again at any time."""
    source, projects = campaign.source(), server.projects()
    decisions: dict[str, dict[str, Any]] = {}
    told, n_items = [], 0
    for task in (Task(t) for t in campaign.tasks if t in set(Task)):
        votes = _by_item(source, campaign.round, task)
        n_items += len(votes)
        differ = [item for item, given_ in votes.items() if _differ(task, given_)]
        flagged = _flagged(campaign, task, votes)
        agreed = {i: _unanimous(task, i, given_, flagged) for i, given_ in votes.items() if i not in differ}
        fresh = {i: row for i, row in agreed.items() if i not in source.adjudications}
        decisions |= fresh
        title = f"r{campaign.round}-{ADJUDICATION}-{task.value}"
        decided: dict[str, dict[str, Any]] = {}
        if differ:
            n_votes = max(len(votes[item]) for item in differ)
            xml = screen(task, len(source.articles) if task is Task.VERACITY else 1, n_votes)
            project = server.ensure(title, xml, guidelines(campaign.root), None)
            exported = server.export(project, title)
            there = {entry["data"].get("item") for entry in exported}
            server.add(
                project, [{"data": _shown(source, task, i, votes[i], n_votes)} for i in differ if i not in there]
            )
            decided = {
                e["data"]["item"]: _decided(title, task, e) for e in returned(title, task, exported, source).entries
            }
            decisions |= decided
            log.info("%s: %d of %d decided -> %s/projects/%d", title, len(decided), len(differ), server.url, project)
        elif title in projects:
            log.info("%s: nothing differs any more", title)
        told.append(Adjudicated(task=task, n_agreed=len(fresh), n_differ=len(differ), n_decided=len(decided)))
    if not n_items:
        raise InputError(
            f"no item has two votes of round {campaign.round} in dataset/annotation/; expected them: do=pull first"
        )
    _keep(campaign, decisions)
    return told


def _by_item(source: Source, round_: int, task: Task) -> dict[str, list[Vote]]:
    """Items with two votes or more of the round, votes by annotator."""
    found: dict[str, list[Vote]] = defaultdict(list)
    for vote in sorted(source.votes, key=lambda v: (v.item, v.annotator)):
        if vote.round == round_ and vote.task is task:
            found[vote.item].append(vote)
    return {item: votes for item, votes in found.items() if len(votes) > 1}


def _differ(task: Task, votes: Sequence[Vote]) -> bool:
    """Whether labels differ, or a veracity label has no passage that anyone marked."""
    return len({vote.label for vote in votes}) > 1 or (task is Task.VERACITY and not any(v.evidence for v in votes))


def _unanimous(task: Task, item: str, votes: Sequence[Vote], flagged: Set[tuple[str, str]]) -> dict[str, Any]:
    row: dict[str, Any] = {"item": item, "label": votes[0].label}
    if task is Task.VERACITY:
        named = [p for vote in votes for p in vote.evidence]
        most = sorted(dict.fromkeys(named), key=lambda p: (-named.count(p), p))
        row["evidence"] = sorted(most[:MAX_EVIDENCE])
    if 2 * sum((vote.annotator, item) in flagged for vote in votes) > len(votes):
        row["same_event"] = True
    words = next((v.comment for v in votes if v.comment), "")
    row["why"] = f"All {len(votes)} annotators say so{f': {words}' if words else '.'}"
    return row


def _flagged(campaign: Campaign, task: Task, votes: Mapping[str, Sequence[Vote]]) -> set[tuple[str, str]]:
    """Annotator and item of every vote that flags the same event; each file is read once."""
    folder = campaign.root / "dataset" / "annotation"
    names = sorted({vote.annotator for given_ in votes.values() for vote in given_}) if task is Task.STANCE else []
    found = set()
    for name in names:
        for entry in json.loads((folder / f"{campaign.title(name, task)}.json").read_text("utf-8")):
            if SAME_EVENT in given(entry):
                found.add((name, entry["data"]["item"]))
    return found


def _shown(source: Source, task: Task, item: str, votes: Sequence[Vote], n_votes: int) -> dict[str, Any]:
    texts = [
        "\n".join(
            [f"{v.annotator}: {v.label}", *([f"evidence: {', '.join(v.evidence)}"] if v.evidence else []), v.comment]
        ).strip()
        for v in votes
    ]
    return data(source, task, item) | {f"vote_{n + 1}": texts[n] if n < len(texts) else "-" for n in range(n_votes)}


def _decided(title: str, task: Task, entry: Mapping[str, Any]) -> dict[str, Any]:
    item, values = entry["data"]["item"], given(entry)
    row: dict[str, Any] = {"item": item, "label": values[task.value]["choices"][0]}
    if task is Task.VERACITY:
        row["evidence"] = values.get(EVIDENCE, {}).get("choices", [])
        if not 1 <= len(row["evidence"]) <= MAX_EVIDENCE:
            raise InputError(
                f'project "{title}" marks {len(row["evidence"])} passages for "{item}"; expected one to four: mark them in the article and update'
            )
    if SAME_EVENT in values:
        row["same_event"] = True
    if WHY not in values:
        raise InputError(f'project "{title}" gives no reason for "{item}"; expected one sentence: write it and update')
    return row | {"why": " ".join(values[WHY]["text"])}


def _keep(campaign: Campaign, decisions: Mapping[str, Mapping[str, Any]]) -> None:
    path = campaign.root / "dataset" / "source" / "adjudications.jsonl"
    rows = read_lines(path)
    known = {row["item"] for row in rows}
    merged = [dict(decisions.get(row["item"], row)) for row in rows]
    merged += [dict(decisions[item]) for item in sorted(decisions) if item not in known]
    changed = write_lines(path, merged)
    log.info("%s: %d decisions%s", path, len(merged), "" if changed else ", as they were")
