"""How good evidence is against the gold passages: as it was ranked, as it was shown, and as the system cites it.

    scores([Asked("q1", "k1", gold=("a1.s02",), shown=("a1.s02", "a1.s07"))], retrieval)

Rankings are scored by `ir_measures` (recall@k, MRR, nDCG@k; binary relevance), sets by precision, recall and F1 a question. Every value is a
mean over questions with a 95 % interval by cluster. A gold passage that the collection does not hold counts as not found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.errors import InputError
from harness.evidence.ranking import Head, Retrieval
from harness.metric import mean
from harness.record import Record, number
from harness.statistics.jackknife import interval

CUTOFFS = (1, 3, 5, 10)  # a reader's usual ones; the number that is shown joins them
Part = Literal["ranking", "shown", "cited", "answers"]


@dataclass(frozen=True)
class Asked:
    """One question with its evidence and its answer."""

    id: str
    """The question's id."""
    cluster: str
    """Its cluster."""
    gold: tuple[str, ...]
    """Ids of the gold passages."""
    shown: tuple[str, ...]
    """Ids of the passages that the system could read."""
    cited: tuple[str, ...] | None = None
    """Ids that the system says it used; `None` where it was not answered."""
    gold_label: str = ""
    """The question's label."""
    label: str | None = None
    """The label given; `None` where there is none."""


class EvidenceScore(Record):
    """One measure over the questions that it is defined for."""

    of: Part
    """The ranking, the passages shown, the passages cited, or the labels given on this evidence."""
    measure: str
    """Its name, as the field writes it: R@5, MRR, nDCG@5, P, R, F1, complete (all gold passages are there)."""
    value: float | None
    """Mean over questions, 0..1; `None` where it is undefined."""
    low: float | None
    """Lower end of the 95 % interval; `None` where there is no honest one."""
    high: float | None
    """Upper end."""
    n: int
    """Questions."""
    n_clusters: int
    """Their clusters."""
    note: str = ""
    """Why there is no interval."""


class EvidenceReport(Record):
    """A run's evidence.json."""

    setting: str
    """The evidence setting's name."""
    retrieval: Head | None
    """What was retrieved, by what; `None` where nothing was."""
    n_shown: float
    """Passages shown a question, on average."""
    scores: tuple[EvidenceScore, ...]
    """Every measure that is defined here."""

    def find(self, of: Part, measure: str) -> EvidenceScore | None:
        """The score of that name, or None."""
        return next((s for s in self.scores if (s.of, s.measure) == (of, measure)), None)

    def line(self) -> str:
        """The figures in one line; empty where there are none to tell."""
        parts = []
        if self.retrieval is not None:
            withheld = f", {self.retrieval.n_withheld} withheld and left out" if self.retrieval.n_withheld else ""
            parts.append(f"{self.retrieval.n_passages} passages{withheld}")
        parts += [_told(s) for s in self.scores if s.of == "ranking" and s.measure in self._told_of_ranking()]
        parts += [f"{s.of} {_told(s)}" for s in self.scores if s.of in {"shown", "cited"} and s.measure != "complete"]
        parts += [f"{s.measure} {_told(s, name=False)}" for s in self.scores if s.of == "answers"]
        return f"evidence {self.setting}: {'; '.join(parts)}" if parts else ""

    def _told_of_ranking(self) -> set[str]:
        k = self.retrieval.k if self.retrieval else 0
        return {f"R@{k}", "MRR", f"nDCG@{k}"}


def report(setting: str, asked: Sequence[Asked], retrieval: Retrieval | None) -> EvidenceReport:
    """Everything that evidence.json holds."""
    n_shown = float(np.mean([len(a.shown) for a in asked]))
    return EvidenceReport(
        setting=setting,
        retrieval=retrieval.head if retrieval else None,
        n_shown=n_shown,
        scores=scores(asked, retrieval),
    )


def scores(asked: Sequence[Asked], retrieval: Retrieval | None = None) -> tuple[EvidenceScore, ...]:
    """Rankings where there is a retrieval, sets where they differ from the gold ones, answers where the gold is not just shown."""
    made = _of_rankings(asked, retrieval) if retrieval else []
    if any(set(a.shown) != set(a.gold) for a in asked) and any(a.shown for a in asked):
        made += _of_sets("shown", asked, {a.id: a.shown for a in asked})
    cited = {a.id: a.cited for a in asked if a.cited is not None}
    if any(cited.values()):
        made += _of_sets("cited", [a for a in asked if a.id in cited], cited)
    return (*made, *_of_answers(asked))


def _of_rankings(asked: Sequence[Asked], retrieval: Retrieval) -> list[EvidenceScore]:
    try:
        import ir_measures
        from ir_measures import RR, R, nDCG
    except ImportError as error:
        raise InputError(
            'ir_measures is not installed, and scoring a retrieval needs it: pip install "veristance[retrieval]"'
        ) from error
    found = {ranking.id: ranking.hits for ranking in retrieval.rankings}
    gold = {passage for a in asked for passage in a.gold}
    if not gold & {passage.id for passage in retrieval.passages}:
        return []  # Another collection than the dataset's: its passages have no gold.
    # Ranks for scores: trec_eval would order ties by the passages' ids, and not as they were shown.
    run = [
        ir_measures.ScoredDoc(a.id, hit.passage, float(-rank)) for a in asked for rank, hit in enumerate(found[a.id])
    ]
    qrels = [ir_measures.Qrel(a.id, passage, 1) for a in asked for passage in a.gold]
    cutoffs = sorted({*CUTOFFS, retrieval.head.k})
    measures = [*(R @ k for k in cutoffs), RR, *(nDCG @ k for k in cutoffs)]
    values = {measure: {a.id: 0.0 for a in asked} for measure in measures}  # 0 where nothing was found at all
    for row in ir_measures.iter_calc(measures, qrels, run):
        values[row.measure][row.query_id] = float(row.value)
    return [_mean("ranking", "MRR" if m == RR else str(m), asked, of) for m, of in values.items()]


def _of_sets(of: Part, asked: Sequence[Asked], sets: Mapping[str, tuple[str, ...]]) -> list[EvidenceScore]:
    """Precision is 0 where nothing is there: saying nothing is no precise evidence."""
    values: dict[str, dict[str, float]] = {"P": {}, "R": {}, "F1": {}, "complete": {}}
    for a in asked:
        there, gold = set(sets[a.id]), set(a.gold)
        both = len(there & gold)
        values["P"][a.id] = both / len(there) if there else 0.0
        values["R"][a.id] = both / len(gold)
        values["F1"][a.id] = 2 * both / (len(there) + len(gold))
        values["complete"][a.id] = float(gold <= there)
    return [_mean(of, name, asked, of_name, proportion=name == "complete") for name, of_name in values.items()]


def _of_answers(asked: Sequence[Asked]) -> list[EvidenceScore]:
    """How often what is supported (refuted) is still called so: beside gold_removed or none, what a system claims without evidence."""
    if all(set(a.gold) <= set(a.shown) for a in asked):
        return []
    made = []
    for label in ("supported", "refuted"):
        part = [a for a in asked if a.gold_label == label and a.label is not None]
        if part:
            said = {a.id: float(a.label == label) for a in part}
            made.append(_mean("answers", f"still says {label}", part, said, proportion=True))
    return made


def _mean(
    of: Part, measure: str, asked: Sequence[Asked], values: Mapping[str, float], proportion: bool = False
) -> EvidenceScore:
    names = sorted({a.cluster for a in asked})
    clusters = np.array([names.index(a.cluster) for a in asked], dtype=np.intp)
    found = interval(mean(np.array([values[a.id] for a in asked])), clusters, is_proportion=proportion)
    return EvidenceScore(
        of=of,
        measure=measure,
        value=number(found.value),
        low=number(found.low),
        high=number(found.high),
        n=len(asked),
        n_clusters=found.n_clusters,
        note=found.note,
    )


def _told(score: EvidenceScore, name: bool = True) -> str:
    value = "undefined" if score.value is None else f"{score.value:.3f}"
    ends = "" if score.low is None else f" ({score.low:.3f} to {score.high:.3f})"
    return f"{score.measure} {value}{ends}" if name else f"{value}{ends}"
