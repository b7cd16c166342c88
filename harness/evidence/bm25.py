"""Sparse retrieval: BM25 over words, by `bm25s`. Robertson and Zaragoza (2009); the variant is Lucene's."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.evidence.retriever import Found, best

# Runs of letters and digits, in any script; a number keeps its comma or point: "1,200" is one word.
WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")


@dataclass(frozen=True)
class Bm25:
    """BM25 over lower-cased words, without stemming or stop words, so that it needs no language and no list."""

    k1: float = 1.5
    """How soon a repeated word counts no more."""
    b: float = 0.75
    """How much a long passage is held back, 0..1."""

    @property
    def about(self) -> str:
        """In words."""
        return f"BM25 (k1 {self.k1:g}, b {self.b:g})"

    def rank(self, passages: Sequence[str], queries: Sequence[str], depth: int) -> list[Found]:
        """The passages that share a word with a query, best first; at most `depth`."""
        index, known = _index(passages, self.k1, self.b)
        made = []
        for query in queries:
            tokens = [word for word in dict.fromkeys(words(query)) if word in known]
            scores = index.get_scores(tokens) if tokens else np.zeros(len(passages))
            made.append(best(np.asarray(scores, dtype=np.float64), depth, above=0.0))
        return made


def words(text: str) -> list[str]:
    """The words that are compared."""
    return [word.lower() for word in WORD.findall(text)]


def _index(passages: Sequence[str], k1: float, b: float) -> tuple[Any, set[str]]:
    try:
        import bm25s
    except ImportError as error:
        raise InputError(
            'bm25s is not installed, and retrieval by words needs it: pip install "veristance[retrieval]"'
        ) from error
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells of its own steps, on the terminal
    index = bm25s.BM25(k1=k1, b=b, method="lucene", backend="numpy")
    tokens = [words(passage) for passage in passages]
    index.index(tokens, show_progress=False)
    return index, {word for passage in tokens for word in passage}
