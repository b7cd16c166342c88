"""How often each label is gold, given, and both: the sums that most label metrics are functions of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.errors import ConfigError
from harness.metric import Additive, Codes, Floats
from harness.metric.answers import Answers


def label_counts(gold: Codes, predicted: Codes, n_labels: int) -> Floats:
    """float[n, 3K]: one-hot gold, one-hot predicted, and both; an answer without a label has no one in the second."""
    labels = np.arange(n_labels)
    is_gold, is_predicted = gold[:, None] == labels, predicted[:, None] == labels
    return np.hstack([is_gold, is_predicted, is_gold & is_predicted]).astype(np.float64)


def split(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Gold, predicted and both, float[..., K] each."""
    k = sums.shape[-1] // 3
    return sums[..., :k], sums[..., k : 2 * k], sums[..., 2 * k :]


def over(above: Floats, below: Floats, default: float) -> Floats:
    """Quotient, with `default` for a denominator of 0."""
    found: Floats = np.divide(above, below, out=np.full(np.broadcast(above, below).shape, default), where=below > 0)
    return found


def f1_by_label(sums: Floats) -> Floats:
    """2 TP / (gold + predicted), float[..., K]; a label that is neither in gold nor given counts 0."""
    gold, predicted, both = split(sums)
    return over(2 * both, gold + predicted, 0.0)


def where_answered(sums: Floats, value: Floats) -> Floats:
    """The value, or nan where there is no answer at all, which is not the same as 0."""
    found: Floats = np.where(split(sums)[0].sum(axis=-1) > 0, value, np.nan)
    return found


def of_label(answers: Answers, label: str, metric: str, value: Callable[[Floats, Floats, Floats], Floats]) -> Additive:
    """A metric of one label: `value` of how often it is gold, given and both; raises ConfigError for a label that the task does not have."""
    if label not in answers.labels:
        raise ConfigError(f"metric {metric} has label {label!r}; expected one of {', '.join(answers.labels)}")
    code = answers.labels.index(label)

    def of_sums(sums: Floats) -> Floats:
        return where_answered(sums, value(*(part[..., code] for part in split(sums))))

    return Additive(label_counts(answers.gold, answers.predicted, len(answers.labels)), of_sums)
