"""Retrieval: whether gold passages stand among the passages that a system names, and how high."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import ConfigError
from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers


def recall(named: Sequence[bool], n_gold: int) -> float:
    """Share of the gold passages that are named."""
    return sum(named) / n_gold


def reciprocal_rank(named: Sequence[bool], n_gold: int) -> float:  # noqa: ARG001 - one signature for all
    """1 / rank of the first gold passage; 0 where none is named."""
    return next((1 / rank for rank, gold in enumerate(named, start=1) if gold), 0.0)


def ndcg(named: Sequence[bool], n_gold: int, top: int = 0) -> float:
    """Discounted gain, 1 / log2(rank + 1) for each gold passage, over that of the best order."""
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(n_gold, top or len(named)) + 1))
    return sum(1 / math.log2(rank + 1) for rank, gold in enumerate(named, start=1) if gold) / best


KINDS: dict[str, tuple[str, str]] = {
    "recall": ("Mean share of the gold passages among the first {k}.", "ir_measures: R@{k}"),
    "mrr": ("Mean of 1 / rank of the first gold passage, 0 beyond the first {k}.", "ir_measures: RR@{k}"),
    "ndcg": (
        "Mean discounted cumulative gain of the first {k} passages, as a share of the best order's.",
        "Järvelin and Kekäläinen (2002); ir_measures: nDCG@{k}",
    ),
}


@dataclass(frozen=True)
class Ranking:
    """The mean over questions of recall, mrr or ndcg of the first `top` passages named; gold is any passage of a gold set.

    A question that names nothing counts 0, one without a gold passage is left out.
    """

    kind: str
    top: int = 5

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.top < 1:
            raise ConfigError(
                f"a ranking metric has kind {self.kind!r} and top {self.top}; expected {', '.join(KINDS)} and at least 1"
            )

    @property
    def name(self) -> str:
        """For example `ndcg@5`."""
        return f"{self.kind}@{self.top}"

    @property
    def is_proportion(self) -> bool:
        """It is a mean of fractions."""
        return False

    @property
    def facts(self) -> Facts:
        """Definition and source."""
        definition, source = KINDS[self.kind]
        return Facts(definition.format(k=self.top), source.format(k=self.top))

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer; `None` where no answer names a passage."""
        if answers.evidence is None or answers.retrieved is None or not any(answers.retrieved):
            return None
        values = np.full(len(answers.ids), np.nan)
        for row, (sets, named) in enumerate(zip(answers.evidence, answers.retrieved, strict=True)):
            gold = frozenset().union(*sets)
            if gold:
                hits = [id_ in gold for id_ in named[: self.top]]
                values[row] = (
                    ndcg(hits, len(gold), self.top) if self.kind == "ndcg" else _OF[self.kind](hits, len(gold))
                )
        return mean(values)


_OF: dict[str, Callable[[Sequence[bool], int], float]] = {"recall": recall, "mrr": reciprocal_rank}
