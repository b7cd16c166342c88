"""What a crowd says together, as a system: the annotators' own votes, by majority, by rule, or weighed by their errors.

It stands in a table beside the classifiers, and says what the labels of many hands are worth against the gold of a few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import InputError
from harness.label import Outcome
from harness.schema import Prediction, Question
from harness.system import System

Ballots = Mapping[str, Sequence[tuple[str, str]]]
"""By question id: annotator and label of each vote, in the order of the file."""


@dataclass(frozen=True)
class CrowdMajority:
    """The label that most annotators gave."""

    tie: str = "first"
    """A label, or `first`: of those with equally many, the one that was cast first."""

    def polled(self, ballots: Ballots, labels: Sequence[str]) -> System:
        """The system with the votes."""
        return Told({id_: self._most([label for _, label in cast]) for id_, cast in _some(ballots).items()}, labels)

    def _most(self, cast: Sequence[str]) -> str:
        counts = Counter(cast).most_common()
        best = [label for label, n in counts if n == counts[0][1]]
        return best[0] if len(best) == 1 or self.tie == "first" else self.tie


@dataclass(frozen=True)
class CrowdRule:
    """The label of the first rule that the votes fulfil."""

    rules: Sequence[Mapping[str, Any]]
    """`{all_of: [labels that must each have a vote], label: ...}` in their order; one without `all_of` always holds."""

    def polled(self, ballots: Ballots, labels: Sequence[str]) -> System:
        """The system with the votes."""
        return Told({id_: self._decided({label for _, label in cast}) for id_, cast in _some(ballots).items()}, labels)

    def _decided(self, cast: set[str]) -> str:
        for rule in self.rules:
            if set(rule.get("all_of", ())) <= cast:
                return str(rule["label"])
        raise InputError(
            f"no rule of system.rules holds for votes for {', '.join(sorted(cast))}; expected a last one without all_of"
        )


@dataclass(frozen=True)
class CrowdDawidSkene:
    """The likeliest label, each annotator weighed by the errors that the votes betray (Dawid and Skene 1979)."""

    def polled(self, ballots: Ballots, labels: Sequence[str]) -> System:
        """The system with the votes."""
        from harness.annotation.dawid_skene import dawid_skene

        votes = [(id_, annotator, label) for id_, cast in _some(ballots).items() for annotator, label in cast]
        return Told(dawid_skene(votes, list(labels)).labels, labels)


@dataclass(frozen=True)
class Told:
    """Labels by question id."""

    labels: Mapping[str, str]
    allowed: Sequence[str]

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give each its label; a question without votes is abstained from."""
        for question in questions:
            label = self.labels.get(question.id)
            outcome = Outcome.ABSTAINED if label is None else Outcome.ANSWERED
            yield Prediction(id=question.id, outcome=outcome, label=label)


def _some(ballots: Ballots) -> Ballots:
    if not ballots:
        raise InputError(
            "the dataset has no votes one by one; expected dataset.votes, as in configs/dataset/emergent.yaml"
        )
    return ballots
