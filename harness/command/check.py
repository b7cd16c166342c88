"""`veristance check`: compose, make and count everything, ask a server one small thing, and spend nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

from harness.command import allowed
from harness.engine import Checker, asking, forms
from harness.engine.dry import estimate
from harness.engine.probe import probe, warnings
from harness.errors import InputError
from harness.evaluate import Parts, prepare
from harness.instantiate import resolved
from harness.run import identity


def job(config: Any) -> None:
    """Say what a run would ask."""
    plain = resolved(config)
    parts = prepare(plain, allowed())
    gold = Counter(parts.items.gold[id_] for id_ in parts.asked)
    clusters = {parts.items.clusters[id_] for id_ in parts.asked}
    print(f"system {plain['name']}: {type(parts.system).__name__} can be made")
    held = f"{len(parts.corpus.claims)} claims, {len(parts.corpus.pairs)} pairs" if parts.corpus.claims else "by a map"
    print(f"dataset {parts.corpus.name} {parts.corpus.version}: {held}")
    print(f"questions {len(parts.asked)} of {len(parts.items.questions)} in {len(clusters)} clusters: ", end="")
    print(", ".join(f"{gold[label]} {label}" for label in parts.items.labels))
    found = _problems(parts, plain)
    print(f"run {plain['name']}-{identity(plain, parts.sha256)[:8]}; no question was asked")
    if found:
        raise InputError("; ".join(found))


def _problems(parts: Parts, plain: dict[str, Any]) -> list[str]:
    """What would spoil the run; prints what it would cost."""
    checker = asking(parts.system)
    if checker is None:
        return []
    for warning in warnings(checker):
        print(f"note: {warning}")
    wanted = set(parts.asked)
    asked = [question for question in parts.items.questions if question.id in wanted]
    print(estimate(checker, asked, checker.engine, trained=not isinstance(parts.system, Checker)).sentence())
    return probe(checker, forms(checker, asked[0])) if plain["probe"] else []
