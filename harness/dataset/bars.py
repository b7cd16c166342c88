"""How large and how well agreed on the scored part of the dataset has to be: figures beside bars.

Only the split `test` counts: what the guidelines show as worked examples is no evidence of quality. A bar that honest work cannot
reach prints as missed, and the card says why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from harness.annotation.agreement import Agreement
from harness.dataset.agreed import NO_HEADINGS, NOT_BY_LOT, Agreed, after_pilot, passage_clusters
from harness.dataset.checks import Check, at_least, none
from harness.dataset.source import Source
from harness.label import CheckWorthiness, Origin, Stance, Task, Veracity
from harness.record import Record
from harness.schema import Claim, Pair, Passage

N_EXTRACTED, N_CONTRAST, N_CLUSTERS, N_PAIRS = 150, 300, 60, 2000
N_CLAIMS_OF_A_CLASS, N_CONFLICTING, N_CLUSTERS_OF_A_CLASS, N_PAIRS_OF_A_CLASS = 60, 40, 15, 150
ALPHA, LOWER_BOUND, CONFLICTING_ALPHA, WORTHINESS_ALPHA = 0.80, 0.70, 0.60, 0.70
# Words by which a passage would tell a fact-checker's verdict instead of evidence.
VERDICT = re.compile(
    r"\b(?:fact[- ]?check\w*|debunk\w*|pants on fire|(?:rated|rating|verdict)\W+(?:\w+\W+){0,2}(?:true|false)|mostly (?:true|false)|half[- ]true)\b",
    re.IGNORECASE,
)


def bars(source: Source, tables: Mapping[str, Sequence[Record]], agreement: Agreed) -> list[Check]:
    """The rows of the table of checks that are about size, agreement and leaks."""
    claims, pairs = cast("Sequence[Claim]", tables["claims"]), cast("Sequence[Pair]", tables["pairs"])
    n_extracted = sum(claim.origin is Origin.EXTRACTED for claim in claims)
    stances = Counter(pair.stance for pair in pairs)
    return [
        _covered(tables),
        at_least("extracted claims", n_extracted, N_EXTRACTED),
        at_least("contrast claims", len(claims) - n_extracted, N_CONTRAST),
        at_least("clusters", len({claim.cluster for claim in claims}), N_CLUSTERS),
        at_least("stance pairs", len(pairs), N_PAIRS),
        *(_class(claims, label) for label in Veracity),
        *(at_least(f"pairs labelled {label}", stances[label], N_PAIRS_OF_A_CLASS) for label in Stance),
        _alpha("veracity", agreement.of(Task.VERACITY, "all"), ALPHA, LOWER_BOUND),
        _alpha(
            "veracity, conflicting against the rest",
            agreement.of(Task.VERACITY, f"{Veracity.CONFLICTING} against the rest"),
            CONFLICTING_ALPHA,
        ),
        _alpha(f"stance, {NOT_BY_LOT}", agreement.of(Task.STANCE, NOT_BY_LOT), ALPHA, LOWER_BOUND),
        _alpha(NO_HEADINGS, agreement.of(Task.CHECK_WORTHINESS, NO_HEADINGS), WORTHINESS_ALPHA),
        _two_votes(source, tables),
        none("articles that are dated after the as-of date", _late(source)),
        none("passages that state a fact-checker's verdict", _verdicts(source)),
    ]


def _covered(tables: Mapping[str, Sequence[Record]]) -> Check:
    """Every passage is decided on, and a check-worthy one has a claim with a span in it, examples included."""
    passages = cast("Sequence[Passage]", tables["passages"])
    claims = cast("Sequence[Claim]", [*tables["claims"], *tables.get("claims/examples", ())])
    claimed = {span.passage for claim in claims for span in claim.spans}
    open_ = [
        p.id
        for p in passages
        if p.check_worthiness is None or (p.check_worthiness is CheckWorthiness.CHECK_WORTHY and p.id not in claimed)
    ]
    done = len(passages) - len(open_)
    shown = f" (not {', '.join(open_[:3])}{', ...' if len(open_) > 3 else ''})" if open_ else ""
    return Check(
        name="passages with a claim, or with a reason why not",
        figure=f"{done} of {len(passages)}{shown}",
        bar="all",
        passed=not open_,
    )


def _class(claims: Sequence[Claim], label: Veracity) -> Check:
    of = [claim for claim in claims if claim.veracity is label]
    n, n_clusters = len(of), len({claim.cluster for claim in of})
    least = N_CONFLICTING if label is Veracity.CONFLICTING else N_CLAIMS_OF_A_CLASS
    return Check(
        name=f"claims labelled {label}, and clusters they come from",
        figure=f"{n} from {n_clusters}",
        bar=f">= {least} from >= {N_CLUSTERS_OF_A_CLASS}",
        passed=n >= least and n_clusters >= N_CLUSTERS_OF_A_CLASS,
    )


def _alpha(name: str, found: Agreement | None, bar: float, lower: float | None = None) -> Check:
    asked = f">= {bar:.2f}" + (f", lower bound >= {lower:.2f}" if lower is not None else "")
    if found is None or found.alpha is None:
        return Check(name=f"alpha of independent votes: {name}", figure="-", bar=asked, passed=False)
    ends = "no interval" if found.low is None else f"{found.low:.2f} to {found.high:.2f}"
    return Check(
        name=f"alpha of independent votes: {name}",
        figure=f"{found.alpha:.2f} ({ends}; {found.n_items} items in {found.n_clusters} clusters)",
        bar=asked,
        passed=found.alpha >= bar and (lower is None or (found.low is not None and found.low >= lower)),
    )


def _two_votes(source: Source, tables: Mapping[str, Sequence[Record]]) -> Check:
    """Votes by different annotators, as agreement counts them; passages outside the examples are asked as well."""
    who: dict[str, set[str]] = {}
    for vote in after_pilot(source.votes):
        who.setdefault(vote.item, set()).add(vote.annotator)
    asked = [row.id for name in ("claims", "pairs") for row in cast("Sequence[Claim]", tables[name])]
    asked += passage_clusters(tables, source.settings.examples)
    return none("items with fewer than two independent votes", [id_ for id_ in asked if len(who.get(id_, ())) < 2])


def _late(source: Source) -> list[str]:
    dates = {article: about.published_on or about.as_of for article, about in source.metadata.items()}
    return [article for article, day in sorted(dates.items()) if day is not None and day > source.settings.as_of]


def _verdicts(source: Source) -> list[str]:
    return [passage.id for passage in source.passages.values() if VERDICT.search(passage.text or "")]
