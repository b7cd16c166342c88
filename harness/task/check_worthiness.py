"""Check-worthiness: does the passage state anything that can be checked?"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

from harness.dataset.corpus import Corpus
from harness.errors import ConfigError, InputError
from harness.evidence import ClosedBook, Gold, Need, Setting, in_order
from harness.fold import assign
from harness.label import CheckWorthiness, Task
from harness.schema import Question
from harness.task import Items
from harness.task.veracity import length

NOT = "not_check_worthy"
N_FOLDS = 5


@dataclass(frozen=True)
class CheckWorthinessTask:
    """Asks of every sentence of the articles whether it is check-worthy; why it is not stays a slice, since the reasons are few each."""

    def items(self, corpus: Corpus, setting: Setting) -> Items:
        """One question a passage, whose words stand where a claim's do; its id is the passage's, its evidence the neighbours.

        A closed-book setting takes the neighbours away. Raises ConfigError for every other setting, and InputError where a text is
        withheld.
        """
        if not isinstance(setting, Gold | ClosedBook):
            raise ConfigError(
                f"evidence is {type(setting).__name__} and the task is check_worthiness, which shows a passage between its neighbours; "
                "expected evidence=gold or evidence=none"
            )
        passages = {
            id_: passage
            for id_, passage in sorted(corpus.passages.items())
            if passage.check_worthiness is not None and not passage.example
        }
        if withheld := [id_ for id_, passage in passages.items() if passage.text is None]:
            raise InputError(
                f"{len(withheld)} of {len(passages)} passages have no text in {corpus.path}, {withheld[0]} the first; "
                "expected the articles' words: `veristance rehydrate`, or a dataset built with them"
            )
        labels = (CheckWorthiness.CHECK_WORTHY.value, NOT)
        merged = {reason.value: NOT for reason in CheckWorthiness if reason is not CheckWorthiness.CHECK_WORTHY}
        gold = {id_: merged.get(p.check_worthiness or "", labels[0]) for id_, p in passages.items()}
        beside = _neighbours(corpus)
        given = setting.give(corpus, [Need(id_, p.text or "", beside[id_]) for id_, p in passages.items()])
        claimed = {claim.spans[0].passage: claim.cluster for claim in corpus.claims.values() if claim.spans}
        # Without a claim a passage is a cluster of its own, and the same words twice are one.
        clusters = {id_: claimed.get(id_, f"p-{p.sha256[:8]}") for id_, p in passages.items()}
        return Items(
            questions=tuple(
                Question(
                    id=id_,
                    task=Task.CHECK_WORTHINESS,
                    claim=passage.text or "",
                    evidence=given.shown[id_],
                    labels=labels,
                    as_of=corpus.as_of,
                )
                for id_, passage in passages.items()
            ),
            labels=labels,
            gold=gold,
            clusters=clusters,
            folds=_folds(clusters, gold),
            slices={
                id_: {
                    "article": passage.article,
                    "section": passage.section.value,
                    "length": length(passage.text or ""),
                    "reason": "-" if gold[id_] != NOT else str(passage.check_worthiness),
                }
                for id_, passage in passages.items()
            },
            justification=dict.fromkeys(passages, ""),
            gold_passages={id_: beside[id_] for id_ in passages},
            merged=merged,
        )


def _neighbours(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """The passage before and the one after in the same article, as far as their texts are given."""
    found: dict[str, list[str]] = defaultdict(list)
    for first, second in pairwise(in_order(corpus, list(corpus.passages))):
        if corpus.passages[first].article == corpus.passages[second].article:
            found[second].append(first)
            found[first].append(second)
    return {
        id_: tuple(other for other in found[id_] if corpus.passages[other].text is not None) for id_ in corpus.passages
    }


def _folds(clusters: dict[str, str], gold: dict[str, str]) -> dict[str, int]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for id_, cluster in clusters.items():
        counts[cluster][gold[id_]] += 1
    made = assign(counts, N_FOLDS, seed=0) if len(counts) >= N_FOLDS else dict.fromkeys(counts, 0)
    return {id_: made[cluster] for id_, cluster in clusters.items()}
