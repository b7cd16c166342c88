"""What comes back of a project, held to what was sent: votes in the layout that `harness.dataset.source` reads.

Nothing is guessed: a label in another case, a mark that does not fit its article or two votes of one person on one item are refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from harness.annotation.interface import COMMENT, EVIDENCE, SAME_EVENT, WHY
from harness.dataset.source import Source
from harness.dataset.tables import LABELLED
from harness.errors import InputError
from harness.label import Task

KEPT = ("item", "claim", "passage", "holder", "prefilled")
"""What a file of votes keeps of a task's data; the articles are in seeds/."""
WORDLESS = re.compile(r"\W*")


@dataclass(frozen=True)
class Returned:
    """One project's tasks and votes."""

    title: str
    task: Task
    entries: tuple[dict[str, Any], ...]
    """Tasks that were voted on, in Label Studio's layout, by item."""
    items: tuple[str, ...]
    """All items that the project holds."""
    skipped: tuple[str, ...]
    """Items whose annotation was cancelled."""
    accounts: frozenset[int]
    """Ids, on the server, of the accounts that voted."""
    lead_s: float | None
    """Median seconds a vote; `None` where none is known."""
    times: tuple[str, ...]
    """When the votes were given, ISO 8601, in order."""

    @property
    def labels(self) -> dict[str, str]:
        """The label of every item that was voted on."""
        return {entry["data"]["item"]: given(entry)[self.task.value]["choices"][0] for entry in self.entries}


def given(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an entry's vote by name."""
    return {part["from_name"]: part["value"] for part in entry["annotations"][0]["result"]}


def returned(title: str, task: Task, exported: Sequence[Mapping[str, Any]], source: Source) -> Returned:
    """Validate an export; raises InputError naming project, task and what was expected."""
    entries: dict[str, dict[str, Any]] = {}
    seen: list[str] = []
    skipped, accounts, leads, times = [], set(), [], []
    known = getattr(source, LABELLED[task][0])
    for entry in exported:
        where = f'project "{title}" task {entry.get("id")}'
        item = entry["data"].get("item")
        if item not in known:
            raise InputError(
                f"{where} has item {item!r}; expected one of the {LABELLED[task][0]}: push did not make it, delete it"
            )
        if item in seen:
            raise InputError(
                f'{where} holds "{item}", as another task does; expected every item once: delete one of them'
            )
        seen.append(item)
        votes = [a for a in entry["annotations"] if not a.get("was_cancelled")]
        if len(votes) > 1:
            raise InputError(
                f'{where} has {len(votes)} annotations of "{item}"; expected one vote an annotator: delete the others'
            )
        if not votes:
            skipped += [item] if entry["annotations"] else []
            continue
        vote = votes[0]
        accounts.add(_account(where, item, vote.get("completed_by")))
        leads += [float(vote["lead_time"])] if vote.get("lead_time") else []
        times.append(str(vote.get("created_at") or ""))
        entries[item] = {
            "id": entry["id"],
            "data": {key: entry["data"][key] for key in KEPT if entry["data"].get(key) is not None},
            "annotations": [
                {
                    "completed_by": int(re.sub(r"\D", "", title.split("-")[1]) or 0),
                    "was_cancelled": False,
                    "result": _result(f'{where} ("{item}")', task, entry["data"], vote["result"], source),
                }
            ],
        }
    return Returned(
        title=title,
        task=task,
        entries=tuple(entries[item] for item in sorted(entries)),
        items=tuple(seen),
        skipped=tuple(skipped),
        accounts=frozenset(accounts),
        lead_s=median(leads) if leads else None,
        times=tuple(sorted(times)),
    )


def _account(where: str, item: str, by: Any) -> int:
    id_ = by.get("id") if isinstance(by, dict) else by
    if not isinstance(id_, int):
        raise InputError(
            f'{where} has an annotation of "{item}" by {by!r}; expected the id of an account, which may be deleted: delete the annotation and label it again'
        )
    return id_


def _result(
    where: str, task: Task, data: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], source: Source
) -> list[dict[str, Any]]:
    """The label first, then evidence as ids of passages, the marks as they were made, the flag and the words."""
    target = "text" if task is Task.CHECK_WORTHINESS else "claim"
    names = {part.get("from_name") for part in parts}
    expected = {
        task.value,
        SAME_EVENT,
        COMMENT,
        WHY,
        *(f"{EVIDENCE}_{n + 1}" for n in range(len(data.get("articles", ())))),
    }
    if names - expected:
        stray = ", ".join(sorted(str(n) for n in names - expected))
        raise InputError(
            f"{where} has an answer to {stray}; expected {', '.join(sorted(expected))}: the screen was changed by hand, do=push restores it"
        )
    label = _one_label(where, task, [part for part in parts if part["from_name"] == task.value])
    made = [_part(task.value, target, "choices", {"choices": [label]})]
    marks = list(_marks(where, data, parts, source))
    touched = {p for mark in marks for p in _touched(mark, source)}
    evidence = [p for p in source.passages if p in touched]
    if evidence:
        made.append(_part(EVIDENCE, target, "choices", {"choices": evidence}))
    made += [_part(mark.pop("name"), mark.pop("target"), "labels", mark) for mark in marks]
    flagged = any(part["from_name"] == SAME_EVENT and part["value"].get("choices") for part in parts)
    if flagged:
        made.append(_part(SAME_EVENT, target, "choices", {"choices": [SAME_EVENT]}))
    for name in (COMMENT, WHY):
        words = [w.strip() for part in parts if part["from_name"] == name for w in _texts(part["value"]) if w.strip()]
        if words:
            made.append(_part(name, target, "textarea", {"text": words}))
    return made


def _one_label(where: str, task: Task, parts: Sequence[Mapping[str, Any]]) -> str:
    labels = [label for part in parts for label in part["value"].get("choices", ())]
    known = list(LABELLED[task][1])
    if len(labels) != 1:
        raise InputError(
            f"{where} has {len(labels)} labels of {task.value} ({', '.join(map(str, labels)) or 'none'}); expected exactly one: label it again"
        )
    if labels[0] not in known:
        raise InputError(
            f"{where} has label {labels[0]!r}; expected one of {', '.join(known)}, spelt so: the screen was changed by hand, do=push restores it"
        )
    return str(labels[0])


def _marks(
    where: str, data: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], source: Source
) -> Iterator[dict[str, Any]]:
    """Evidence spans, offsets in code points of the article."""
    for part in parts:
        if not str(part["from_name"]).startswith(f"{EVIDENCE}_"):
            continue
        number = part["from_name"].removeprefix(f"{EVIDENCE}_")
        article, value = data["articles"][int(number) - 1], part["value"]
        text = source.articles.get(article)
        if text is None or text != data.get(f"article_{number}"):
            raise InputError(
                f"{where} was judged by another wording of article {article} than seeds/ has; expected the same: push and label anew"
            )
        start, end = int(value["start"]), int(value["end"])
        if not 0 <= start < end <= len(text) or text[start:end] != value.get("text", text[start:end]):
            raise InputError(
                f"{where} marks {str(value.get('text'))[:60]!r} at {start}..{end} of {article}, where it does not stand; mark it again"
            )
        yield {
            "name": part["from_name"], "target": part.get("to_name", f"article_{number}"), "article": article,
            "start": start, "end": end, "text": text[start:end], "labels": list(value.get("labels", ())),
        }  # fmt: skip


def _touched(mark: Mapping[str, Any], source: Source) -> set[str]:
    """Passages of which a mark covers a letter or digit."""
    found = set()
    for p in source.passages.values():
        low, high = max(p.start, mark["start"]), min(p.end, mark["end"])
        if p.article == mark["article"] and low < high and not WORDLESS.fullmatch(source.articles[p.article][low:high]):
            found.add(p.id)
    return found


def _texts(value: Mapping[str, Any]) -> list[str]:
    words = value.get("text", [])
    return [words] if isinstance(words, str) else list(words)


def _part(name: str, target: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": target, "type": kind, "value": dict(value)}
