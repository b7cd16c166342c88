"""The votes that were cast on a task's questions, beside its gold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from harness.dataset.corpus import Corpus
from harness.task import Items


def voters(corpus: Corpus, task: str) -> frozenset[str]:
    """The names of the models that voted on a task's labels, where the dataset ships its votes and they are known."""
    return frozenset(row["model"] for row in _rows(corpus, task, ["model"]) if row["model"])


def with_votes(items: Items, corpus: Corpus) -> Items:
    """The items with how many annotators gave which label, and a slice for whether they agree, where the dataset ships its votes.

    Else the items as they are. Of an annotator who voted on an item more than once, the first round counts: later ones knew the first.
    """
    first: dict[tuple[str, str], tuple[int, str]] = {}
    for row in _rows(corpus, items.questions[0].task.value, ["item", "label", "annotator", "round"]):
        label = items.merged.get(row["label"], row["label"])
        key, cast = (row["item"], row["annotator"]), (row["round"], label)
        if row["item"] in items.gold and label in items.labels:
            first[key] = min(first.get(key, cast), cast)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for (item, _), (_, label) in first.items():
        votes[item][label] += 1
    if not votes:
        return items
    slices = {
        id_: {**fields, "agreement": _agreement(votes.get(id_, Counter()))} for id_, fields in items.slices.items()
    }
    return replace(items, votes=dict(votes), slices=slices)


def _agreement(votes: Counter[str]) -> str:
    if votes.total() < 2:
        return "-"
    return "unanimous" if len(votes) == 1 else "split"


def _rows(corpus: Corpus, task: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """These columns of the votes on a task; none where the dataset ships no votes."""
    folder = corpus.path / "data" / "votes"
    for file in sorted(folder.glob("*.parquet")) if folder.is_dir() else []:
        import pyarrow.parquet as pq

        yield from (row for row in pq.read_table(file, columns=["task", *columns]).to_pylist() if row["task"] == task)
