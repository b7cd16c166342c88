"""Reads a label from a model's answer, strictly: what is not plainly one label is unparsable, never guessed.

    read_label('{"label": "Refuted"}', ("supported", "refuted")).label == "refuted"

Accepted: a JSON object with the key "label" and at most "rationale" beside it, or the label alone, perhaps with one full stop;
in any case of letters, with white space around it, and in at most one code fence. Nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# The fence must hold the whole answer: text before or after it is prose.
FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)


class Unparsable(Exception):  # noqa: N818  # an outcome of a question, not an error for the user
    """No label can be read from the answer; the text says why, in one sentence."""


@dataclass(frozen=True)
class Answer:
    """What an answer says."""

    label: str
    """One of the allowed labels, as the question spells it."""
    rationale: str | None = None
    """The reason that the model gave; `None` if it gave none."""


def answer_schema(labels: Sequence[str]) -> dict[str, Any]:
    """The JSON schema of an answer with one of `labels`."""
    return {
        "type": "object",
        "properties": {"label": {"type": "string", "enum": list(labels)}},
        "required": ["label"],
        "additionalProperties": False,
    }


def read_label(raw: str, labels: Sequence[str]) -> Answer:
    """The one label that `raw` gives; raises Unparsable."""
    text = raw.strip()
    if fenced := FENCE.fullmatch(text):
        text = fenced[1].strip()
    if not text:
        raise Unparsable("the answer is empty")
    if not text.startswith("{"):
        return Answer(_allowed(text.removesuffix("."), labels))
    try:
        fields = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise Unparsable(f"the answer is no JSON object: {error}") from error
    if not {"label"} <= fields.keys() <= {"label", "rationale"}:
        raise Unparsable(f'the answer has the keys {sorted(fields)}; expected "label" and at most "rationale"')
    if not all(isinstance(value, str) for value in fields.values()):
        raise Unparsable("the answer has a value that is no text")
    return Answer(_allowed(fields["label"], labels), fields.get("rationale"))


def _allowed(text: str, labels: Sequence[str]) -> str:
    """The label that `text` equals but for case; a part of a label, or a label and more, is none."""
    matches = [label for label in labels if label.lower() == text.lower()]
    if len(matches) != 1:
        raise Unparsable(f'the answer "{text[:60]}" is none of {", ".join(labels)}')
    return matches[0]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ: of two verdicts, `json` would keep the last without a word."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields
