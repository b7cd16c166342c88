"""How systems get to answer: zero-shot ones answer every question, trained ones only questions of folds they were not trained on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from harness.fold import assign, draw
from harness.schema import Prediction
from harness.system import System, Trainable
from harness.task import Items


@dataclass(frozen=True)
class GroupedKFold:
    """Cross-validation by cluster, so that every question has one out-of-fold prediction and all systems answer the same ones."""

    n_folds: int = 5
    """At least 2 and at most the number of clusters."""
    seed: int = 0
    """0 takes the dataset's own folds where their number is the same; any other regroups the clusters."""

    def predict(self, system: System | Trainable, items: Items, asked: Collection[str]) -> Iterator[Prediction]:
        """Predictions for the asked ids as they arrive; a trained system still learns from all questions of the other folds."""
        if not isinstance(system, Trainable):
            yield from system.predict(question for question in items.questions if question.id in asked)
            return
        wanted = [question for question in items.questions if question.id in asked]
        folds = self.folds(items)
        for fold in sorted({folds[question.id] for question in wanted}):
            training = [question for question in items.questions if folds[question.id] != fold]
            fitted = system.fit(training, {question.id: items.gold[question.id] for question in training})
            yield from fitted.predict(question for question in wanted if folds[question.id] == fold)

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


def sample(items: Items, n: int | None, seed: int) -> tuple[str, ...]:
    """At most n ids, drawn one by one in an order that depends on the seed alone; `None` gives all.

    Every question is as likely as any other, and a larger sample holds the smaller one. Most clusters are in it with a few questions, which
    tells more than few clusters with all of theirs.
    """
    ids = [question.id for question in items.questions]
    if n is None:
        return tuple(ids)
    return tuple(sorted(sorted(ids, key=lambda id_: draw(seed, id_))[:n]))
