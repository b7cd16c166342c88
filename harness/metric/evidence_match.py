"""Which of the passages that a system names are gold, question by question, as FEVER's scorer counts them."""

from __future__ import annotations

import numpy as np

from harness.metric import Floats
from harness.metric.answers import Answers

NO_EVIDENCE = "not_enough_evidence"


def matches(answers: Answers, top: int, skip_no_evidence: bool) -> tuple[Floats, Floats, Floats] | None:
    """Precision, completeness and use, float[n] each, of the first `top` passages; `None` where no answer names any.

    Precision is 1 where nothing is named (FEVER's convention); completeness is 1 where a whole gold set is among them, or where
    gold has none. `skip_no_evidence` leaves out questions whose gold is not_enough_evidence.
    """
    if answers.evidence is None or answers.retrieved is None or not any(answers.retrieved):
        return None
    precision, complete = np.ones(len(answers.ids)), np.ones(len(answers.ids))
    for row, (sets, named) in enumerate(zip(answers.evidence, answers.retrieved, strict=True)):
        first, gold = named[:top], frozenset().union(*sets)
        if first:
            precision[row] = sum(id_ in gold for id_ in first) / len(first)
        if gold:
            complete[row] = any(one <= set(first) for one in sets if one)
    use = np.ones(len(answers.ids))
    if skip_no_evidence and NO_EVIDENCE in answers.labels:
        use = (answers.gold != answers.labels.index(NO_EVIDENCE)).astype(np.float64)
    return precision, complete, use
