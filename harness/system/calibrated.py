"""A language model's label log-probabilities, with the bias toward each label that is learnt on the training folds taken out.

    z = log p(label) + bias(label),  the label is the highest z,  probabilities are softmax(scale * z)

A small model says one letter whatever it reads. Zhao et al., "Calibrate before use" (ICML 2021), take the bias from an empty input; Platt
(1999) and Guo et al. (ICML 2017) fit it to labelled answers, which is done here: first the bias, then one scale, which changes no label.
Questions of the fold that is predicted have no part in the fit.
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
RIDGE = 1e-2  # on the bias, beside a mean log loss of about 1: without it a label that was not seen would have a bias of minus infinity
SCALES = (0.02, 50.0)  # from all but uniform to all but certain


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
        chosen = self._drawn(questions, gold)
        new = [question for question in chosen if question not in self._known]
        by_id = {question.id: question for question in new}
        answers = {by_id[prediction.id]: prediction for prediction in self.checker.predict(new)}
        # A fault of the moment is no answer: the next fold asks that question again.
        self._known.update((q, p) for q, p in answers.items() if p.outcome is not Outcome.FAILED)
        given = {question: self._known.get(question) or answers[question] for question in chosen}
        scored = [(p, gold[q.id]) for q, p in given.items() if p.probabilities is not None]
        causes = Counter(p.error or "no cause given" for p in given.values() if p.probabilities is None)
        if not scored:
            raise InputError(
                f"none of {len(chosen)} training questions has label log-probabilities ({causes.most_common(1)[0][0]}); "
                "expected a model that gives them: see client"
            )
        if causes:
            log.warning(
                "calibrated without %d of %d training questions (%s)",
                len(chosen) - len(scored),
                len(chosen),
                causes.most_common(1)[0][0],
            )
        scores = np.array([logs(prediction.probabilities or {}, labels) for prediction, _ in scored])
        right = np.array([labels.index(label) for _, label in scored])
        counts = Counter(label for _, label in scored)
        shares = Counter(dict.fromkeys(counts, 1) if self.balanced else (gold[q.id] for q in questions))
        weights = np.array([shares[label] / counts[label] for _, label in scored])
        scale, bias = fitted(scores, right, weights)
        told = ", ".join(f"{label} {value:+.2f}" for label, value in zip(labels, bias, strict=True))
        log.info("calibrated on %d training questions: scale %.2f, bias %s", len(scored), scale, told)
        return CalibratedChecker(
            self.checker, scale, dict(zip(labels, bias.tolist(), strict=True)), self.checker.engine
        )

    def _drawn(self, questions: Sequence[Question], gold: Mapping[str, str]) -> list[Question]:
        """N questions, label after label in turn, so that a rare one is there; within a label in an order of seed and id alone."""
        place: Counter[str] = Counter()
        turns = []
        for question in sorted(questions, key=lambda q: draw(self.seed, q.id)):
            label = gold[question.id]
            turns.append((place[label], label, question))
            place[label] += 1
        return [question for *_, question in sorted(turns, key=lambda turn: turn[:2])][: self.n]


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
        z = logs(reading.probabilities, question.labels) + [self.bias[label] for label in question.labels]
        shares = dict(zip(question.labels, _softmax(self.scale * z[None, :])[0].tolist(), strict=True))
        return replace(reading, label=question.labels[int(z.argmax())], probabilities=shares)


def logs(probabilities: Mapping[str, float], labels: Sequence[str]) -> Floats:
    """Log-probabilities in the labels' order: float[len(labels)]."""
    return np.log(np.maximum([probabilities[label] for label in labels], LEAST))


def fitted(scores: Floats, right: np.ndarray[Any, Any], weights: Floats) -> tuple[float, Floats]:
    """Scale and bias of least weighted log loss: `scores` float[n, L], `right` int[n], `weights` float[n]; the bias sums to 0."""
    from scipy.optimize import minimize, minimize_scalar

    n, n_labels = scores.shape
    share = weights / weights.sum()

    def loss(bias: Floats) -> tuple[float, Floats]:
        missed = _softmax(scores + bias)
        value = float(-(share * np.log(missed[np.arange(n), right])).sum()) + RIDGE / 2 * float((bias**2).sum())
        missed[np.arange(n), right] -= 1
        return value, share @ missed + RIDGE * bias

    found = minimize(loss, np.zeros(n_labels), jac=True, method="L-BFGS-B").x
    bias = np.asarray(found - found.mean())
    z = scores + bias

    def scaled(exponent: float) -> float:
        likelihood = np.maximum(_softmax(np.exp(exponent) * z)[np.arange(n), right], LEAST)
        return float(-(share * np.log(likelihood)).sum())

    best = minimize_scalar(scaled, bounds=tuple(np.log(SCALES)), method="bounded").x
    return float(np.exp(best)), bias


def _softmax(z: Floats) -> Floats:
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
