"""The claims with every system's answer, as data that a page's script shows as text and never as markup."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from harness.report.text import clipped, visible
from harness.schema import Prediction
from harness.score import Comparison, Item, System


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


class Lines:
    """Texts as numbers of lines, each line kept once: prompts repeat most of theirs from question to question."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def add(self, text: str) -> list[int]:
        """The numbers of the text's lines."""
        return [self.numbers.setdefault(line, len(self.numbers)) for line in clipped(text).split("\n")]


def island(comparison: Comparison) -> Markup:
    """JSON for a data element of a page; without "<", so that nothing in it can end the element."""
    lines = Lines()
    differ = {item.id for item in disagreements(comparison)}
    systems, rivals = comparison.systems, contenders(comparison)
    data = {
        "task": comparison.task,
        "systems": [{"name": visible(s.name), "contender": s in rivals} for s in systems],
        "items": [_item(item, item.id in differ, systems, lines) for item in comparison.items],
        "lines": list(lines.numbers),  # Last: the items fill it.
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def _item(item: Item, differ: bool, systems: tuple[System, ...], lines: Lines) -> dict[str, Any]:
    answers = [system.predictions.get(item.id) for system in systems]
    return {
        "id": visible(item.id),
        "claim": clipped(item.claim),
        "holder": item.holder and visible(item.holder),
        "evidence": [[visible(e.id), lines.add(e.text)] for e in item.evidence],
        "gold": item.gold,
        "justification": clipped(item.justification),
        "cluster": visible(item.cluster),
        "slices": {visible(field): visible(value) for field, value in item.slices.items()},
        "differ": differ,
        "answers": [answer and _answer(answer, lines) for answer in answers],
    }


def _answer(p: Prediction, lines: Lines) -> dict[str, Any]:
    facts = {
        "outcome": p.outcome,
        "label": p.label and visible(p.label),
        "probabilities": p.probabilities and {visible(k): round(v, 3) for k, v in p.probabilities.items()},
        "evidence": [visible(e) for e in p.evidence],
        "rationale": p.rationale and lines.add(p.rationale),
        "messages": [[visible(m.role), lines.add(m.content)] for m in p.messages],
        "raw": None if p.raw is None else lines.add(p.raw),
        "error": p.error and lines.add(p.error),
    }
    return {name: value for name, value in facts.items() if value}
