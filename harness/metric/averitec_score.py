"""AVeriTeC's score: the label is right, and what the named evidence says matches what the gold evidence says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.errors import ConfigError
from harness.metric import Additive, Facts, mean
from harness.metric.answers import Answers
from harness.metric.meteor import meteor, words

# The scorer reads no more of the evidence that a system gives.
TOP = 10


@dataclass(frozen=True)
class AveritecScore:
    """Share of the answers with the right label and a Hungarian METEOR of the evidence above the level; .25 is the shared task's.

    Evidence is matched by its words, so that another passage that says the same counts. METEOR is without WordNet's synonyms, and words are
    told apart by a rule of ours (see `harness.metric.meteor`): figures are comparable with each other, and mostly lower than those of
    the official scorer, so that they are none for AVeriTeC's leaderboard.
    """

    level: float = 0.25
    is_proportion: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 0 <= self.level < 1:
            raise ConfigError(f"metric averitec_score has level {self.level}; expected at least 0 and less than 1")

    @property
    def name(self) -> str:
        """For example `averitec_score@0.25`."""
        return f"averitec_score@{self.level:g}"

    @property
    def facts(self) -> Facts:
        """Definition and source."""
        return Facts(
            f"Share of the answers whose label is right and whose first {TOP} passages match the gold ones with a Hungarian METEOR "
            f"above {self.level:g} (exact words and stems, without WordNet's synonyms).",
            "Schlichtkrull, Guo and Vlachos (2023), AVeriTeC, section 5; scipy: linear_sum_assignment",
        )

    def on(self, answers: Answers) -> Additive | None:
        """The mean of one number an answer; `None` where no answer names a passage or no text is known.

        A question without a gold text is left out; a named passage without a known text matches nothing.
        """
        if answers.evidence is None or not answers.texts or answers.retrieved is None or not any(answers.retrieved):
            return None
        values = np.full(len(answers.ids), np.nan)
        for row, (sets, named) in enumerate(zip(answers.evidence, answers.retrieved, strict=True)):
            gold = [answers.texts[id_] for id_ in sorted(frozenset().union(*sets)) if id_ in answers.texts]
            if gold:
                said = [answers.texts.get(id_, "") for id_ in named[:TOP]]
                matched = answers.predicted[row] == answers.gold[row] and utility(said, gold) > self.level
                values[row] = float(matched)
        return mean(values)


def utility(given: Sequence[str], gold: Sequence[str]) -> float:
    """The sum of METEOR over the best one-to-one matching of texts, over the number of gold texts; 0 without any given."""
    from scipy.optimize import linear_sum_assignment

    if not given:
        return 0.0
    table = np.array([[meteor(words(one), words(other)) for other in gold] for one in given])
    return float(table[linear_sum_assignment(table, maximize=True)].sum() / len(gold))
