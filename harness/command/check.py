"""`veristance check`: compose, make and count everything, and ask nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any

from harness.command import allowed
from harness.evaluate import prepare
from harness.instantiate import resolved
from harness.run import identity


def job(config: Any) -> None:
    """Say what a run would ask."""
    plain = resolved(config)
    parts = prepare(plain, allowed())
    gold = Counter(parts.items.gold[id_] for id_ in parts.asked)
    clusters = {parts.items.clusters[id_] for id_ in parts.asked}
    print(f"system {plain['name']}: {type(parts.system).__name__} can be made")
    print(
        f"dataset {parts.corpus.name} {parts.corpus.version}: {len(parts.corpus.claims)} claims, {len(parts.corpus.pairs)} pairs"
    )
    print(f"questions {len(parts.asked)} of {len(parts.items.questions)} in {len(clusters)} clusters: ", end="")
    print(", ".join(f"{gold[label]} {label}" for label in parts.items.labels))
    print(f"run {plain['name']}-{identity(plain, parts.corpus.sha256)[:8]}; nothing was asked")
