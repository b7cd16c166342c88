"""Several answers to one question made into one: shares of the votes, a majority, and a tie that is told.

    combined({"s1": Reading(...), "s2": Reading(...)}, question, vote_shares(...), "samples")

Used by systems that ask more than once. A voter without a verdict is no vote; where half of the voters or more have none, the question
ends as most of these did.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from harness.engine import Reading
from harness.label import Outcome
from harness.schema import Question

# Of two that are as many, the one that says less of the model stands first: what could not be read may have been a verdict.
UNDECIDED = (Outcome.UNPARSABLE, Outcome.REFUSED, Outcome.ABSTAINED)


def leaders(shares: Mapping[str, float]) -> list[str]:
    """The labels with the highest share; more than one is a tie (1e-9 is far below the share of one vote, and above rounding)."""
    highest = max(shares.values())
    return [label for label, share in shares.items() if share > highest - 1e-9]


def vote_shares(readings: Sequence[Reading], labels: Sequence[str]) -> dict[str, float]:
    """For each label, the share of the votes that it got; raises ZeroDivisionError without a vote."""
    votes = Counter(reading.label for reading in readings if reading.label is not None)
    return {label: votes[label] / votes.total() for label in labels}


def mean_probabilities(readings: Sequence[Reading], labels: Sequence[str]) -> dict[str, float]:
    """For each label, the mean of its probabilities in the readings that have any."""
    given = [reading.probabilities for reading in readings if reading.probabilities is not None]
    return {label: sum(row[label] for row in given) / len(given) for label in labels}


def without_verdict(readings: Sequence[Reading]) -> Outcome | None:
    """How a question ends of whose answers half or more have no verdict; `None` where enough have one."""
    others = Counter(reading.outcome for reading in readings if reading.label is None)
    if 2 * others.total() < len(readings):
        return None
    return max(UNDECIDED, key=lambda outcome: others[outcome])


def combined(
    readings: Mapping[str, Reading], question: Question, shares: Mapping[str, float] | None, what: str
) -> Reading:
    """One reading of several, by voter. `shares` is `None` where no share was reckoned, because too few have a verdict.

    The raw answer is a JSON object of the voters' raw answers. Evidence is what the voters for the winner named, reasons are theirs too.
    """
    raw = json.dumps({name: reading.raw for name, reading in readings.items()}, ensure_ascii=False)
    ended = without_verdict(list(readings.values()))
    if ended is not None or shares is None:
        n = sum(reading.label is None for reading in readings.values())
        first = next((reading.error for reading in readings.values() if reading.error), "no cause given")
        cause = f"{n} of {len(readings)} {what} have no verdict; the first: {first}"
        return Reading(ended or Outcome.UNPARSABLE, raw, error=cause)
    ahead = leaders(shares)
    if len(ahead) > 1:
        told = ", ".join(f"{label} {shares[label]:.2f}" for label in ahead)
        return Reading(Outcome.ABSTAINED, raw, error=f"the {len(readings)} {what} are tied: {told}")
    (label,) = ahead
    winners = {name: reading for name, reading in readings.items() if reading.label == label}
    evidence = dict.fromkeys(id_ for reading in winners.values() for id_ in reading.evidence)
    reasons = [f"{name}: {reading.rationale}" for name, reading in winners.items() if reading.rationale]
    allowed = {label_: shares[label_] for label_ in question.labels}
    return Reading(
        Outcome.ANSWERED, raw, label, allowed, evidence=tuple(evidence), rationale="\n".join(reasons) or None
    )
