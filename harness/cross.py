"""Trained on one dataset, asked about another: does what was learnt of one hold on the other?

    veristance evaluate train_on=fnc1 dataset=emergent dataset.space=ours system=tfidf

Both are in this harness's labels. Training questions that share a text with an asked one are left out: public datasets are made
from each other (FNC-1's articles are Emergent's).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from harness import paths
from harness.dataset.corpus import Corpus
from harness.dataset.table import Table
from harness.errors import ConfigError
from harness.evidence import Setting
from harness.instantiate import make
from harness.protocol import Division, Protocol, fingerprint
from harness.schema import Prediction, Question
from harness.selection import Selection
from harness.system import System, Trainable, fit
from harness.task import Items, TaskBuilder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Across:
    """Another dataset trains; the protocol says what is asked of this one."""

    name: str
    """Of the dataset that trains."""
    sha256: str
    """Of its data."""
    training: Items
    protocol: Protocol

    @property
    def selection(self) -> Selection | None:
        """As the protocol says, by folds of the training questions."""
        return self.protocol.selection

    def questions(self, items: Items) -> tuple[str, ...]:
        """What the protocol asks."""
        return self.protocol.questions(items)

    def check(self, system: System | Trainable, items: Items) -> None:
        """Raise ConfigError for a system that is not trained, or datasets that share too few labels."""
        if not isinstance(system, Trainable):
            raise ConfigError(f"{type(system).__name__} is not trained; expected train_on=null, or a trained system")
        shared = set(self.training.labels) & set(items.labels)
        if len(shared) < 2:
            raise ConfigError(
                f"{self.name} has the labels {', '.join(self.training.labels)} and the dataset has {', '.join(items.labels)}; expected "
                "two or more in common: dataset.space=ours"
            )
        self._training(items)

    def divide(self, items: Items, asked: Collection[str]) -> Iterator[Division]:
        """The one division."""
        held_out = [question for question in items.questions if question.id in asked]
        yield Division(f"trained on {self.name}", self._training(items), held_out)

    def predict(self, system: System | Trainable, items: Items, asked: Collection[str]) -> Iterator[Prediction]:
        """Predictions for the asked ids as they arrive."""
        if not isinstance(system, Trainable):
            raise ConfigError(f"{type(system).__name__} is not trained; expected train_on=null, or a trained system")
        for division in self.divide(items, asked):
            gold = {question.id: self.training.gold[question.id] for question in division.training}
            clusters = self.training.clusters
            chosen = self.selection
            fitted = (
                fit(system, division.training, gold, clusters)
                if chosen is None
                else chosen.fit(system, division.training, gold, clusters)
            )
            stamp = {"fold": division.fold, "training": fingerprint(division.training, gold)}
            for prediction in fitted.predict(iter(division.held_out)):
                yield prediction.model_copy(update=stamp)

    def _training(self, items: Items) -> list[Question]:
        """Training questions with labels that can be asked for, and no text of any question that the protocol asks."""
        asked = set(self.questions(items))
        known = {text for question in items.questions if question.id in asked for text in _texts(question)}
        splits = {id_: fields.get("split", "-") for id_, fields in self.training.slices.items()}
        own = "train" in splits.values()
        found, shared, other = [], 0, 0
        for question in self.training.questions:
            if own and splits[question.id] != "train":
                continue
            if self.training.gold[question.id] not in items.labels:
                other += 1
            elif not known.isdisjoint(_texts(question)):
                shared += 1
            else:
                found.append(question.model_copy(update={"labels": items.labels}))
        log.info(
            "%s trains with %d questions; %d share a text with an asked one, and %d have a label that is not asked for: left out",
            self.name, len(found), shared, other,
        )  # fmt: skip
        if not found:
            raise ConfigError(
                f"no question of {self.name} is left to train on; expected another dataset, or dataset.space=ours"
            )
        return found


def across(name: str, task: TaskBuilder, setting: Setting, protocol: Protocol) -> Across:
    """The protocol with another dataset to train on; raises ConfigError for a name that no YAML has."""
    from omegaconf import OmegaConf

    file = paths.configs() / "dataset" / f"{name}.yaml"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in (paths.configs() / "dataset").glob("*.yaml")))
        raise ConfigError(f"train_on is {name!r}; expected one of {known}")
    plain: Any = OmegaConf.to_container(OmegaConf.load(file), resolve=True)
    plain.pop("defaults", None)
    if "space" in plain:
        plain["space"] = "ours"
    corpus: Corpus | Table = make({"dataset": plain})["dataset"].load()
    return Across(name, corpus.sha256, task.items(corpus, setting), protocol)


def _texts(question: Question) -> set[str]:
    found = (question.claim, *(evidence.text for evidence in question.evidence))
    return {" ".join(re.findall(r"\w+", text.casefold())) for text in found}
