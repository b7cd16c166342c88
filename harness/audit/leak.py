"""Counts of what should not be there: texts in two splits, equal texts with different labels, evidence that nobody had at the time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from harness.audit.finding import Count
from harness.dataset.column import optional, walk
from harness.dataset.example import Example
from harness.dataset.mapping import EvidenceMap
from harness.dataset.shape import Shape
from harness.schema import Question
from harness.task import Items

SHOWN = 3
# Sites that check facts, and the words by which the checking desks of other sites are known.
FACT_CHECKERS = re.compile(
    r"fact-?_?check|factcheck|snopes|politifact|fullfact|africacheck|boomlive|altnews|leadstories|lead-?stories|checkyourfact|"
    r"truthorfiction|hoax-?slayer|verafiles|rappler\.com/newsbreak|newsmobile|vishvasnews|thequint\.com/news/webqoof|webqoof|factly|"
    r"polygraph\.info|mediabiasfactcheck|pesacheck|dubawa|chequeado|maldita|correctiv|mimikama|teyit|newschecker|logically|healthfeedback|"
    r"climatefeedback|sciencefeedback|sciencecheck|factcrescendo|digiteye|aosfatos|lupa\.uol|stopfake|faktisk",
    re.IGNORECASE,
)
ARCHIVE = re.compile(
    r"^https?://(?:web\.)?archive\.(?:org|ph|is|today)/(?:web/)?(?:\d{4,14}[a-z_]*/)?(?=https?:)", re.IGNORECASE
)
DATED = re.compile(r"/(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:[/-]|$)")


class Text(NamedTuple):
    """A text of evidence with where and when it was found."""

    question: str
    url: str
    on: date | None
    by: date
    """The claim's date."""


def duplicates(items: Items) -> list[Count]:
    """Questions whose claim, or whose claim and evidence, stand in another split too; and equal questions with different labels."""
    found = [_across("the claim", items, lambda q: q.claim)]
    if any(q.evidence for q in items.questions):
        found.append(_across("claim and evidence", items, _whole))
    labels: dict[str, set[str]] = defaultdict(set)
    ids: dict[str, list[str]] = defaultdict(list)
    for question in items.questions:
        said = _plain(_whole(question))
        labels[said].add(items.gold[question.id])
        ids[said].append(question.id)
    clash = [id_ for said, known in labels.items() if len(known) > 1 for id_ in ids[said]]
    found.append(_count("equal questions with different labels", clash, len(items.questions), len(clash)))
    again = [id_ for known in ids.values() for id_ in known[1:]]
    return [*found, _count("questions that are there twice", again, len(items.questions), len(again))]


def _across(name: str, items: Items, of: object) -> Count:
    splits: dict[str, set[str]] = defaultdict(set)
    for question in items.questions:
        splits[_plain(of(question))].add(items.slices[question.id].get("split", "-"))  # type: ignore[operator]
    asked = [q for q in items.questions if items.slices[q.id].get("split") != "train"]
    both = [q.id for q in asked if len(splits[_plain(of(q))]) > 1]  # type: ignore[operator]
    return _count(f"{name} stands in another split too", both, len(asked), len(both))


def _whole(question: Question) -> str:
    return "\n".join([question.claim, *(e.text for e in question.evidence)])


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _count(name: str, examples: list[str], of: int, questions: int) -> Count:
    return Count(
        name=name, n=len(examples), of=of, questions=questions, flagged=bool(examples), examples=tuple(examples[:SHOWN])
    )


def texts(examples: Iterable[Example], layout: EvidenceMap | None, shape: Shape) -> Iterator[Text]:
    """Every text of evidence that has an address."""
    if layout is None or layout.url is None:
        return
    url, on = optional(layout.url), optional(layout.date) if layout.date else None
    down = walk(layout.each) if layout.each else None
    for example in examples:
        by = shape.date(example.row)
        for row in down(example.row) if down else (example.row,):
            if address := url(row):
                yield Text(example.id, address, _day(on(row)) if on else _in_url(address), by)


def evidence_leaks(found: Iterable[Text], *, dated: bool) -> list[Count]:
    """Evidence from fact-checking sites, and evidence dated after the claim (where claims have dates), by its date or its address."""
    sites: list[Text] = []
    later: list[Text] = []
    n, n_dated = 0, 0
    for text in found:
        n += 1
        if FACT_CHECKERS.search(_bare(text.url)):
            sites.append(text)
        if dated and text.on is not None:
            n_dated += 1
            if text.on > text.by:
                later.append(text)
    made = [_texts("evidence from fact-checking sites", sites, n)]
    return [*made, _texts("evidence dated after the claim", later, n_dated)] if dated else made


def _texts(name: str, found: list[Text], of: int) -> Count:
    return Count(
        name=name,
        n=len(found),
        of=of,
        questions=len({text.question for text in found}),
        flagged=bool(found),
        examples=tuple(f"{text.question}: {urlsplit(_bare(text.url)).netloc}" for text in found[:SHOWN]),
    )


def _bare(url: str) -> str:
    """The address that an archive's copy is of."""
    return ARCHIVE.sub("", url)


def _in_url(url: str) -> date | None:
    found = DATED.search(_bare(url))
    return None if found is None else _day(f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def metadata(examples: Iterable[Example], columns: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Columns by question id."""
    getters = {name: optional(name) for name in columns}
    return {example.id: {name: get(example.row) for name, get in getters.items()} for example in examples}
