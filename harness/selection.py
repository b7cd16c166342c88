"""Hyper-parameters chosen inside the training questions: what is held out has no part in the choice.

    Selection({"estimator.C": [0.1, 1, 10]}, MacroF1()).fit(system, questions, gold, clusters)

Varma and Simon (2006), "Bias in error estimation when using cross-validation for model selection": the inner folds choose, the
outer ones score.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from harness.errors import ConfigError
from harness.fold import assign
from harness.metric import Metric
from harness.schema import Question
from harness.system import System, Trainable, fit

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Selection:
    """Tries every combination of a grid on folds of whole clusters of the training questions, and refits the best on all of them."""

    grid: Mapping[str, Sequence[Any]]
    """A setting of the system as a dotted name (`estimator.C`), and the values to try; the first of equals is taken."""
    metric: Metric
    """What is best: its value on the out-of-fold answers of all training questions."""
    n_folds: int = 3
    """Inner folds; fewer where there are fewer clusters."""
    seed: int = 0
    """Of the inner folds."""

    def __post_init__(self) -> None:
        empty = [name for name, values in self.grid.items() if not isinstance(values, Sequence) or not values]
        if empty or not self.grid:
            raise ConfigError(
                f"the grid has {f'no values for {empty[0]}' if empty else 'no setting'}; "
                "expected settings with a list of values each, such as 'protocol.selection.grid={estimator.C: [0.1, 1, 10]}'"
            )

    def check(self, system: object) -> None:
        """Raise ConfigError for a system that is not trained, or has no such setting."""
        if not isinstance(system, Trainable):
            raise ConfigError(
                f"{type(system).__name__} is not trained, so that there is nothing to select; expected a trained system, or another protocol"
            )
        for candidate in self._candidates():
            configured(system, candidate)

    def fit(
        self, system: Trainable, questions: Sequence[Question], gold: Mapping[str, str], clusters: Mapping[str, str]
    ) -> System:
        """The best candidate, fitted on all of the questions."""
        candidates = list(self._candidates())
        scored = [self._score(configured(system, one), questions, gold, clusters) for one in candidates]
        best = max(range(len(candidates)), key=scored.__getitem__)  # the first of equals
        told = ", ".join(f"{name}={value}" for name, value in candidates[best].items())
        log.info("selected %s of %d (inner %s %.3f)", told, len(candidates), self.metric.name, scored[best])
        return fit(configured(system, candidates[best]), questions, gold, clusters)

    def _candidates(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self.grid, values, strict=True)) for values in product(*self.grid.values()))

    def _score(
        self, system: Trainable, questions: Sequence[Question], gold: Mapping[str, str], clusters: Mapping[str, str]
    ) -> float:
        by_id = inner_folds(questions, gold, clusters, self.n_folds, self.seed)
        labels = questions[0].labels
        given: dict[str, str | None] = {}
        for fold in sorted(set(by_id.values())):
            training = [q for q in questions if by_id[q.id] != fold]
            fitted = fit(system, training, {q.id: gold[q.id] for q in training}, clusters)
            given |= {p.id: p.label for p in fitted.predict([q for q in questions if by_id[q.id] == fold])}
        codes = {label: code for code, label in enumerate(labels)}
        truth = np.array([codes[gold[q.id]] for q in questions], dtype=np.intp)
        told = np.array([codes.get(given[q.id] or "", -1) for q in questions], dtype=np.intp)
        return float(self.metric.of(truth, told, len(labels)).score(np.ones((1, len(questions))))[0])


def inner_folds(
    questions: Sequence[Question], gold: Mapping[str, str], clusters: Mapping[str, str], n_folds: int, seed: int
) -> dict[str, int]:
    """A fold for each training question, clusters whole and labels even; fewer folds where there are fewer clusters.

    Raises ConfigError for a single cluster, which cannot be divided.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for question in questions:
        counts[clusters[question.id]][gold[question.id]] += 1
    if len(counts) < 2:
        raise ConfigError(
            f"the {len(questions)} training questions are of one cluster; expected two or more, so that some can be held out"
        )
    made = assign(counts, min(n_folds, len(counts)), seed)
    return {question.id: made[clusters[question.id]] for question in questions}


def configured(system: Any, settings: Mapping[str, Any]) -> Any:
    """A copy of a system with other settings, each by its dotted name; raises ConfigError for one that it does not have."""
    for name, value in settings.items():
        system = _with(system, name.split("."), value, name)
    return system


def _with(node: Any, path: Sequence[str], value: Any, name: str) -> Any:
    if not path:
        return value
    if hasattr(node, "set_params"):
        from sklearn.base import clone

        try:
            return clone(node).set_params(**{"__".join(path): value})
        except ValueError as error:
            raise ConfigError(f"the grid names {name}: {' '.join(str(error).split())}") from error
    if is_dataclass(node) and not isinstance(node, type) and path[0] in (known := [f.name for f in fields(node)]):
        return replace(node, **{path[0]: _with(getattr(node, path[0]), path[1:], value, name)})
    known = [f.name for f in fields(node)] if is_dataclass(node) else []
    raise ConfigError(
        f"the grid names {name}, and {type(node).__name__} has no {path[0]}; expected one of {', '.join(known) or 'none'}"
    )
