"""The dataset card: prose by hand, tables between markers made here, so that no number in it is typed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from harness.annotation.agreement import Agreement, agreement, one_against_rest
from harness.dataset.checks import Check
from harness.dataset.source import Source
from harness.errors import InputError
from harness.label import Origin, Stance, Task, Veracity
from harness.record import Record
from harness.schema import Claim, Pair, Vote

MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def renew(text: str, source: Source, tables: Mapping[str, Sequence[Record]], found: Sequence[Check]) -> str:
    """The card with its generated parts made anew; raises InputError for a marker that nothing makes."""
    claims = cast("Sequence[Claim]", tables["claims"])
    pairs = cast("Sequence[Pair]", tables["pairs"])
    parts = {
        "version": f"Version {source.settings.version}, as of {source.settings.as_of}.\n",
        "sizes": _sizes(source, claims, pairs, tables),
        "veracity": _veracity(claims),
        "stance": _stance(pairs),
        "votes": _votes(source, claims, pairs),
        "agreement": _agreement(source.votes, claims, pairs),
        "checks": _table(
            ["check", "figure", "bar", "holds"], [[c.name, c.figure, c.bar, "yes" if c.passed else "NO"] for c in found]
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


def _votes(source: Source, claims: Sequence[Claim], pairs: Sequence[Pair]) -> str:
    rows = []
    labels = {c.id: c.veracity.value for c in claims} | {p.id: p.stance.value for p in pairs}
    scored = [v for v in source.votes if v.item in labels]
    for name in sorted({(v.annotator, v.kind.value, v.model or "not known", v.round, v.task.value) for v in scored}):
        votes = [v for v in scored if (v.annotator, v.task.value) == (name[0], name[4])]
        same = sum(labels[v.item] == v.label for v in votes)
        rows.append([*name, len(votes), f"{same / len(votes):.1%}".replace("%", " %")])
    return _table(["annotator", "kind", "model", "round", "task", "votes", "same as the label"], rows)


def _agreement(votes: Sequence[Vote], claims: Sequence[Claim], pairs: Sequence[Pair]) -> str:
    """Of the votes on these claims and pairs; in words where no item has two."""
    cluster = {claim.id: claim.cluster for claim in claims}
    clusters = {Task.VERACITY: cluster, Task.STANCE: {pair.id: cluster[pair.claim] for pair in pairs}}
    # Easy pairs raise alpha; those by lot are not marked, so all that were decided to be of another event are taken out.
    near = {pair.id for pair in pairs if pair.stance is not Stance.UNRELATED or pair.same_event}
    words, found = [], []
    for task, of in clusters.items():
        given = [vote for vote in votes if vote.task is task and vote.item in of]
        n_votes = Counter(vote.item for vote in given)
        if not given or max(n_votes.values()) < 2:
            n = f"{len(n_votes)} items have one vote each" if given else "there is no vote"
            words.append(f"On {task} {n}, so no agreement can be given.\n")
            continue
        found.append(agreement(given, of, task=task))
        if task is Task.VERACITY:
            found += [one_against_rest(given, of, label, task=task) for label in Veracity]
        elif some := [vote for vote in given if vote.item in near]:
            found.append(agreement(some, of, task=task, slice_="without unrelated pairs of another event"))
    head = ["task", "slice", "alpha", "95 % interval", "raw agreement", "items", "votes", "clusters"]
    notes = [f"- {a.task}, {a.slice}: {a.note}.\n" for a in found if a.note]
    table = [_table(head, [_agreement_row(a) for a in found])] if found else []
    return "\n".join(part for part in [*table, "".join(notes), *words] if part)


def _agreement_row(a: Agreement) -> list[object]:
    ends = "-" if a.low is None or a.high is None else f"{a.low:.2f} to {a.high:.2f}"
    alpha, raw = ("-" if value is None else f"{value:.2f}" for value in (a.alpha, a.raw))
    return [a.task, a.slice, alpha, ends, raw, a.n_items, a.n_votes, a.n_clusters]
