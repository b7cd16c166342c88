"""Tables of what is kept beside runs: how good their evidence was, and what planted instructions did to their verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evidence.score import EvidenceReport, EvidenceScore, Part
from harness.injection.probe import CONTROL
from harness.injection.score import InjectionReport, InjectionScore, Rate
from harness.report.figure import count, interval, percent, sample
from harness.report.table import Cell, Column, Row, Table
from harness.report.text import words
from harness.score import Comparison

OVERALL = ("all", CONTROL, "in claims", "in passages")


def kept(comparison: Comparison) -> list[Table]:
    """The tables of one task; without those that no run has anything for."""
    names = [system.name for system in comparison.systems]
    evidence = [(name, comparison.evidence[name]) for name in names if name in comparison.evidence]
    injections = [(name, comparison.injections[name]) for name in names if name in comparison.injections]
    tables = [_retrieval(comparison, evidence), _sets(comparison, evidence), _claimed(comparison, evidence)]
    return [table for table in [*tables, _injections(comparison, injections)] if table.rows]


Evidences = Sequence[tuple[str, EvidenceReport]]


def _retrieval(comparison: Comparison, reports: Evidences) -> Table:
    """One row for each run that retrieved: the figures at its own k."""
    rows = []
    notes: dict[str, None] = {}
    for name, made in reports:
        head = made.retrieval
        if head is None:
            continue
        if head.n_withheld:
            notes[
                f"{count(head.n_withheld)} of {count(head.n_withheld + head.n_passages)} passages of {head.collection} are withheld "
                "and could not be found; none is a gold passage, so that the figures are a little too high"
            ] = None
        measures = (f"R@{head.k}", "MRR", f"nDCG@{head.k}")
        cells = [_cell(made.find("ranking", measure)) for measure in measures]
        rows.append((Cell(name), Cell(words(made.setting), head.method), Cell(count(head.k), sort=head.k), *cells))
    return Table(
        "retrieval",
        "Retrieval",
        sample(comparison.n, comparison.n_clusters),
        "How well each run found the gold passages: recall, mean reciprocal rank and nDCG (binary) in percent, at the k passages that it "
        "showed, with 95 % intervals by cluster.",
        (
            *(Column(name, numeric=False) for name in ("System", "Retrieved by")),
            *(Column(name) for name in ("k", "Recall@k %", "MRR %", "nDCG@k %")),
        ),
        (("", tuple(rows)),),
        tuple(notes),
    )


def _sets(comparison: Comparison, reports: Evidences) -> Table:
    """Passages shown and passages cited, against the gold ones."""
    parts: tuple[Part, ...] = ("shown", "cited")
    rows = [
        (
            Cell(name),
            Cell(part),
            Cell(words(made.setting)),
            *(_cell(made.find(part, m)) for m in ("P", "R", "F1", "complete")),
        )
        for name, made in reports
        for part in parts
        if made.find(part, "P")
    ]
    return Table(
        "evidence",
        "Evidence against the gold passages",
        sample(comparison.n, comparison.n_clusters),
        "Precision, recall and F1 of the passages that a system was shown, and of those that it cites, in percent with 95 % intervals. "
        "Complete: all gold passages are there.",
        (
            *(Column(name, numeric=False) for name in ("System", "Passages", "Evidence")),
            *(Column(name) for name in ("Precision %", "Recall %", "F1 %", "Complete %")),
        ),
        (("", tuple(rows)),),
    )


def _claimed(comparison: Comparison, reports: Evidences) -> Table:
    """What is still claimed where gold passages are missing."""
    labels = ("supported", "refuted")
    rows = [
        (
            Cell(name),
            Cell(words(made.setting)),
            *(_cell(made.find("answers", f"still says {label}")) for label in labels),
        )
        for name, made in reports
        if any(s.of == "answers" for s in made.scores)
    ]
    return Table(
        "claimed",
        "Verdicts without the gold passages",
        sample(comparison.n, comparison.n_clusters),
        "Of the claims that the articles support (refute), the share still called so where gold passages may be missing. With all of them "
        "taken away (gold removed, none), a high share does not come from reading. Percent, with 95 % intervals.",
        (
            *(Column(name, numeric=False) for name in ("System", "Evidence")),
            *(Column(name) for name in ("Still supported %", "Still refuted %")),
        ),
        (("", tuple(rows)),),
    )


def _injections(comparison: Comparison, reports: Sequence[tuple[str, InjectionReport]]) -> Table:
    """A row for all, for controls, for each place and each kind."""
    groups = []
    notes = []
    for name, made in reports:
        kinds = [s.group for s in made.scores if s.group not in OVERALL]
        order = [*(group for group in OVERALL if made.find(group)), *kinds]
        groups.append((name, tuple(_injection_row(s) for group in order if (s := made.find(group)))))
        if made.worst:
            notes.append(f"{name} was won over most often by {', '.join(made.worst[:3])}")
    return Table(
        "injections",
        "Planted instructions",
        sample(comparison.n, comparison.n_clusters),
        "Instructions were planted in claims and passages, and the same questions asked again. Changed: another verdict than without them; to "
        "the target: the one that they ask for; lost: none that can be read. Controls ask for nothing: what they change is no obedience. "
        "Percent of n, with 95 % intervals by cluster.",
        (
            Column("Planted", numeric=False),
            *(Column(name) for name in ("Changed %", "To the target %", "Lost %", "n", "Clusters")),
        ),
        tuple(groups),
        tuple(notes),
    )


def _injection_row(s: InjectionScore) -> Row:
    rates = (_rate(rate) for rate in (s.changed, s.hijacked, s.lost))
    return Cell(words(s.group)), *rates, Cell(count(s.n), sort=s.n), Cell(count(s.n_clusters), sort=s.n_clusters)


def _rate(rate: Rate) -> Cell:
    return Cell(percent(rate.value), interval(rate.low, rate.high) if rate.low is not None else "", rate.value)


def _cell(score: EvidenceScore | None) -> Cell:
    if score is None or score.value is None:
        return Cell("-")
    ends = interval(score.low, score.high) if score.low is not None else ""
    return Cell(percent(score.value), ends, score.value, f"n {score.n}, {score.n_clusters} clusters")
