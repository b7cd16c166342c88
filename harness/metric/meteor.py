"""METEOR: how much one text says with the words of another, in their order.

Lavie and Agarwal (2007), METEOR: an automatic metric for MT evaluation, with the parameters and the alignment of NLTK's
`single_meteor_score`. Words match as they are, then by stem; synonyms of WordNet, NLTK's third stage, are left out, for that data does not
travel with us: values are lower where words differ and meanings do not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from harness.metric.porter import stem

ALPHA, BETA, GAMMA = 0.9, 3.0, 0.5
WORD = re.compile(r"\w+(?:[.,'’-]\w+)*|[^\w\s]")


def words(text: str) -> list[str]:
    """Words and marks in small letters; a number, a name with a hyphen and a word with an apostrophe are one."""
    return WORD.findall(text.lower())


def meteor(given: Sequence[str], reference: Sequence[str]) -> float:
    """0 to 1 of words in small letters; 0 where none match."""
    matches = sorted(_aligned(given, reference))
    n = len(matches)
    if n == 0:
        return 0.0
    precision, recall = n / len(given), n / len(reference)
    f = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall)
    chunks = 1 + sum((c - a, d - b) != (1, 1) for (a, b), (c, d) in pairwise(matches))
    score: float = (1 - GAMMA * (chunks / n) ** BETA) * f
    return score


def _aligned(given: Sequence[str], reference: Sequence[str]) -> list[tuple[int, int]]:
    """Places of matching words: from the last word on, each with the last place that is free, first as they are and then by stem."""
    found: list[tuple[int, int]] = []
    left, right = list(range(len(given))), list(range(len(reference)))
    forms: tuple[Callable[[str], str], ...] = (str, stem)
    for form in forms:
        free: dict[str, list[int]] = defaultdict(list)
        for place in right:
            free[form(reference[place])].append(place)
        for place in reversed(left):
            same = free[form(given[place])]
            found += [(place, same.pop())] if same else []
        left = sorted(set(left) - {a for a, _ in found})
        right = sorted(set(right) - {b for _, b in found})
    return found
