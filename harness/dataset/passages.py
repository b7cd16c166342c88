"""Articles into passages: sentences with exact offsets, section and paragraph.

    for passage in segment("a1", Path("seeds/a1.txt").read_bytes().decode()): print(passage.id, passage.text)

The invariant is `article[start:end] == text`, for any text: offsets are Unicode code points of the text as it is.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator
from itertools import pairwise

from harness.label import Section
from harness.schema import Passage

SECTIONS = {
    "key takeaways": Section.KEY_TAKEAWAYS,
    "verified facts": Section.VERIFIED_FACTS,
    "unconfirmed": Section.UNCONFIRMED,
}
BULLET = re.compile(r"(?:[-*•–]|\d{1,2}[.)])[ \t]+")
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+")
QUOTED = re.compile(r'[“"].*[”"]')
LINE = re.compile(r"[^\r\n]+")
# The time of pysbd grows with the square of a line: 0.3 s at 20,000 characters of prose, 6 s at 100,000.
LONG = 20_000
CLOSED = re.compile(r"[.!?…:;][\"\'”’)\]]*$")


def segment(article: str, text: str) -> list[Passage]:
    """The passages of an article, in order; every non-blank character but bullet marks is in exactly one."""
    passages: list[Passage] = []
    section, after_quotation, seen_text = Section.BODY, False, False
    for paragraph, (start, end) in enumerate(_lines(text), start=1):
        line = text[start:end]
        bullet = BULLET.match(line)
        named = SECTIONS.get(line.strip(" :#").lower())
        if bullet and bullet.end() < len(line):
            start += bullet.end()
        quoted = bool(QUOTED.fullmatch(line))
        if quoted or (after_quotation and not named and _is_heading(line)):
            kind = Section.QUOTATION  # The unclosed line under a quotation names its speaker.
        elif named or (not bullet and _is_heading(line)):
            kind, section = Section.HEADLINE, named or Section.BODY
        elif not seen_text and section is Section.BODY:
            kind = Section.LEAD
        else:
            kind = section
        after_quotation = quoted
        seen_text = seen_text or kind is not Section.HEADLINE
        for s, e in _sentences(text, start, end):
            passages.append(_passage(article, len(passages) + 1, text, s, e, kind, paragraph))
    return passages


def _passage(article: str, number: int, text: str, start: int, end: int, section: Section, paragraph: int) -> Passage:
    words = text[start:end]
    return Passage(
        id=f"{article}.s{number:02d}",
        article=article,
        start=start,
        end=end,
        section=section,
        paragraph=paragraph,
        sha256=hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest(),
        text=words,
    )


def _lines(text: str) -> Iterator[tuple[int, int]]:
    for match in LINE.finditer(text, int(text.startswith("\ufeff"))):  # A byte order mark is no word of the article.
        start, end = _stripped(text, match.start(), match.end())
        if start < end:
            yield start, end


def _is_heading(line: str) -> bool:
    return len(line.split()) <= 12 and not CLOSED.search(line)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    line = text[start:end]
    for s, e in _pysbd(line) or _plain(line):
        s, e = _stripped(text, start + s, start + e)
        if s < e:
            yield s, e


def _pysbd(line: str) -> list[tuple[int, int]] | None:
    """Spans of the sentences, or None where pysbd loses or moves a character, as with its own marks (U+222F), or takes minutes."""
    if len(line) > LONG:
        return None
    with warnings.catch_warnings():
        # Its patterns are no raw strings, of which Python warns when it compiles the module for the first time.
        warnings.simplefilter("ignore")
        import pysbd

    spans = [(s.start, s.end) for s in pysbd.Segmenter(language="en", clean=False, char_span=True).segment(line)]
    covered = "".join(line[s:e] for s, e in spans)
    ordered = all(a[1] <= b[0] for a, b in pairwise(spans))
    return spans if ordered and "".join(covered.split()) == "".join(line.split()) else None


def _plain(line: str) -> list[tuple[int, int]]:
    cuts = [0, *(m.end() for m in SENTENCE_END.finditer(line)), len(line)]
    return list(pairwise(cuts))


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
