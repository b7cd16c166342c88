"""Untrusted text, made fit to show: nothing invisible stays invisible, and nothing is endless."""

from __future__ import annotations

import re

# Controls, bidirectional marks and overrides, zero-width characters, lone surrogates and tag characters: what could hide
# a word or turn a line around. The zero-width joiners stay, for scripts and emoji need them.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# About 5,000 tokens: longer than a prompt with its evidence, shorter than a model that repeats itself without end.
MAX_CHARACTERS = 20_000
ACRONYM = re.compile(r"\b(f\d|mcc|ece|auroc|aurc|fnc1|fever)\b")


def visible(text: str) -> str:
    """The text with each invisible or direction-changing character as its code point, for example `[U+202E]`."""
    return UNSEEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text.replace("\r\n", "\n"))


def clipped(text: str) -> str:
    """The visible text, cut at `MAX_CHARACTERS` with a note of how much is left out."""
    rest = len(text) - MAX_CHARACTERS
    if rest <= 0:
        return visible(text)
    return f"{visible(text[:MAX_CHARACTERS])}\n[clipped: {rest:,} more characters are in the run's predictions]"


def words(name: str) -> str:
    """A label or a metric in words: `not_enough_evidence` is "not enough evidence", `macro_f1` is "macro-F1"."""
    return ACRONYM.sub(lambda match: match[0].upper(), name.replace("_f1", "-f1").replace("_", " "))


def heading(name: str) -> str:
    """The same with a capital, as a heading begins."""
    return words(name)[:1].upper() + words(name)[1:]
