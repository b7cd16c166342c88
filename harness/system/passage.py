"""What can be read off one text before it is compared with another: stems, sentences, facts and cues of stance.

Analyses are remembered, because a passage is evidence for many claims.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from harness.system.overlap import DATE, NUMBER, Date, dates, numbers

LEAD = 255  # characters of a text's beginning, where news says what it is about
CACHE = 1024  # analyses; that of an article of 400 words is some 60 kB
TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
SENTENCE = re.compile(r"(?<=[.!?…])[\"”’')]*\s+(?=[\"“‘'(A-Z0-9])|\n+")
NAME = re.compile(r"(?<![.!?\n“\"] )(?<!^)\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
UNIT = re.compile(rf"(?:{NUMBER.pattern})[ -]+(?P<unit>[a-z]\w+)", re.IGNORECASE)

# Beginnings of words, ours: what denies, hedges, confirms, attributes, warns or laughs.
CUES: dict[str, re.Pattern[str]] = {
    cue: re.compile(rf"\b(?:{'|'.join(words.split())})", re.IGNORECASE)
    for cue, words in {
        "negation": r"not\b no\b never\b none\b nobody\b nothing\b neither\b nor\b without\b cannot\b \w+n['’]t\b",
        "denial": "den(?:y|ie) refut disput reject dismiss rebut contradict debunk disprov retract contrary oppos object "
        r"wrong\b mistak incorrect inaccura untrue untruth false\b falsif",
        "hoax": "hoax fake fabricat bogus prank satir spoof stunt fiction myth conspir phony doctored photoshop joke",
        "doubt": r"doubt sceptic skeptic dubious question(?:ed|able) unlikely unclear unverif unconfirm unsubstantiat "
        "unfounded baseless rumou?r speculat mystery suspicio",
        "hedge": r"reported(?:ly)? alleg purport suppos apparent(?:ly)? seem may\b might\b could\b possib perhaps likely "
        "claim suggest believ fear",
        "attribution": r"accord(?:ing|s) said\b says?\b told\b stat(?:ed|es)\b report(?:s|er|ing)?\b source tweet post(?:ed|s)\b",
        "confirmation": r"confirm verif prov(?:e|en|ed|es)\b official(?:ly)? admit acknowledg announc reveal evidence "
        r"identif authentic true\b indeed\b",
        "contrast": r"but\b however\b although\b though\b despite\b while\b yet\b instead\b actually\b in fact\b",
    }.items()
}


@dataclass(frozen=True)
class Sentence:
    """A sentence of a text."""

    place: int
    """Its number, from 0."""
    stems: frozenset[str]
    """Of content words."""
    counts: Mapping[str, int]
    """The same, with how often each occurs."""
    cues: Mapping[str, int]
    """How many words of each cue."""


@dataclass(frozen=True)
class Analysis:
    """A text, taken apart."""

    n_words: int
    stems: Mapping[str, int]
    """How often each stem of a content word occurs."""
    lead: Mapping[str, int]
    """The same, in the first 255 characters."""
    bigrams: frozenset[tuple[str, str]]
    """Neighbours among the content words."""
    sentences: tuple[Sentence, ...]
    cues: Mapping[str, int]
    lead_cues: Mapping[str, int]
    numbers: frozenset[tuple[float, bool]]
    """As `overlap.numbers` gives them."""
    quantities: frozenset[tuple[float, str]]
    """Numbers with the stem of the word after them."""
    dates: frozenset[Date]
    names: frozenset[str]
    """Words with a capital that do not begin a sentence."""
    n_quotes: int
    n_questions: int


@lru_cache(maxsize=CACHE)
def analyse(text: str) -> Analysis:
    """Take a text apart."""
    parts = [part for part in SENTENCE.split(text) if part.strip()]
    found = stems(text)
    sentences = tuple(_sentence(k, part) for k, part in enumerate(parts))
    cues: Counter[str] = Counter()
    for sentence in sentences:
        cues.update(sentence.cues)
    return Analysis(
        n_words=len(TOKEN.findall(text)),
        stems=Counter(found),
        lead=Counter(stems(text[:LEAD])),
        bigrams=frozenset(pairwise(found)),
        sentences=sentences,
        cues=cues,
        lead_cues=_count(text[:LEAD]),
        numbers=frozenset(numbers(text)),
        quantities=frozenset(_quantities(text)),
        dates=frozenset(dates(text)),
        names=frozenset(stem(word.lower()) for name in NAME.findall(text) for word in name.split()),
        n_quotes=len(re.findall('[“"]', text)),
        n_questions=text.count("?"),
    )


def stems(text: str) -> list[str]:
    """Stems of the content words, in their order."""
    return [stem(word) for word in TOKEN.findall(text.lower()) if word not in ENGLISH_STOP_WORDS and len(word) > 1]


def stem(word: str) -> str:
    """Without a possessive and a plural's ending: the S-stemmer of Harman (1991), "How effective is suffixing?"."""
    word = re.sub(r"['’].*", "", word)
    if word.endswith("ies") and len(word) > 4 and word[-4] not in "ae":
        return f"{word[:-3]}y"
    if word.endswith("es") and len(word) > 3 and word[-3] not in "aeo":
        return word[:-1]
    if word.endswith("s") and len(word) > 3 and word[-2] not in "us":
        return word[:-1]
    return word


def _sentence(place: int, text: str) -> Sentence:
    counts = Counter(stems(text))
    return Sentence(place, frozenset(counts), counts, _count(text))


def _count(text: str) -> Counter[str]:
    return Counter({cue: n for cue, pattern in CUES.items() if (n := len(pattern.findall(text)))})


def _quantities(text: str) -> set[tuple[float, str]]:
    made = set()
    for match in UNIT.finditer(DATE.sub(" ", text)):
        for value, _ in numbers(match[0]):
            made.add((value, stem(match["unit"].lower())))
    return made
