"""Reads a label from a model's answer, strictly: what is not plainly one label is unparsable, never guessed.

    read_label('{"label": "Refuted"}', ("supported", "refuted")).label == "refuted"

Accepted: a JSON object with the key "label" and at most "rationale" and "evidence" beside it, or the label alone, perhaps with one
full stop; in any case of letters, with white space around it, in at most one code fence, after at most one closed block of
reasoning. Nothing else. Words that are known to decline (`harness.declined`) are an abstention or a refusal, and no verdict either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.declined import declined
from harness.label import Outcome

# The fence must hold the whole answer: text before or after it is prose.
FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
# What a reasoning model writes before its answer where the server does not take it out. A verdict in it is none.
THOUGHT = re.compile(r"<think>(?:(?!<think>).)*?</think>\s*", re.DOTALL)
KEYS = {"label", "rationale", "evidence"}


class Unparsable(Exception):  # noqa: N818  # an outcome of a question, not an error for the user
    """No label can be read from the answer; the text says why, in one sentence."""

    outcome: ClassVar[Outcome] = Outcome.UNPARSABLE
    """How asking ended."""


class Abstained(Unparsable):
    """The answer says that it gives no verdict."""

    outcome = Outcome.ABSTAINED


class Refused(Unparsable):
    """The answer refuses the request."""

    outcome = Outcome.REFUSED


@dataclass(frozen=True)
class Answer:
    """What an answer says."""

    label: str
    """One of the allowed labels, as the question spells it."""
    rationale: str | None = None
    """The reason that the model gave; `None` if it gave none."""
    evidence: tuple[str, ...] = ()
    """The ids of passages that the model named, each once, as it wrote them."""


def answer_schema(
    labels: Sequence[str], *, rationale: bool = False, passages: Sequence[str] | None = None
) -> dict[str, Any]:
    """The JSON schema of an answer with one of `labels`; the reason stands before the label, since a model writes in that order.

    With `passages`, ids of them are asked for as well, and no other id is allowed.
    """
    ids: dict[str, Any] = {"type": "string"} | ({"enum": list(passages)} if passages else {})
    parts: dict[str, Any] = {
        **({"rationale": {"type": "string"}} if rationale else {}),
        "label": {"type": "string", "enum": list(labels)},
        **({"evidence": {"type": "array", "items": ids}} if passages is not None else {}),
    }
    return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}


def read_label(raw: str, labels: Sequence[str]) -> Answer:
    """The one label that `raw` gives; raises Unparsable, and of its kinds Abstained or Refused where the answer says so."""
    text = raw.strip()
    if thought := THOUGHT.match(text):
        text = text[thought.end() :]
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
    if not {"label"} <= fields.keys() <= KEYS:
        raise Unparsable(
            f'the answer has the keys {sorted(fields)}; expected "label" and at most "rationale" and "evidence"'
        )
    if not isinstance(fields["label"], str) or not isinstance(fields.get("rationale", ""), str):
        raise Unparsable("the answer has a value that is no text")
    cited = fields.get("evidence", [])
    if not isinstance(cited, list) or not all(isinstance(id_, str) for id_ in cited):
        raise Unparsable("the answer has evidence that is no list of ids")
    return Answer(_allowed(fields["label"], labels), fields.get("rationale"), tuple(dict.fromkeys(cited)))


def _allowed(text: str, labels: Sequence[str]) -> str:
    """The label that `text` equals but for case; a part of a label, or a label and more, is none."""
    matches = [label for label in labels if label.lower() == text.lower()]
    if len(matches) != 1:
        if outcome := declined(text, labels):
            raise KINDS[outcome](f'the answer gives no verdict: "{text[:60]}"')
        raise Unparsable(f'the answer "{text[:60]}" is none of {", ".join(labels)}')
    return matches[0]


KINDS: dict[Outcome, type[Unparsable]] = {Outcome.ABSTAINED: Abstained, Outcome.REFUSED: Refused}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ: of two verdicts, `json` would keep the last without a word."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields
