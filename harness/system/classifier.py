"""What the trained classifiers share: gold joined by id, a fresh estimator for every fit, predictions as a stream.

A classifier is a function from questions to rows and the steps of a scikit-learn pipeline that takes them:

    def fit(self, questions, gold):
        return train(questions, gold, claims, TfidfVectorizer(), self.estimator)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from harness.errors import InputError
from harness.label import Outcome
from harness.schema import Prediction, Question
from harness.system import System

BATCH = 256  # rows in memory at once: the widest features, 1,536 floats a row, make 3 MB

Rows = Callable[[Sequence[Question]], Any]


@dataclass(frozen=True)
class Prior:
    """Gives every question the same probabilities, and so the same label."""

    shares: Mapping[str, float]
    """The probability of each label."""

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question, in their order."""
        return (answer(question, self.shares) for question in questions)


@dataclass(frozen=True)
class Fitted:
    """A fitted pipeline and the function that made its rows."""

    rows: Rows
    """From questions to what the pipeline takes."""
    pipeline: Any
    """A fitted scikit-learn pipeline with `predict_proba`."""
    threads: int | None = None
    """Of OpenMP while predicting; `None` leaves them as they are."""

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question, in their order."""
        stream = iter(questions)
        while batch := list(islice(stream, BATCH)):
            rows = self.rows(batch)
            with threads(self.threads):
                table = self.pipeline.predict_proba(rows).tolist()
            for question, row in zip(batch, table, strict=True):
                yield answer(question, dict(zip(map(str, self.pipeline.classes_), row, strict=True)))


def train(questions: Sequence[Question], gold: Mapping[str, str], rows: Rows, *steps: Any) -> System:
    """Fit fresh copies of the steps; those that are given stay as they are, and the questions' order does not matter.

    A single label needs no estimator: it is predicted with probability 1.
    Raises InputError as `labelled` does, and for an estimator (the last step) that gives no probabilities.
    """
    from sklearn.base import clone
    from sklearn.pipeline import make_pipeline

    ordered, labels = labelled(questions, gold)
    if not hasattr(steps[-1], "predict_proba"):
        raise InputError(
            f"estimator {type(steps[-1]).__name__} has no predict_proba; expected one that gives probabilities: "
            "wrap it in sklearn.calibration.CalibratedClassifierCV"
        )
    if len(set(labels)) == 1:
        return Prior(shares(labels))
    return Fitted(rows, clone(make_pipeline(*steps)).fit(rows(ordered), labels))


def threads(n: int | None) -> Any:
    """At most n threads of OpenMP inside the context; `None` is no limit."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(n, user_api="openmp")


def labelled(questions: Sequence[Question], gold: Mapping[str, str]) -> tuple[list[Question], list[str]]:
    """The questions in the order of their ids, and their labels.

    Raises InputError when there is no question, or when one has no gold or a label that it does not allow.
    """
    if not questions:
        raise InputError("there are no training questions; expected at least one: check the protocol's folds or splits")
    ordered = sorted(questions, key=lambda question: question.id)
    for question in ordered:
        if gold.get(question.id) not in question.labels:
            raise InputError(
                f'training question "{question.id}" has gold {gold.get(question.id)!r}; '
                f"expected one of {', '.join(question.labels)}"
            )
    return ordered, [str(gold[question.id]) for question in ordered]


def shares(labels: Sequence[str]) -> dict[str, float]:
    """The share of each label that occurs."""
    return {label: n / len(labels) for label, n in Counter(labels).items()}


def answer(question: Question, probabilities: Mapping[str, float], label: str | None = None) -> Prediction:
    """The prediction with these probabilities, 0 for a label that has none.

    The label is `label`, or the likeliest, the first in the question's order where several are.
    Raises InputError when a label is likely that the question does not allow.
    """
    if unknown := probabilities.keys() - set(question.labels):
        raise InputError(
            f'question "{question.id}" does not allow {", ".join(sorted(unknown))}, which training did; '
            "expected the same task and labels in both"
        )
    # Twelve digits, because the last few depend on where a question stands in its batch, and would break ties.
    likely = {name: float(f"{probabilities.get(name, 0.0):.12g}") for name in question.labels}
    return Prediction(
        id=question.id,
        outcome=Outcome.ANSWERED,
        label=label or max(likely, key=likely.__getitem__),
        probabilities=likely,
    )
