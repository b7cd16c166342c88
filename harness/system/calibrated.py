"""A language model's label log-probabilities, with the bias toward each label that is learnt on the training folds taken out.

    z = scale * log p(label) + bias(label),  the label is the highest z,  probabilities are softmax(z)

A small model says one letter whatever it reads. Zhao et al., "Calibrate before use" (ICML 2021), take the bias from an empty input; Platt
(1999) and Guo et al. (2017, vector scaling) fit it to labelled answers, which is done here, with one scale for all labels. Questions of the
fold that is predicted have no part in the fit.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from harness.client import Client, Remote
from harness.engine import Ask, Engine, Reading
from harness.errors import ConfigError, InputError
from harness.fold import draw
from harness.label import Outcome
from harness.metric import Floats
from harness.schema import Prediction, Question
from harness.system import System
from harness.system.llm import AnswerForm, LlmFactChecker

log = logging.getLogger(__name__)

LEAST = 1e-6  # a share below it is taken for it: a label that the model all but excludes must not decide the fit
RIDGE = 1e-2  # of scale and bias, a question: with few questions the bias stays near none, with a hundred it hardly matters


@dataclass(frozen=True)
class Calibrated:
    """A fact-checker whose answers are label log-probabilities; it asks training questions before it is asked others."""

    checker: LlmFactChecker
    n: int | None = 100
    """Training questions asked for the fit of a fold; the folds share most of them, and none is asked twice. `None` asks all."""
    balanced: bool = True
    """Whether each label weighs the same in the fit, as in macro-F1; without it, probabilities fit the labels' real shares."""
    seed: int = 0
    """Of the draw."""
    _known: dict[Question, Prediction] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.n is not None and self.n < 2:
            raise ConfigError(f"the calibration's n is {self.n}; expected 2 or more questions, or null for all")

    @property
    def about(self) -> str:
        """What it is, with the model's name."""
        return f"The language model {self.checker.client.name}, label log-probabilities with its bias toward labels taken out."

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Ask training questions, and fit scale and bias; raises InputError where none was scored."""
        form = self.checker.form(questions[0])
        if form != "logprobs":
            raise ConfigError(f"answer is {form}, which has no probabilities to calibrate; expected logprobs")
        labels = questions[0].labels
        chosen = sorted(questions, key=lambda q: draw(self.seed, q.id))[: self.n]
        new = [question for question in chosen if question not in self._known]
        by_id = {question.id: question for question in new}
        for prediction in self.checker.predict(new):
            self._known[by_id[prediction.id]] = prediction
        scored = [(self._known[q], gold[q.id]) for q in chosen if self._known[q].probabilities is not None]
        if not scored:
            causes = Counter(self._known[q].error or "no cause given" for q in chosen)
            raise InputError(
                f"none of {len(chosen)} training questions has label log-probabilities ({causes.most_common(1)[0][0]}); "
                "expected a model that gives them: see client"
            )
        scores = np.array([logs(prediction.probabilities or {}, labels) for prediction, _ in scored])
        right = np.array([labels.index(label) for _, label in scored])
        scale, bias = fitted(scores, right, balanced=self.balanced)
        told = ", ".join(f"{label} {value:+.2f}" for label, value in zip(labels, bias, strict=True))
        log.info("calibrated on %d training questions: scale %.2f, bias %s", len(scored), scale, told)
        return CalibratedChecker(self.checker, scale, dict(zip(labels, bias.tolist(), strict=True)), self.checker.engine)


@dataclass(frozen=True)
class CalibratedChecker:
    """The fact-checker of one fold."""

    checker: LlmFactChecker
    scale: float
    bias: Mapping[str, float]
    engine: Engine

    def clients(self) -> tuple[Client | Remote, ...]:
        """The one model."""
        return self.checker.clients()

    def form(self, question: Question) -> AnswerForm:
        """How an answer is read."""
        return self.checker.form(question)

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question; the raw answer is the model's own log-probabilities."""
        return self.engine.predict(self, questions)

    async def check(self, question: Question, ask: Ask) -> Reading:
        """Ask, and take the bias out."""
        reading = await self.checker.check(question, ask)
        if reading.outcome is not Outcome.ANSWERED or reading.probabilities is None:
            return reading
        z = self.scale * logs(reading.probabilities, question.labels) + [self.bias[la] for la in question.labels]
        shares = dict(zip(question.labels, _softmax(z[None, :])[0].tolist(), strict=True))
        return replace(reading, label=max(question.labels, key=shares.__getitem__), probabilities=shares)


def logs(probabilities: Mapping[str, float], labels: Sequence[str]) -> Floats:
    """Log-probabilities in the labels' order: float[len(labels)]."""
    return np.log(np.maximum([probabilities[label] for label in labels], LEAST))


def fitted(scores: Floats, right: np.ndarray[Any, Any], *, balanced: bool) -> tuple[float, Floats]:
    """Scale and bias of least log loss: `scores` float[n, L], `right` int[n]; the bias sums to 0. A label never seen keeps a bias of about 0.

    The scale cannot fall below 0: a model whose preferences are worthless gives its labels by bias alone, and never the reverse of them.
    """
    from scipy.optimize import minimize

    n, n_labels = scores.shape
    counts = np.bincount(right, minlength=n_labels)
    weights = 1 / counts[right] if balanced else np.ones(n)
    weights = weights / weights.sum()

    def loss(parameters: Floats) -> tuple[float, Floats]:
        scale, bias = parameters[0], parameters[1:]
        shares = _softmax(scale * scores + bias)
        ridge = RIDGE / 2 * (float((bias**2).sum()) + (scale - 1) ** 2)
        missed = shares.copy()
        missed[np.arange(n), right] -= 1
        missed *= weights[:, None]
        gradient = np.concatenate([[(missed * scores).sum() + RIDGE * (scale - 1)], missed.sum(axis=0) + RIDGE * bias])
        return float(-(weights * np.log(shares[np.arange(n), right])).sum()) + ridge, gradient

    start = np.concatenate([[1.0], np.zeros(n_labels)])
    bounds = [(0.0, None), *[(None, None)] * n_labels]
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return float(found.x[0]), found.x[1:] - found.x[1:].mean()


def _softmax(z: Floats) -> Floats:
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
