"""Which of the passages that a system names are gold, question by question, as FEVER's scorer counts them."""

from __future__ import annotations

import numpy as np

from harness.metric import Floats
from harness.metric.answers import Answers

NO_EVIDENCE = "not_enough_evidence"
# FEVER's scorer reads no more of the evidence that a system names.
TOP = 5


def matches(answers: Answers) -> tuple[Floats, Floats, Floats] | None:
    """Precision, completeness and need, float[n] each, of the first `TOP` passages; `None` where no answer names any.

    Precision is 1 where nothing is named (FEVER's convention); completeness is 1 where a whole gold set is among them, or where
    gold has none. Need is 0 for a question whose gold is not_enough_evidence, else 1.
    """
    if answers.evidence is None or answers.retrieved is None or not any(answers.retrieved):
        return None
    precision, complete = np.ones(len(answers.ids)), np.ones(len(answers.ids))
    for row, (sets, named) in enumerate(zip(answers.evidence, answers.retrieved, strict=True)):
        first, gold = named[:TOP], frozenset().union(*sets)
        if first:
            precision[row] = sum(id_ in gold for id_ in first) / len(first)
        if gold:
            complete[row] = any(one <= set(first) for one in sets if one)
    needs = np.ones(len(answers.ids))
    if NO_EVIDENCE in answers.labels:
        needs = (answers.gold != answers.labels.index(NO_EVIDENCE)).astype(np.float64)
    return precision, complete, needs
