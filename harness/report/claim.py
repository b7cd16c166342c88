"""The claims with every system's answer, as data that a page's script shows as text and never as markup.

What a list and its filters need is one JSON object of columns. What only an opened claim needs (probabilities, rationales, messages,
raw answers) is kept in blocks of claims, each compressed by zlib and in base64, which are opened on demand.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from harness.label import Outcome
from harness.report.text import clipped, visible
from harness.schema import Evidence, Prediction
from harness.score import Comparison, Item, System

BLOCK = 100
"""Claims of one compressed block: opens in a few milliseconds, and is long enough to compress well."""
NOT_ASKED = -1
OUTCOMES = tuple(Outcome)


def contenders(comparison: Comparison) -> list[System]:
    """The systems that are no floors; all of them where fewer than two are."""
    found = [system for system in comparison.systems if not system.floor]
    return found if len(found) > 1 else list(comparison.systems)


def disagreements(comparison: Comparison) -> list[Item]:
    """The items that were not answered alike by all contenders that were asked."""
    systems = contenders(comparison)
    return [item for item in comparison.items if len(_answers(item, systems)) > 1]


def _answers(item: Item, systems: list[System]) -> set[str]:
    given = (system.predictions[item.id] for system in systems if item.id in system.predictions)
    return {prediction.label or f"({prediction.outcome})" for prediction in given}


class Kept:
    """Things as numbers, each kept once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def add(self, text: str) -> int:
        """The text's number."""
        return self.numbers.setdefault(text, len(self.numbers))

    def lines(self, text: str) -> list[int]:
        """The numbers of the text's lines: prompts repeat most of theirs from question to question."""
        return [self.add(line) for line in clipped(text).split("\n")]


def island(comparison: Comparison) -> Markup:
    """JSON for a data element of a page; without "<", so that nothing in it can end the element."""
    differ = {item.id for item in disagreements(comparison)}
    systems, rivals, items = comparison.systems, contenders(comparison), comparison.items
    place = {label: i for i, label in enumerate(comparison.labels)}
    passages, texts = _passages(comparison)
    data = {
        "task": comparison.task,
        "labels": [visible(label) for label in comparison.labels],
        "outcomes": OUTCOMES,
        "block": BLOCK,
        "systems": [{"name": visible(s.name), "contender": s in rivals} for s in systems],
        "ids": [visible(item.id) for item in items],
        "claims": [clipped(item.claim) for item in items],
        "holders": [item.holder and visible(item.holder) for item in items],
        "clusters": [visible(item.cluster) for item in items],
        "gold": [place[item.gold] for item in items],
        "justifications": [clipped(item.justification) for item in items],
        "differ": [int(item.id in differ) for item in items],
        "votes": [[item.votes.get(label, 0) for label in comparison.labels] if item.votes else 0 for item in items],
        "evidence": [[passages[e.id] for e in item.evidence] for item in items],
        "spans": [_spans(item, comparison, passages) for item in items],
        "slices": _slices(items),
        "given": [[_given(s.predictions.get(item.id), place) for item in items] for s in systems],
        "passages": texts,
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def blocks(comparison: Comparison) -> list[str]:
    """The systems' words on each `BLOCK` claims in turn: base64 of zlib of JSON. The same input gives the same bytes."""
    found = []
    for start in range(0, len(comparison.items), BLOCK):
        lines, items = Kept(), comparison.items[start : start + BLOCK]
        answers = [
            [
                _answer(p, lines, comparison.labels) if (p := s.predictions.get(item.id)) else 0
                for s in comparison.systems
            ]
            for item in items
        ]
        text = json.dumps({"answers": answers, "lines": list(lines.numbers)}, ensure_ascii=False, separators=(",", ":"))
        found.append(base64.b64encode(zlib.compress(text.encode(), 9)).decode())
    return found


def _passages(comparison: Comparison) -> tuple[dict[str, int], list[list[Any]]]:
    """Places by id, and [id, article, text or 0]: the articles in reading order, then what only questions have."""
    own: Iterable[Evidence] = (e for item in comparison.items for e in item.evidence)
    rows: dict[str, list[Any]] = {
        p.id: [visible(p.id), visible(p.article), clipped(p.text) if p.text is not None else 0]
        for p in comparison.passages
    }
    for e in own:
        if e.id not in rows or rows[e.id][2] == 0:
            rows[e.id] = [visible(e.id), rows[e.id][1] if e.id in rows else "", clipped(e.text)]
    return {id_: i for i, id_ in enumerate(rows)}, list(rows.values())


def _spans(item: Item, comparison: Comparison, places: dict[str, int]) -> list[list[int]]:
    """[passage, first character, end] of where the claim is stated, in characters of the shown text."""
    found = []
    for span in item.spans:
        if span.passage not in places:
            continue
        passage = comparison.passages[places[span.passage]]
        if passage.text is not None:
            start, end = max(0, span.start - passage.start), max(0, span.end - passage.start)
            found.append([places[span.passage], *(len(visible(passage.text[:at])) for at in (start, end))])
    return found


def _slices(items: Sequence[Item]) -> dict[str, dict[str, Any]]:
    """By field its values and, for each item, the number of its own; -1 where it has none."""
    made = {}
    for field in dict.fromkeys(field for item in items for field in item.slices):
        values = sorted({item.slices[field] for item in items if field in item.slices})
        at = {value: i for i, value in enumerate(values)}
        made[visible(field)] = {
            "values": [visible(value) for value in values],
            "at": [at.get(item.slices.get(field, ""), -1) for item in items],
        }
    return made


def _given(p: Prediction | None, place: dict[str, int]) -> int:
    """A label's number, -1 for not asked, -2 and below for an outcome without a label."""
    if p is None:
        return NOT_ASKED
    return place[p.label] if p.label is not None else -2 - OUTCOMES.index(p.outcome)


def _answer(p: Prediction, lines: Kept, labels: Sequence[str]) -> dict[str, Any]:
    facts = {
        "probabilities": p.probabilities and [round(p.probabilities.get(label, 0.0), 3) for label in labels],
        "evidence": [visible(e) for e in p.evidence],
        "rationale": p.rationale and lines.lines(p.rationale),
        "messages": [[visible(m.role), lines.lines(m.content)] for m in p.messages],
        "raw": None if p.raw is None else lines.lines(p.raw),
        "error": p.error and lines.lines(p.error),
    }
    return {name: value for name, value in facts.items() if value}
