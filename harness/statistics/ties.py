"""Tie groups as compact letters: two systems that share a letter were not told apart.

Piepho (2004), An algorithm for a letter-based representation of all-pairwise comparisons (insert and absorb).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def letters(names: Sequence[str], told_apart: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Letters of each name, which come in order of rank: the best has an "a"; after "z" come "aa", "ab" and so on, separated by spaces."""
    place = {name: number for number, name in enumerate(names)}
    groups = [frozenset(names)]
    for a, b in told_apart:
        groups = [
            part for group in groups for part in ([group - {a}, group - {b}] if a in group and b in group else [group])
        ]
        groups = _absorbed(groups)
    ordered = sorted(groups, key=lambda group: sorted(place[name] for name in group))
    marks = [_mark(number) for number in range(len(ordered))]
    joint = " " if len(ordered) > len(ALPHABET) else ""
    return {
        name: joint.join(mark for mark, group in zip(marks, ordered, strict=True) if name in group) for name in names
    }


def _absorbed(groups: list[frozenset[str]]) -> list[frozenset[str]]:
    """Without those that lie within another."""
    distinct = list(dict.fromkeys(groups))
    return [group for group in distinct if not any(group < other for other in distinct)]


def _mark(number: int) -> str:
    mark = ""
    while number >= 0:
        mark, number = ALPHABET[number % len(ALPHABET)] + mark, number // len(ALPHABET) - 1
    return mark
