"""How systems get to answer: zero-shot ones answer every question, trained ones only questions that they were not trained on.

What is held out shares no cluster with what is trained on, and every prediction of a trained system says which part was held
out and what it was trained on.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol as Interface

from harness.errors import ConfigError
from harness.fold import assign, draw
from harness.schema import Prediction, Question
from harness.selection import Selection
from harness.system import System, Trainable, fit
from harness.task import Items

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Division:
    """What trains a system, and what it is then asked."""

    fold: str
    """The name of what is held out."""
    training: Sequence[Question]
    held_out: Sequence[Question]
    """Those that are asked."""


class Protocol(Interface):
    """Decides which questions are asked, and which train the system that answers them."""

    @property
    def selection(self) -> Selection | None:
        """Hyper-parameters to choose, inside the training questions; `None` takes the system as it is."""
        ...

    def questions(self, items: Items) -> tuple[str, ...]:
        """The ids that are asked where no sample is drawn."""
        ...

    def check(self, system: System | Trainable, items: Items) -> None:
        """Raise ConfigError where the system cannot be trained so; trains nothing."""
        ...

    def divide(self, items: Items, asked: Collection[str]) -> Iterator[Division]:
        """Give what trains a system beside the asked questions that it then answers, each once."""
        ...

    def predict(self, system: System | Trainable, items: Items, asked: Collection[str]) -> Iterator[Prediction]:
        """Predictions for the asked ids as they arrive."""
        ...


@dataclass(frozen=True)
class GroupedKFold:
    """Cross-validation by cluster, so that every question has one out-of-fold prediction and all systems answer the same ones."""

    n_folds: int = 5
    """At least 2 and at most the number of clusters."""
    seed: int = 0
    """0 takes the dataset's own folds where their number is the same; any other regroups the clusters."""
    selection: Selection | None = None
    """Hyper-parameters to choose, inside the training folds; `None` takes the system as it is."""

    def questions(self, items: Items) -> tuple[str, ...]:
        """All of them."""
        return tuple(items.gold)

    def check(self, system: System | Trainable, items: Items) -> None:
        """Raise ConfigError for folds that cannot be made."""
        _check(system, self.selection)
        if isinstance(system, Trainable):
            self.folds(items)

    def divide(self, items: Items, asked: Collection[str]) -> Iterator[Division]:
        """One division a fold; a system still learns from all questions of the other folds, whatever is asked."""
        folds = self.folds(items)
        wanted = [question for question in items.questions if question.id in asked]
        for fold in sorted({folds[question.id] for question in wanted}):
            training = [question for question in items.questions if folds[question.id] != fold]
            yield Division(str(fold), training, [question for question in wanted if folds[question.id] == fold])

    def predict(self, system: System | Trainable, items: Items, asked: Collection[str]) -> Iterator[Prediction]:
        """Predictions for the asked ids as they arrive."""
        return predicted(self, system, items, asked)

    def folds(self, items: Items) -> Mapping[str, int]:
        """The fold of every question, 0..n_folds-1."""
        own = set(items.folds.values())
        if self.seed == 0 and self.n_folds > 1 and own == set(range(self.n_folds)):
            return items.folds
        labels: dict[str, Counter[str]] = defaultdict(Counter)
        for id_, cluster in items.clusters.items():
            labels[cluster][items.gold[id_]] += 1
        by_cluster = assign(labels, self.n_folds, self.seed)
        return {id_: by_cluster[cluster] for id_, cluster in items.clusters.items()}


@dataclass(frozen=True)
class LeaveOneArticleOut:
    """Each article in turn is held out, so that nothing of its story was trained on.

    Questions of other articles that share a cluster with a held-out one are left out of its training.
    """

    field: str = "article"
    """The slice that is held out value by value: `article`, or any other that the task has."""
    selection: Selection | None = None
    """As in `GroupedKFold`."""

    def questions(self, items: Items) -> tuple[str, ...]:
        """All of them."""
        return tuple(items.gold)

    def check(self, system: System | Trainable, items: Items) -> None:
        """Raise ConfigError for a field that there is not, or that leaves nothing to train on."""
        _check(system, self.selection)
        if not isinstance(system, Trainable):
            return
        values = _values(items, self.field)
        if len(set(values.values())) < 2:
            raise ConfigError(
                f"all questions have {self.field} {next(iter(values.values()))}; expected two values or more, so that one can be held out"
            )
        for value in sorted(set(values.values())):
            if not self._training(items, values, value):
                raise ConfigError(
                    f"every cluster has a question of {self.field} {value}; expected some that have none, to train on"
                )

    def divide(self, items: Items, asked: Collection[str]) -> Iterator[Division]:
        """One division an article."""
        values = _values(items, self.field)
        wanted = [question for question in items.questions if question.id in asked]
        for value in sorted({values[question.id] for question in wanted}):
            held_out = [question for question in wanted if values[question.id] == value]
            yield Division(f"{self.field}={value}", self._training(items, values, value), held_out)

    def predict(self, system: System | Trainable, items: Items, asked: Collection[str]) -> Iterator[Prediction]:
        """Predictions for the asked ids as they arrive."""
        return predicted(self, system, items, asked)

    @staticmethod
    def _training(items: Items, values: Mapping[str, str], value: str) -> list[Question]:
        closed = {items.clusters[id_] for id_, found in values.items() if found == value}
        return [question for question in items.questions if items.clusters[question.id] not in closed]


@dataclass(frozen=True)
class TrainTest:
    """The split that a dataset comes with: trained on one part, asked about another.

    Training questions that share a cluster with an asked one are left out, and how many is logged.
    """

    field: str = "split"
    """The slice that names the part."""
    train: Sequence[str] = ("train",)
    """Its values that are trained on."""
    test: Sequence[str] = ("test",)
    """Its values that are asked about; zero-shot systems too answer these alone."""
    selection: Selection | None = None
    """As in `GroupedKFold`, by folds of the training part."""

    def questions(self, items: Items) -> tuple[str, ...]:
        """Those of the test part."""
        return tuple(question.id for question in self._part(items, self.test))

    def check(self, system: System | Trainable, items: Items) -> None:
        """Raise ConfigError where a part is empty or the two overlap."""
        _check(system, self.selection)
        self._part(items, self.test)
        if isinstance(system, Trainable) and not self._training(items):
            raise ConfigError(
                f"every training question shares a cluster with a question of {self.field} {', '.join(self.test)}; expected some that do not"
            )

    def divide(self, items: Items, asked: Collection[str]) -> Iterator[Division]:
        """The one division."""
        training = self._training(items)
        n_left = len(self._part(items, self.train)) - len(training)
        if n_left:
            log.warning("%d training questions share a cluster with the test part and are left out", n_left)
        held_out = [question for question in self._part(items, self.test) if question.id in asked]
        yield Division("+".join(self.test), training, held_out)

    def predict(self, system: System | Trainable, items: Items, asked: Collection[str]) -> Iterator[Prediction]:
        """Predictions for the asked ids as they arrive."""
        return predicted(self, system, items, asked)

    def _training(self, items: Items) -> list[Question]:
        closed = {items.clusters[question.id] for question in self._part(items, self.test)}
        return [question for question in self._part(items, self.train) if items.clusters[question.id] not in closed]

    def _part(self, items: Items, wanted: Sequence[str]) -> list[Question]:
        values = _values(items, self.field)
        if both := set(self.train) & set(self.test):
            raise ConfigError(f"{self.field} {min(both)} is in train and in test; expected two separate parts")
        if missing := sorted(set(wanted) - set(values.values())):
            raise ConfigError(
                f"no question has {self.field} {missing[0]}; expected one of {', '.join(sorted(set(values.values())))}"
            )
        return [question for question in items.questions if values[question.id] in wanted]


def _check(system: System | Trainable, selection: Selection | None) -> None:
    if selection is not None:
        selection.check(system)


def predicted(
    protocol: Protocol, system: System | Trainable, items: Items, asked: Collection[str]
) -> Iterator[Prediction]:
    """Predictions for the asked ids; those of a trained system name what was held out and what it was trained on."""
    if not isinstance(system, Trainable):
        yield from system.predict(question for question in items.questions if question.id in asked)
        return
    for division in protocol.divide(items, asked):
        fitted = trained(protocol, system, items, division)
        stamp = {"fold": division.fold, "training": fingerprint(division.training, items.gold)}
        for prediction in fitted.predict(iter(division.held_out)):
            yield prediction.model_copy(update=stamp)


def trained(protocol: Protocol, system: Trainable, items: Items, division: Division) -> System:
    """The system, fitted on the training questions of a division, with the gold of these and no others."""
    gold = {question.id: items.gold[question.id] for question in division.training}
    if protocol.selection is None:
        return fit(system, division.training, gold, items.clusters)
    return protocol.selection.fit(system, division.training, gold, items.clusters)


def fingerprint(questions: Sequence[Question], gold: Mapping[str, str]) -> str:
    """The first 16 digits of the sha256 of the questions, in the order of their ids, with their gold."""
    digest = hashlib.sha256()
    for question in sorted(questions, key=lambda q: q.id):
        digest.update(f"{question.model_dump_json()}\t{gold[question.id]}\n".encode())
    return digest.hexdigest()[:16]


def _values(items: Items, field: str) -> dict[str, str]:
    try:
        return {question.id: items.slices[question.id][field] for question in items.questions}
    except KeyError as error:
        known = sorted({name for fields in items.slices.values() for name in fields})
        raise ConfigError(
            f"the protocol's field is {field!r}, which the questions do not have; expected one of {', '.join(known)}"
        ) from error


def sample(items: Items, n: int | None, seed: int, among: Collection[str] | None = None) -> tuple[str, ...]:
    """At most n ids of `among` (`None` is all), drawn one by one in an order that depends on the seed alone; n `None` gives all.

    Every question is as likely as any other, and a larger sample holds the smaller one. Most clusters are in it with a few questions, which
    tells more than few clusters with all of theirs.
    """
    ids = [
        id_ for id_ in items.gold if among is None or id_ in among
    ]  # not the questions: of a large table they are made anew each time
    if n is None:
        return tuple(ids)
    return tuple(sorted(sorted(ids, key=lambda id_: draw(seed, id_))[:n]))
