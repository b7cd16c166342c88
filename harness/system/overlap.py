"""What claim and evidence share and where they clash, as a dozen numbers that a person can read.

    features(question)["numbers_clash"]   # 1.0: the claim's numbers all differ from those of the evidence

It reads English: month names, number words and negations are listed below.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from harness.schema import Question
from harness.system import System
from harness.system.classifier import train

# "one" is left out: it is a pronoun more often than a number.
SMALL = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
NEGATIONS = {"not", "no", "never", "neither", "nor", "none", "nobody", "nothing", "without", "cannot"}
# "about 17%" and "17 percent" are the same number, so that what surrounds a number is no word of its own ("about" is a stop word).
HEDGES = {"approximately", "nearly", "roughly"}

_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|"
    "Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_ORDINAL = "(?:st|nd|rd|th)?"
# Capitals tell the month from the verb in "26 may deploy". A bare 1900 to 2099 is a year; quantities have a comma there.
DATE = re.compile(
    rf"\b(?:(?P<day>\d\d?){_ORDINAL}(?: of)? (?P<month>{_MONTH})\b\.?(?:,? (?P<year>\d{{4}})\b)?"
    rf"|(?P<us_month>{_MONTH})\b\.? (?P<us_day>\d\d?){_ORDINAL}\b(?:,? (?P<us_year>\d{{4}})\b)?"
    rf"|(?P<only_month>{_MONTH})\b\.?,? (?P<month_year>\d{{4}})\b"
    rf"|(?P<iso>\d{{4}}-\d\d-\d\d)\b|(?P<only_year>(?:19|20)\d\d)\b(?![%,.]\d|%))"
)
# Not the 160 of "Tu-160".
NUMBER = re.compile(
    rf"(?<![\w.,])(?<![A-Za-z]-)(?:(?P<digits>\d+(?:,\d{{3}})*(?:\.\d+)?)|(?P<word>{'|'.join(SMALL)})\b)"
    rf"(?:\s*(?P<percent>%|per ?cent\b)|[\s-](?P<scale>{'|'.join(SCALES)})\b)?",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*")
QUOTATION = re.compile(r"[“\"]([^”\"]+)[”\"]")

Date = tuple[int | None, int | None, int | None]


@dataclass(frozen=True)
class Overlap:
    """Readable features of claim against evidence (words, numbers, dates, negation) in a linear classifier."""

    estimator: Any
    """A scikit-learn classifier; a copy is fitted."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit the features' scale and a copy of the estimator."""
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.preprocessing import StandardScaler

        return train(questions, gold, table, DictVectorizer(sparse=False), StandardScaler(), self.estimator)


def table(questions: Sequence[Question]) -> list[dict[str, float]]:
    """The features of each question."""
    return [features(question) for question in questions]


def features(question: Question) -> dict[str, float]:
    """Fractions 0..1, but the two lengths, which are log(1 + words); a share of nothing is 0."""
    claim, evidence = question.claim, "\n".join(text.text for text in question.evidence)
    claim_words, evidence_words = words(claim), words(evidence)
    claim_numbers, evidence_numbers = numbers(claim), numbers(evidence)
    claim_dates, evidence_dates = dates(claim), dates(evidence)
    same_numbers = claim_numbers & evidence_numbers
    same_dates = {date for date in claim_dates if any(agree(date, other) for other in evidence_dates)}
    quoted = words(" ".join(QUOTATION.findall(claim)))
    same_quoted = quoted & words(" ".join(QUOTATION.findall(evidence)))
    holder = words(question.holder or "") if question.holder != "voice" else set()
    return {
        "words_shared": _share(claim_words & evidence_words, claim_words | evidence_words),
        "claim_words_missing": _share(claim_words - evidence_words, claim_words),
        "numbers_agree": _share(same_numbers, claim_numbers),
        "numbers_clash": _share(claim_numbers - same_numbers, claim_numbers) if evidence_numbers else 0.0,
        "dates_agree": _share(same_dates, claim_dates),
        "dates_clash": _share(claim_dates - same_dates, claim_dates) if evidence_dates else 0.0,
        "negation_one_sided": float(negated(claim) != negated(evidence)),
        "quotation_shared": _share(same_quoted, quoted),
        "quotation_missing": _share(quoted - same_quoted, quoted),
        "holder_named": _share(holder & evidence_words, holder),
        "claim_length": math.log1p(len(claim.split())),
        "evidence_length": math.log1p(len(evidence.split())),
    }


def words(text: str) -> set[str]:
    """Lower-case words without dates, numbers, hedges and function words (scikit-learn's list); a possessive 's is cut."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    bare = NUMBER.sub(" ", DATE.sub(" ", text)).lower()
    return {word.replace("’", "'") for word in WORD.findall(bare)}.difference(ENGLISH_STOP_WORDS, HEDGES, {"s"})


def numbers(text: str) -> set[tuple[float, bool]]:
    """Values, and whether each is a percentage; "1.2 million" is 1,200,000, "eight" is 8, and dates are left out."""
    found = set()
    for match in NUMBER.finditer(DATE.sub(" ", text)):
        value = float(match["digits"].replace(",", "")) if match["digits"] else SMALL.index(match["word"].lower()) + 2
        found.add((round(value * SCALES.get((match["scale"] or "").lower(), 1.0), 6), bool(match["percent"])))
    return found


def dates(text: str) -> set[Date]:
    """Year, month and day, `None` for a part that the text leaves out."""
    found: set[Date] = set()
    for m in DATE.finditer(text):
        if m["iso"]:
            year, month, day = map(int, m["iso"].split("-"))
            found.add((year, month, day))
            continue
        name = m["month"] or m["us_month"] or m["only_month"]
        parts = (m["year"] or m["us_year"] or m["month_year"] or m["only_year"], m["day"] or m["us_day"])
        number = "JanFebMarAprMayJunJulAugSepOctNovDec".index(name[:3]) // 3 + 1 if name else None
        found.add((int(parts[0]) if parts[0] else None, number, int(parts[1]) if parts[1] else None))
    return found


def agree(one: Date, other: Date) -> bool:
    """Whether two dates have a part in common and differ in none that both give."""
    both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return bool(both) and all(a == b for a, b in both)


def negated(text: str) -> bool:
    """Whether there is a negation in it."""
    found = WORD.findall(text.lower().replace("’", "'"))
    return any(word in NEGATIONS or word.endswith("n't") for word in found)


def _share(part: Set[object], whole: Set[object]) -> float:
    return len(part) / len(whole) if whole else 0.0
