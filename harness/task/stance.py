"""Stance: what does the holder express in the passage toward the claim?"""

from __future__ import annotations

from dataclasses import dataclass

from harness.dataset.corpus import Corpus
from harness.dataset.table import Table
from harness.errors import ConfigError
from harness.evidence import ClosedBook, Gold, Need, Setting
from harness.label import Stance, Task
from harness.schema import Question
from harness.task import Items
from harness.task.mapped import mapped
from harness.task.veracity import claim_slices, length


@dataclass(frozen=True)
class StanceTask:
    """Asks for the stance of one holder in one passage toward a claim."""

    def items(self, corpus: Corpus | Table, setting: Setting) -> Items:
        """One question a pair; its id is the pair's. A closed-book setting takes the passage away: a probe.

        Raises ConfigError for every other setting: a stance is one in the pair's passage, and other passages are not asked about.
        """
        if isinstance(corpus, Table):
            return mapped(corpus, Task.STANCE, setting)
        if not isinstance(setting, Gold | ClosedBook):
            raise ConfigError(
                f"evidence is {type(setting).__name__} and the task is stance, which asks about the pair's own passage; "
                "expected evidence=gold or evidence=none, or task=veracity"
            )
        pairs = [pair for _, pair in sorted(corpus.pairs.items())]
        claims = {pair.id: corpus.claims[pair.claim] for pair in pairs}
        labels = tuple(Stance)
        given = setting.give(corpus, [Need(pair.id, claims[pair.id].text, (pair.passage,)) for pair in pairs])
        return Items(
            questions=tuple(
                Question(
                    id=pair.id,
                    task=Task.STANCE,
                    claim=claims[pair.id].text,
                    holder=pair.holder,
                    evidence=given.shown[pair.id],
                    labels=labels,
                    as_of=corpus.as_of,
                )
                for pair in pairs
            ),
            labels=labels,
            gold={pair.id: pair.stance.value for pair in pairs},
            clusters={pair.id: claims[pair.id].cluster for pair in pairs},
            folds={pair.id: claims[pair.id].fold for pair in pairs},
            slices={
                pair.id: {
                    "origin": claims[pair.id].origin.value,
                    "edit": claim_slices(claims[pair.id])["edit"],
                    "article": corpus.passages[pair.passage].article,
                    "section": corpus.passages[pair.passage].section.value,
                    "length": length(claims[pair.id].text),
                    "holder": "voice" if pair.holder == "voice" else "actor",
                }
                for pair in pairs
            },
            justification=dict.fromkeys((pair.id for pair in pairs), ""),
            passages={pair.id: pair.passage for pair in pairs},
            claims={pair.id: pair.claim for pair in pairs},
            gold_passages={pair.id: (pair.passage,) for pair in pairs},
        )
