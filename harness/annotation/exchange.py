"""Push items to Label Studio and pull votes back; both can be done again at any time.

Push adds what is missing and brings screens back to ours. Pull writes `dataset/annotation/<title>.json`; what would be overwritten is first copied to
`dataset/annotation/.backup/`, and a second pull changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.annotation.campaign import Campaign, chosen, data
from harness.annotation.interface import CLAIMS, screen
from harness.annotation.label_studio import Server
from harness.annotation.returned import Returned, returned
from harness.dataset.source import Source
from harness.dataset.tables import LABELLED
from harness.errors import InputError
from harness.jsonl import read_lines
from harness.label import AnnotatorKind, Task
from harness.run import write

log = logging.getLogger(__name__)


def push(
    server: Server, campaign: Campaign, prefilled: Mapping[str, str] | None = None, by: str = ""
) -> dict[str, int]:
    """Make or mend the projects and add the items that they lack; gives the number of added tasks by title.

    `prefilled` are labels by item that annotators see chosen beforehand, from the system `by`; `None` keeps the votes blind.
    """
    if not campaign.annotators:
        raise InputError("annotators is empty; expected a pseudonym for each person, such as 'annotators=[p1,p2]'")
    _fits(campaign, prefilled or {})
    source, instructions = campaign.source(), guidelines(campaign.root)
    wanted = {task: chosen(source, task, campaign.items) for task in campaign.tasks}
    if not any(wanted.values()):
        raise InputError(
            f"items={list(campaign.items)} leaves nothing to label in {', '.join(campaign.tasks)}; items=[all] takes what is decided already too"
        )
    added = {}
    for annotator in campaign.annotators:
        _kept_round(campaign, annotator)
        for task, items in wanted.items():
            if not items:
                log.info("%s: nothing to label", campaign.title(annotator, task))
                continue
            title = campaign.title(annotator, task)
            n_articles = len(source.articles) if task == Task.VERACITY else 1
            shown = by if prefilled is not None else None
            project = server.ensure(title, screen(task, n_articles), instructions, shown)
            there = {entry["data"].get("item") for entry in server.export(project, title)}
            tasks = [_task(source, task, item, prefilled or {}, by) for item in items if item not in there]
            server.add(project, tasks)
            added[title] = len(tasks)
            log.info(
                "%s: %d tasks added, %d were there -> %s/projects/%d",
                title,
                len(tasks),
                len(there),
                server.url,
                project,
            )
    return added


def _fits(campaign: Campaign, prefilled: Mapping[str, str]) -> None:
    known = {label.value for task in campaign.tasks if task in LABELLED for label in LABELLED[Task(task)][1]}
    for item, label in prefilled.items():
        if label not in known:
            raise InputError(
                f'"{item}" would be shown with {label!r}, which no screen of {", ".join(campaign.tasks)} offers; expected {", ".join(sorted(known))}: push without prefill='
            )


def _task(source: Source, task: str, item: str, prefilled: Mapping[str, str], by: str) -> dict[str, Any]:
    made: dict[str, Any] = {"data": data(source, task, item)}
    if item in prefilled:
        target = "text" if task == Task.CHECK_WORTHINESS else "claim"
        value = {"choices": [prefilled[item]]}
        made["data"]["prefilled"] = prefilled[item]
        made["predictions"] = [
            {"model_version": by, "result": [{"from_name": task, "to_name": target, "type": "choices", "value": value}]}
        ]
    return made


def pull(server: Server, campaign: Campaign, replace: bool = False) -> list[Returned]:
    """Validate every project of the round first, then write; gives what came back, project by project.

    Raises InputError where one account voted under two pseudonyms, or votes that were pulled before are gone from the server (`replace` accepts that).
    """
    found = collect(server, campaign)
    by_account: dict[int, str] = {}
    for project in found:
        who = project.title.split("-")[1]
        if len(project.accounts) > 1:
            raise InputError(
                f'"{project.title}" has votes of {len(project.accounts)} accounts; expected one annotator a project: delete the annotations of the others'
            )
        for account in project.accounts:
            if by_account.setdefault(account, who) != who:
                raise InputError(
                    f"account {account} voted as {by_account[account]} and as {who}; expected one person a pseudonym, else votes are not independent"
                )
    before = {project.title: _pulled(campaign, project, replace) for project in found}
    for project in found:
        _keep(campaign, project, before[project.title])
    return found


def collect(server: Server, campaign: Campaign) -> list[Returned]:
    """What the round's projects hold, validated; nothing is written."""
    source, projects = campaign.source(), server.projects()
    return [
        returned(title, Task(task), server.export(projects[title], title), source)
        for _, task, title in campaign.among(list(projects))
        if task != CLAIMS
    ]


def _path(campaign: Campaign, project: Returned) -> Path:
    return campaign.root / "dataset" / "annotation" / f"{project.title}.json"


def _pulled(campaign: Campaign, project: Returned, replace: bool) -> set[str]:
    """Items whose votes were pulled before; raises InputError where some are gone, or the annotator is of another round."""
    path = _path(campaign, project)
    before = {e["data"]["item"] for e in json.loads(path.read_text("utf-8"))} if path.is_file() else set()
    gone = sorted(before - set(project.labels))
    if gone and not replace:
        raise InputError(
            f'{path} has a vote on "{gone[0]}"{f" and {len(gone) - 1} more" if len(gone) > 1 else ""} that the server has no longer (task or annotation deleted); '
            "push restores tasks; replace=true takes the server's state and keeps a backup"
        )
    if project.entries:
        _kept_round(campaign, project.title.split("-")[1])
    return before


def _keep(campaign: Campaign, project: Returned, before: set[str]) -> None:
    path = _path(campaign, project)
    if project.entries:
        _register(campaign, project.title.split("-")[1])
    if project.entries or before:
        text = json.dumps(project.entries, indent=1, ensure_ascii=False) + "\n"
        changed = keep(path, text)
        log.info("%s: %d votes%s", path, len(project.entries), "" if changed else ", as they were")


def keep(path: Path, text: str) -> bool:
    """Write a file of votes or decisions, the former one kept under `.backup/`; gives whether anything changed."""
    if path.is_file():
        old = path.read_bytes()
        if old == text.encode():
            return False
        digest = hashlib.sha256(old).hexdigest()[:8]
        backup = path.parent / ".backup" / f"{path.stem}-{digest}{path.suffix}"
        write(backup, old.decode("utf-8"))
    write(path, text)
    return True


def annotators(campaign: Campaign) -> list[dict[str, Any]]:
    """The rows of annotators.jsonl."""
    return read_lines(campaign.root / "dataset" / "source" / "annotators.jsonl")


def _kept_round(campaign: Campaign, annotator: str) -> bool:
    """Whether the annotator is registered; raises InputError where it is for another round."""
    for row in annotators(campaign):
        if row["annotator"] == annotator:
            if row["round"] != campaign.round:
                raise InputError(
                    f"{annotator} is of round {row['round']} in annotators.jsonl; expected a new pseudonym for round {campaign.round}"
                )
            return True
    return False


def _register(campaign: Campaign, annotator: str) -> None:
    if _kept_round(campaign, annotator):
        return
    row = {"annotator": annotator, "kind": AnnotatorKind.PERSON.value, "model": None, "round": campaign.round}
    path = campaign.root / "dataset" / "source" / "annotators.jsonl"
    write_lines(path, [*annotators(campaign), row])


def write_lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Write JSON Lines, the former file kept under `.backup/`; gives whether anything changed."""
    return keep(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def guidelines(root: Path) -> str:
    """The guidelines as HTML, which every project shows as its instructions; empty where there are none."""
    path = root / "dataset" / "GUIDELINES.md"
    if not path.is_file():
        return ""
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise InputError(f'annotating needs {error.name}; install it: pip install "veristance[annotate]"') from error
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(path.read_text("utf-8")))
