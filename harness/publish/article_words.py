"""Which words of the articles a text repeats: runs of eight words and more, found, counted and withheld.

A word is a run of letters and digits, whatever its case; eight in a row are rarely the same by chance. A withheld run gives way to its
place in the article, `⟦a1:120-185⟧` (code points), which `veristance rehydrate` fills again from the reader's own copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

N = 8
WORD = re.compile(r"[^\W_]+")
# Eight words of a letter each, and what parts them: no shorter text has a run.
SHORTEST = 2 * N - 1
PLACE = re.compile(r"⟦([\w.-]+):(\d+)-(\d+)⟧")


@dataclass(frozen=True)
class Repeated:
    """A stretch of a text that an article has word for word."""

    start: int
    """Offset of its first character in the text."""
    end: int
    """Offset after its last character in the text."""
    article: str
    """The article's id."""
    at: int
    """Offset of its first character in the article."""
    until: int
    """Offset after its last character in the article."""


@dataclass
class ArticleWords:
    """The words of all articles, by runs of `N`."""

    articles: Mapping[str, str]
    _words: dict[str, list[tuple[str, int, int]]] = field(init=False)
    _runs: dict[tuple[str, ...], list[tuple[str, int]]] = field(init=False)
    _known: frozenset[str] = field(init=False)
    _seen: dict[str, list[Repeated]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._words = {name: _words(text) for name, text in self.articles.items()}
        self._known = frozenset(word for words in self._words.values() for word, _, _ in words)
        self._runs = {}
        for name, words in self._words.items():
            for i in range(len(words) - N + 1):
                self._runs.setdefault(_key(words, i), []).append((name, i))

    def repeated(self, text: str) -> list[Repeated]:
        """The longest runs of at least `N` words that the text shares with an article, left to right, none touching another."""
        if text not in self._seen:  # a table says the same in thousands of rows
            self._seen[text] = list(self._found(text))
        return self._seen[text]

    def _found(self, text: str) -> Iterator[Repeated]:
        words, after = _words(text), 0
        for i, places in self._matches(words):
            if i < after:
                continue
            length, name, at = max((self._length(words, i, name, at), name, at) for name, at in places)
            own = self._words[name]
            yield Repeated(words[i][1], words[i + length - 1][2], name, own[at][1], own[at + length - 1][2])
            after = i + length

    def _matches(self, words: list[tuple[str, int, int]]) -> Iterator[tuple[int, list[tuple[str, int]]]]:
        """Where runs of `N` words begin, with their places in the articles."""
        i = 0
        while i <= len(words) - N:
            strange = next((k for k in range(N - 1, -1, -1) if words[i + k][0] not in self._known), None)
            if strange is not None:  # No run holds a word that no article has.
                i += strange + 1
                continue
            places = self._runs.get(_key(words, i))
            if places:
                yield i, places
            i += 1

    def withheld(self, text: str) -> str:
        """The text with every such run replaced by its place; what stays shares no `N` words in a row with an article."""
        parts, done = list[str](), 0
        for run in self.repeated(text):
            parts += [text[done : run.start], f"⟦{run.article}:{run.at}-{run.until}⟧"]
            done = run.end
        return "".join((*parts, text[done:]))

    def share(self, texts: Iterable[str]) -> float:
        """Which fraction of the articles' words could be put together from runs of `N` words and more of these texts, 0..1."""
        known: dict[str, set[int]] = {name: set() for name in self._words}
        for text in set(texts):
            for _, places in self._matches(_words(text)):
                for name, at in places:
                    known[name].update(range(at, at + N))
        total = sum(len(words) for words in self._words.values())
        return sum(len(places) for places in known.values()) / total if total else 0.0

    def _length(self, words: list[tuple[str, int, int]], i: int, name: str, at: int) -> int:
        own, length = self._words[name], N
        while i + length < len(words) and at + length < len(own) and words[i + length][0] == own[at + length][0]:
            length += 1
        return length


def _words(text: str) -> list[tuple[str, int, int]]:
    """The words with their offsets; none where the text is too short to hold a run."""
    if len(text) < SHORTEST:
        return []
    return [(match[0].casefold(), match.start(), match.end()) for match in WORD.finditer(text)]


def _key(words: list[tuple[str, int, int]], i: int) -> tuple[str, ...]:
    return tuple(word for word, _, _ in words[i : i + N])


def strings(value: Any) -> Iterable[str]:
    """Every text inside a value of a row, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from strings(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from strings(child)
