"""The dataset card: prose by hand, tables between markers made here, so that no number in it is typed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from harness.annotation.agreement import Agreement, confusion
from harness.annotation.ceiling import ceilings
from harness.dataset.agreed import Agreed
from harness.dataset.baseline import Baseline
from harness.dataset.checks import Check
from harness.dataset.source import Source
from harness.dataset.tables import LABELLED
from harness.errors import InputError
from harness.label import CheckWorthiness, Edit, Origin, Stance, Veracity
from harness.record import Record
from harness.schema import Claim, Pair, Passage

LABELS = {task: tuple(labels) for task, (_, labels) in LABELLED.items()}
MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def renew(
    text: str,
    source: Source,
    tables: Mapping[str, Sequence[Record]],
    agreement: Agreed,
    probes: Sequence[Baseline],
    found: Sequence[Check],
) -> str:
    """The card with its generated parts made anew; raises InputError for a marker that nothing makes."""
    claims = cast("Sequence[Claim]", tables["claims"])
    pairs = cast("Sequence[Pair]", tables["pairs"])
    passages = cast("Sequence[Passage]", tables["passages"])
    parts = {
        "version": f"Version {source.settings.version}, as of {source.settings.as_of}.\n",
        "sizes": _sizes(source, claims, pairs, tables),
        "veracity": _veracity(claims),
        "stance": _stance(pairs),
        "check_worthiness": _worthiness(passages),
        "edits": _edits(claims),
        "examples": _examples(tables),
        "votes": _votes(source, claims, pairs, passages),
        "agreement": _agreement(agreement),
        "confusion": _confusion(agreement),
        "ceiling": _ceiling(agreement),
        "probes": _probes(probes),
        "checks": _table(
            ["check", "figure", "bar", "holds"],
            [[c.name, c.figure, c.bar, "yes" if c.passed else f"**no** {c.reason}".rstrip()] for c in found],
        ),
    }

    def made(match: re.Match[str]) -> str:
        if match[2] not in parts:
            raise InputError(f"the card has a marker for {match[2]!r}; expected one of {', '.join(parts)}")
        return f"{match[1]}{parts[match[2]]}{match[3]}"

    return MARKED.sub(made, text)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def _sizes(
    source: Source, claims: Sequence[Claim], pairs: Sequence[Pair], tables: Mapping[str, Sequence[Record]]
) -> str:
    extracted = sum(c.origin is Origin.EXTRACTED for c in claims)
    rows: list[Sequence[object]] = [
        ["articles", len(source.articles)],
        ["passages", len(source.passages)],
        ["claims", len(claims)],
        ["of these extracted", extracted],
        ["of these contrast claims written by us", len(claims) - extracted],
        ["clusters (the sample size)", len({c.cluster for c in claims})],
        ["stance pairs", len(pairs)],
        ["votes", len(tables["votes"])],
    ]
    return _table(["what", "n"], rows)


def _veracity(claims: Sequence[Claim]) -> str:
    rows = []
    for label in Veracity:
        of = [c for c in claims if c.veracity is label]
        extracted = sum(c.origin is Origin.EXTRACTED for c in of)
        rows.append([f"`{label}`", len(of), extracted, len(of) - extracted, len({c.cluster for c in of})])
    return _table(["veracity", "claims", "extracted", "contrast", "clusters"], rows)


def _stance(pairs: Sequence[Pair]) -> str:
    counts = Counter(p.stance for p in pairs)
    return _table(["stance", "pairs"], [[f"`{label}`", counts[label]] for label in Stance])


def _worthiness(passages: Sequence[Passage]) -> str:
    counts = Counter(p.check_worthiness for p in passages)
    return _table(["check-worthiness", "passages"], [[f"`{label}`", counts[label]] for label in CheckWorthiness])


def _edits(claims: Sequence[Claim]) -> str:
    rows = []
    for edit in Edit:
        counts = Counter(c.veracity for c in claims if c.edit is edit)
        rows.append([f"`{edit}`", counts.total(), *(counts[label] for label in Veracity)])
    return _table(["edit of a contrast claim", "claims", *Veracity], rows)


def _examples(tables: Mapping[str, Sequence[Record]]) -> str:
    claims = cast("Sequence[Claim]", tables.get("claims/examples", ()))
    n_clusters = len({c.cluster for c in claims})
    return f"{len(claims)} claims in {n_clusters} clusters and {len(tables.get('pairs/examples', ()))} pairs.\n"


def _votes(source: Source, claims: Sequence[Claim], pairs: Sequence[Pair], passages: Sequence[Passage]) -> str:
    rows = []
    labels = {c.id: c.veracity.value for c in claims} | {p.id: p.stance.value for p in pairs}
    labels |= {p.id: p.check_worthiness.value for p in passages if p.check_worthiness}
    scored = [v for v in source.votes if v.item in labels]
    who = {(v.annotator, v.kind.value, v.model or "not known", v.round, v.task.value) for v in scored}
    for name in sorted(who, key=lambda row: (row[3], row[4], len(row[0]), row[0])):
        votes = [v for v in scored if (v.annotator, v.task.value) == (name[0], name[4])]
        same = sum(labels[v.item] == v.label for v in votes)
        rows.append([*name, len(votes), f"{same / len(votes):.1%}".replace("%", " %")])
    return _table(["annotator", "kind", "model", "round", "task", "votes", "same as the label"], rows)


def _agreement(of: Agreed) -> str:
    """In words where no item has two votes."""
    head = ["task", "slice", "alpha", "95 % interval", "raw agreement", "items", "votes", "clusters"]
    notes = [f"- {a.task}, {a.slice}: {a.note}.\n" for a in of.found if a.note]
    table = [_table(head, [_agreement_row(a) for a in of.found])] if of.found else []
    return "\n".join(part for part in [*table, "".join(notes), *(f"{words}\n" for words in of.missing)] if part)


def _confusion(of: Agreed) -> str:
    """Pairs of votes on one item, by the two labels; a table a task."""
    parts = []
    for task, labels in LABELS.items():
        if votes := of.votes.get(task):
            rows = confusion(votes, labels)
            parts.append(_table([task, *labels], [[a, *row] for a, row in zip(labels, rows, strict=True)]))
    return "\n".join(parts) or "No item has two votes.\n"


def _ceiling(of: Agreed) -> str:
    rows = []
    for task, labels in LABELS.items():
        if votes := of.votes.get(task):
            rows += [
                [task, c.annotator, *("-" if v is None else f"{v:.3f}" for v in (c.macro_f1, c.accuracy)), c.n]
                for c in ceilings(votes, labels)
                if c.n
            ]
    head = ["task", "annotator", "macro-F1 against the others", "accuracy against the others", "votes compared"]
    return _table(head, rows) if rows else "No item has two votes.\n"


def _probes(found: Sequence[Baseline]) -> str:
    rows = [
        [
            b.probe,
            f"{b.macro_f1:.2f}",
            "-" if b.low is None or b.high is None else f"{b.low:.2f} to {b.high:.2f}",
            f"{b.accuracy:.2f}",
            b.n,
            b.n_clusters,
        ]
        for b in found
    ]
    return _table(["probe", "macro-F1", "95 % interval", "accuracy", "claims", "clusters"], rows)


def _agreement_row(a: Agreement) -> list[object]:
    ends = "-" if a.low is None or a.high is None else f"{a.low:.2f} to {a.high:.2f}"
    alpha, raw = ("-" if value is None else f"{value:.2f}" for value in (a.alpha, a.raw))
    return [a.task, a.slice, alpha, ends, raw, a.n_items, a.n_votes, a.n_clusters]
