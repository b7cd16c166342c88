"""Stems of English words, for METEOR.

Porter (1980), An algorithm for suffix stripping, with the author's later changes (bli, logi) and those of NLTK's default mode (short
words, a dozen irregular ones), since AVeriTeC's scorer stems with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise

VOWELS = "aeiou"
IRREGULAR = {
    form: stem
    for stem, forms in {
        "sky": "sky skies", "die": "dying", "lie": "lying", "tie": "tying", "news": "news", "inning": "innings inning",
        "outing": "outings outing", "canning": "cannings canning", "howe": "howe", "proceed": "proceed",
        "exceed": "exceed", "succeed": "succeed",
    }.items()
    for form in forms.split()
}  # fmt: skip
SECOND = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
)  # fmt: skip
THIRD = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
FOURTH = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti",
    "ous", "ive", "ize",
)  # fmt: skip


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a word in small letters."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) <= 2:
        return word
    for step in (_plural, _past, _y, _second, _third, _fourth, _final_e):
        word = step(word)
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


def _consonant(word: str, i: int) -> bool:
    if word[i] == "y":
        return i == 0 or not _consonant(word, i - 1)
    return word[i] not in VOWELS


def _measure(word: str) -> int:
    """How often vowels are followed by consonants: m in [C](VC)^m[V]."""
    kinds = [_consonant(word, i) for i in range(len(word))]
    return sum(here and not before for before, here in pairwise(kinds))


def _short(word: str) -> bool:
    """Whether it ends consonant, vowel, consonant, the last not w, x or y; two letters may be vowel and consonant."""
    n = len(word)
    if n == 2:
        return not _consonant(word, 0) and _consonant(word, 1)
    ends = n >= 3 and _consonant(word, n - 3) and not _consonant(word, n - 2) and _consonant(word, n - 1)
    return ends and word[-1] not in "wxy"


def _first(word: str, rules: Iterable[tuple[str, str]], allowed: Callable[[str, str], bool]) -> str:
    """The word by the first rule whose suffix it has, if what is left and the suffix are allowed."""
    for suffix, new in rules:
        if word.endswith(suffix):
            left = word[: len(word) - len(suffix)]
            return left + new if allowed(left, suffix) else word
    return word


def _plural(word: str) -> str:
    if word.endswith("ies") and len(word) == 4:
        return word[:-1]
    return _first(word, (("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")), lambda *_: True)


def _past(word: str) -> str:
    if word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    left = next(
        (word[: -len(end)] for end in ("ed", "ing") if word.endswith(end) and _has_vowel(word[: -len(end)])), ""
    )
    if not left:
        return word
    if left.endswith(("at", "bl", "iz")):
        return left + "e"
    if len(left) >= 2 and left[-1] == left[-2] and _consonant(left, len(left) - 1):
        return left if left[-1] in "lsz" else left[:-1]
    return left + "e" if _measure(left) == 1 and _short(left) else left


def _has_vowel(word: str) -> bool:
    return any(not _consonant(word, i) for i in range(len(word)))


def _y(word: str) -> str:
    return word[:-1] + "i" if word.endswith("y") and len(word) > 2 and _consonant(word, len(word) - 2) else word


def _second(word: str) -> str:
    if word.endswith("alli") and _measure(word[:-4]) > 0:
        return _second(word[:-2])
    if word.endswith("logi"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    return _first(word, SECOND, lambda left, _: _measure(left) > 0)


def _third(word: str) -> str:
    return _first(word, THIRD, lambda left, _: _measure(left) > 0)


def _fourth(word: str) -> str:
    return _first(
        word,
        ((suffix, "") for suffix in FOURTH),
        lambda left, suffix: _measure(left) > 1 and (suffix != "ion" or left[-1] in "st"),
    )


def _final_e(word: str) -> str:
    if not word.endswith("e"):
        return word
    m = _measure(word[:-1])
    return word[:-1] if m > 1 or (m == 1 and not _short(word[:-1])) else word
