"""Probabilities for a classifier that has only margins: fitted on margins of questions that it was not trained on.

Platt (1999), "Probabilistic outputs for support vector machines", with a multinomial logistic regression on the margins of all
labels in place of a sigmoid for each. Deviation: folds keep clusters whole, since margins of a near copy are too large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.schema import Question
from harness.selection import inner_folds
from harness.system import System
from harness.system.classifier import Fitted, Prior, Rows, labelled, shares


@dataclass(frozen=True)
class Calibrated:
    """A fitted pipeline with margins, and what turns them into probabilities."""

    pipeline: Any
    """Has `decision_function`."""
    sigmoid: Any
    """A fitted logistic regression on the margins."""
    labels: tuple[str, ...]
    """The pipeline's labels."""

    @property
    def classes_(self) -> list[str]:
        """The labels, in the order of the columns."""
        return list(map(str, self.sigmoid.classes_))

    def predict_proba(self, rows: Any) -> npt.NDArray[np.float64]:
        """float[n, K]."""
        found: npt.NDArray[np.float64] = self.sigmoid.predict_proba(_margins(self.pipeline, rows, self.labels))
        return found


def train_calibrated(
    questions: Sequence[Question],
    gold: Mapping[str, str],
    clusters: Mapping[str, str],
    rows: Rows,
    *steps: Any,
    n_folds: int,
    seed: int,
) -> System:
    """Fit fresh copies of the steps on all questions, and the calibration on margins out of grouped folds.

    A single label is predicted with probability 1. Raises InputError as `labelled` does.
    """
    from sklearn.base import clone
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    ordered, labels = labelled(questions, gold)
    names = tuple(sorted(set(labels)))
    if len(names) == 1:
        return Prior(shares(labels))
    pipeline = make_pipeline(*steps)
    folds = inner_folds(ordered, gold, clusters, n_folds, seed)
    margins = np.full((len(ordered), len(names)), -1.0)
    for fold in sorted(set(folds.values())):
        inside = [k for k, question in enumerate(ordered) if folds[question.id] != fold]
        outside = [k for k, question in enumerate(ordered) if folds[question.id] == fold]
        if len({labels[k] for k in inside}) > 1:
            fitted = clone(pipeline).fit(rows([ordered[k] for k in inside]), [labels[k] for k in inside])
            margins[outside] = _margins(fitted, rows([ordered[k] for k in outside]), names)
    sigmoid = LogisticRegression(C=1.0, max_iter=1000).fit(margins, labels)
    return Fitted(rows, Calibrated(clone(pipeline).fit(rows(ordered), labels), sigmoid, names))


def _margins(pipeline: Any, rows: Any, labels: Sequence[str]) -> npt.NDArray[np.float64]:
    """float[n, K]; a label that the pipeline was never shown has -1, a hinge's "no"."""
    found = np.asarray(pipeline.decision_function(rows), dtype=np.float64)
    if found.ndim == 1:
        found = np.stack([-found, found], axis=1)
    made = np.full((len(found), len(labels)), -1.0)
    for column, label in enumerate(map(str, pipeline.classes_)):
        made[:, labels.index(label)] = found[:, column]
    return made
