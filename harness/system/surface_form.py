"""A probe that reads no word: lengths, digits, capitals, marks and function words of the claim and of the evidence.

What it scores above chance is the style of whoever wrote the claims or chose the evidence, whatever they are about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.schema import Question
from harness.system import System
from harness.system.classifier import train
from harness.system.overlap import negated

MODAL = re.compile(r"\b(?:may|might|could|would|should|will|must|can)\b", re.IGNORECASE)
SAYING = re.compile(
    r"\b(?:said|says|say|told|claims?|claimed|reported(?:ly)?|according|denied|denies)\b", re.IGNORECASE
)
EXTREME = re.compile(r"\b(?:all|every|only|most|more|less|least|never|always|first|last)\b", re.IGNORECASE)


@dataclass(frozen=True)
class SurfaceForm:
    """Lengths, digits, capitals, marks, negations and modal verbs of claim and evidence, each for itself, in a linear classifier."""

    floor: ClassVar[bool] = True
    """No contender: it compares nothing with nothing."""

    estimator: Any
    """A scikit-learn classifier; a copy is fitted."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit the features' scale and a copy of the estimator."""
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.preprocessing import StandardScaler

        return train(questions, gold, rows, DictVectorizer(sparse=False), StandardScaler(), self.estimator)


def rows(questions: Sequence[Question]) -> list[dict[str, float]]:
    """The form of each question's claim and evidence; the number of passages beside them."""
    return [
        {f"claim_{name}": value for name, value in form(question.claim).items()}
        | {f"evidence_{name}": value for name, value in form("\n".join(e.text for e in question.evidence)).items()}
        | {"n_passages": float(len(question.evidence))}
        for question in questions
    ]


def form(text: str) -> dict[str, float]:
    """Shares of characters, shares of words and counts; 0 for an empty text."""
    words = re.findall(r"\w+(?:['’]\w+)*", text)
    characters, n = max(len(text), 1), max(len(words), 1)
    return {
        "length": math.log1p(len(words)),
        "word_length": sum(map(len, words)) / n,
        "digits": sum(c.isdigit() for c in text) / characters,
        "capitals": sum(word[:1].isupper() for word in words) / n,
        "shouting": sum(len(word) > 1 and word.isupper() for word in words) / n,
        "quotes": float(len(re.findall('[“”"]', text))),
        "questions": float(text.count("?")),
        "exclamations": float(text.count("!")),
        "commas": text.count(",") / n,
        "negated": float(negated(text)),
        "modals": len(MODAL.findall(text)) / n,
        "sayings": len(SAYING.findall(text)) / n,
        "extremes": len(EXTREME.findall(text)) / n,
    }
