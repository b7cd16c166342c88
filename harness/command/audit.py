"""`veristance audit`: the probes and counts of a dataset, as a report of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.audit.finding import Audit
from harness.audit.leak import duplicates, evidence_leaks, metadata, texts
from harness.audit.probe import asked, probes
from harness.command import allowed
from harness.dataset.corpus import Corpus
from harness.dataset.example import Examples
from harness.dataset.shape import Shape
from harness.dataset.table import Table
from harness.errors import InputError
from harness.evidence import Gold
from harness.instantiate import make, resolved
from harness.run import write
from harness.task import Items


def job(config: Any) -> None:
    """Audit, print and write."""
    plain = resolved(config)
    made = make({key: plain[key] for key in ("dataset", "task")}, allowed())
    if plain["rows"] is not None and (not isinstance(plain["rows"], int) or plain["rows"] < 10):
        raise InputError(f"rows is {plain['rows']!r}; expected a whole number of at least 10, or null for all")
    corpus = made["dataset"].load()
    found = audit(corpus, made["task"].items(corpus, Gold()), plain["rows"], plain["seed"])
    page = found.markdown()
    out = Path(plain["out"] or f"reports/audit-{found.dataset}-{found.task}")
    write(out / "audit.md", page)
    write(out / "audit.json", found.model_dump_json(indent=1) + "\n")
    print(page + f"\nwrote {out}/audit.md and audit.json")


def audit(corpus: Corpus | Table, items: Items, rows: int | None = 20_000, seed: int = 0) -> Audit:
    """Every probe and count that the dataset has something for."""
    of, told, counts, notes = asked(items, rows, seed), {}, duplicates(items), []
    if isinstance(corpus, Table):
        examples = Examples(corpus, items.questions[0].task)
        axis, shape = corpus.axis(examples.task), Shape(corpus, examples.task)
        told = dict(metadata(examples, axis.columns.metadata)) if axis.columns.metadata else {}
        if axis.evidence and axis.evidence.url:
            counts += evidence_leaks(texts(examples, axis.evidence, shape), dated=axis.columns.date is not None)
    if not told:
        notes.append("metadata: the map names no columns of it (dataset.columns.metadata)")
    if len(counts) < 6:
        notes.append(
            "where and when evidence was found: the map does not say it for evidence and claim (dataset.evidence.url, dataset.columns.date)"
        )
    return Audit(
        dataset=corpus.name, version=corpus.version, sha256=corpus.sha256, task=items.questions[0].task, n=len(items.questions),
        labels=of.labels, majority=of.majority, how=of.how, probes=tuple(probes(of, told)), counts=tuple(counts), notes=tuple(notes),
    )  # fmt: skip
