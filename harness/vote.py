"""The votes that were cast on a task's questions, beside its gold."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from harness.dataset.corpus import Corpus
from harness.task import Items


def voters(corpus: Corpus, task: str) -> frozenset[str]:
    """The names of the models that voted on a task's labels, where the dataset ships its votes and they are known."""
    folder = corpus.path / "data" / "votes"
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    if not files:
        return frozenset()
    import pyarrow.parquet as pq

    rows = (row for file in files for row in pq.read_table(file, columns=["task", "model"]).to_pylist())
    return frozenset(row["model"] for row in rows if row["task"] == task and row["model"])


def with_votes(items: Items, corpus: Corpus) -> Items:
    """The items with how many annotators gave which label, and a slice for whether they agree, where the dataset ships its votes.

    Else the items as they are. Of an annotator who voted on an item more than once, the first round counts: later ones knew the first.
    """
    folder = corpus.path / "data" / "votes"
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    if not files:
        return items
    import pyarrow.parquet as pq

    task, first = items.questions[0].task.value, dict[tuple[str, str], tuple[int, str]]()
    for file in files:
        for row in pq.read_table(file, columns=["item", "task", "label", "annotator", "round"]).to_pylist():
            key = row["item"], row["annotator"]
            label = items.merged.get(row["label"], row["label"])
            if row["task"] == task and row["item"] in items.gold and label in items.labels:
                first[key] = min(first.get(key, (row["round"], label)), (row["round"], label))
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for (item, _), (_, label) in first.items():
        votes[item][label] += 1
    slices = {
        id_: {**fields, "agreement": _agreement(votes.get(id_, Counter()))} for id_, fields in items.slices.items()
    }
    return replace(items, votes=dict(votes), slices=slices)


def _agreement(votes: Counter[str]) -> str:
    if votes.total() < 2:
        return "-"
    return "annotators agree" if len(votes) == 1 else "annotators differ"
