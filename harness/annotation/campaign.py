"""One round of annotation: who labels what, and what each task on the server holds.

Each annotator has a project of their own for each task, titled as the file that its votes go to: `r3-p1-veracity`. The Community
edition has no assignments, so this is what keeps votes blind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.annotation.interface import CLAIMS
from harness.dataset.cluster import families
from harness.dataset.source import Source, read
from harness.errors import InputError
from harness.label import CheckWorthiness, Section, Task

ADJUDICATION = "adjudication"
KINDS = (*(task.value for task in Task), CLAIMS)
PSEUDONYM = re.compile(r"[a-z]+[0-9]+")


@dataclass(frozen=True)
class Campaign:
    """What the command line asked for."""

    root: Path
    """A checkout: `seeds/` and `dataset/` below it."""
    round: int
    annotators: tuple[str, ...]
    """Pseudonyms; empty means whoever has a project on the server."""
    tasks: tuple[str, ...]
    """Tasks of `harness.label.Task`, or `claims`."""
    items: tuple[str, ...]
    """`all`, `undecided`, or ids of articles and items."""

    def __post_init__(self) -> None:
        if not isinstance(self.round, int) or isinstance(self.round, bool) or self.round < 0:
            raise InputError(f"round is {self.round!r}; expected a whole number from 0, such as round=3")
        for name in self.annotators:
            if not PSEUDONYM.fullmatch(name):
                raise InputError(f"annotator {name!r} is no pseudonym; expected letters and a number, such as p1")
        for task in self.tasks:
            if task not in KINDS:
                raise InputError(f"tasks has {task!r}; expected some of {', '.join(KINDS)}")

    def title(self, annotator: str, task: str) -> str:
        """The title of a project, and the stem of its file of votes."""
        return f"r{self.round}-{annotator}-{task}"

    def among(self, titles: Sequence[str]) -> list[tuple[str, str, str]]:
        """Annotator, task and title of the round's projects that are on the server, in order."""
        found = []
        for title in sorted(titles):
            parts = title.split("-")
            if len(parts) == 3 and parts[0] == f"r{self.round}" and PSEUDONYM.fullmatch(parts[1]):
                wanted = not self.annotators or parts[1] in self.annotators
                if wanted and parts[2] in self.tasks:
                    found.append((parts[1], parts[2], title))
        if not found:
            raise InputError(
                f"the server has no project of round {self.round} for {', '.join(self.tasks)}; expected titles such as "
                f'"{self.title("p1", "veracity")}": make them with do=push, or look at the address and the token\'s account'
            )
        return found

    def source(self) -> Source:
        """The inputs of the build, read anew."""
        return read(self.root)


def chosen(source: Source, task: str, items: Sequence[str]) -> list[str]:
    """The ids of a task's items that `items` asks for; raises InputError for an id that nothing has."""
    known: dict[str, list[str]] = {
        Task.VERACITY: list(source.claims),
        Task.STANCE: list(source.pairs),
        Task.CHECK_WORTHINESS: list(source.passages),
        CLAIMS: _check_worthy(source),
    }
    ids = known[task]
    for name in items:
        everything = {*source.articles, *source.claims, *source.pairs, *source.passages, "all", "undecided"}
        if name not in everything:
            raise InputError(
                f'items has "{name}"; expected all, undecided, or ids of articles, claims, pairs or passages'
            )
    if "all" in items:
        return ids
    home = _homes(source)
    open_ = {i for i in ids if i not in _settled(source, task)} if "undecided" in items else set()
    return [i for i in ids if i in open_ or i in items or home[i] in items]


def data(source: Source, task: str, item: str) -> dict[str, Any]:
    """What one task on the server holds: the item in words, and the articles to judge it by."""
    if task == Task.VERACITY:
        return {"item": item, "claim": source.claims[item].text} | _articles(source, list(source.articles))
    if task == Task.STANCE:
        pair = source.pairs[item]
        passage = source.passages[pair.passage]
        said: dict[str, Any] = {"item": item, "claim": source.claims[pair.claim].text, "holder": pair.holder}
    else:
        passage, said = source.passages[item], {"item": item}
    shown = {"passage": passage.id, "text": passage.text}
    return said | shown | _articles(source, [passage.article])


def _articles(source: Source, ids: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"articles": list(ids)}
    for n, article in enumerate(ids, start=1):
        about = source.metadata[article]
        words = " · ".join(str(x) for x in (article, about.title, about.outlet, about.published_on) if x)
        found |= {f"title_{n}": f"Article {words}", f"article_{n}": source.articles[article]}
    return found


def _homes(source: Source) -> Mapping[str, str]:
    """For every item its article; a contrast claim's is that of the claim that it descends from."""
    root = families(source.claims)
    spans = {id_: source.claims[root[id_]].spans for id_ in source.claims}
    return {
        **{p.id: p.article for p in source.passages.values()},
        **{id_: source.passages[s[0].passage].article if s else "" for id_, s in spans.items()},
        **{p.id: source.passages[p.passage].article for p in source.pairs.values()},
    }


def _settled(source: Source, task: str) -> set[str]:
    if task == CLAIMS:
        return {span.passage for claim in source.claims.values() for span in claim.spans}
    return set(source.adjudications)


def _check_worthy(source: Source) -> list[str]:
    """Passages to write claims from: those not decided against, headings left out."""
    decided = {id_: row.label for id_, row in source.adjudications.items()}
    return [
        p.id
        for p in source.passages.values()
        if decided.get(p.id, CheckWorthiness.CHECK_WORTHY) == CheckWorthiness.CHECK_WORTHY
        and (p.section is not Section.HEADLINE or p.id in decided)
    ]
