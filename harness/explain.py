"""A comparison in words: what each number of the table means, with the number."""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.figure import interval, percent
from harness.report.text import words
from harness.score import Comparison, Difference, System
from harness.statistics.resample import N_REPLICATES
from harness.verdict import p_in_words


def explain(comparison: Comparison) -> Iterator[str]:
    """Paragraphs, for a reader who knows no statistics."""
    described = comparison.metrics.get(comparison.metric)
    best = comparison.systems[0]
    if described:
        direction = "More" if described.higher_is_better else "Less"
        yield f"{words(comparison.metric)}: {described.definition} {direction} is better. Source: {described.source}."
    yield (
        f"Cluster: questions that are not independent, such as a claim and its edits. {comparison.n} questions count as "
        f"{comparison.n_clusters} clusters here: the sample size is the number of clusters."
    )
    yield from _of_system(best)
    for difference in comparison.differences[:1]:
        yield from _of_pair(comparison, difference)
    rule = (
        "Holm's correction: with 95 % none of the differences that are called so is mere luck"
        if comparison.correction == "holm"
        else "Benjamini and Hochberg's correction: of the differences that are called so at most 5 % are expected to be mere luck"
    )
    n_pairs = len(comparison.differences)
    if n_pairs:
        pairs = "1 pair was" if n_pairs == 1 else f"{n_pairs} pairs were"
        yield f"{rule}. {pairs} tested; each test more makes luck likelier, so every p is raised."
    yield from _of_labels(comparison)
    yield "Tie: systems that share a letter were not told apart. Not told apart is not the same as equal."


def _of_system(row: System) -> Iterator[str]:
    head = row.headline
    if head.low is not None:
        yield (
            f"{row.name} {percent(head.value)} ({percent(head.low)} to {percent(head.high)}): of 100 data sets like this one, about 95 "
            "would give an interval that holds the true value. It is by leaving out one cluster at a time, with t on the logit."
        )
    else:
        yield f"{row.name} {percent(head.value)} has no interval: {head.note or 'there is no honest one'}."
    if row.rank_low is not None:
        yield f"Rank {row.rank_low} to {row.rank_high}: the places of {row.name} that the corrected tests do not rule out."
    if row.p_best is not None:
        yield (
            f"Best in {percent(row.p_best)} %: the share of data sets, made by drawing clusters anew, in which {row.name} comes "
            "first. A summary, not a test."
        )


def _of_pair(comparison: Comparison, d: Difference) -> Iterator[str]:
    if d.value is None or d.p is None:
        yield f"{d.a} and {d.b} share too few answered questions to be compared."
        return
    ends = (
        f"95 % interval {percent(d.low, signed=True)} to {percent(d.high, signed=True)}"
        if d.low is not None
        else "no interval"
    )
    yield f"{d.a} minus {d.b}: {percent(d.value, signed=True)} points, {ends}, on the {d.n} questions that both answered."
    how = "all swaps" if d.exact else f"{N_REPLICATES:,} random swaps"
    yield (
        f"p {p_in_words(d.p)} (swap test): if {d.a} and {d.b} were interchangeable, {how} of their answers, cluster by cluster, would give a "
        f"difference this large in that share of cases. They differ in {d.n_discordant} of {d.n_clusters} clusters."
    )
    if d.detectable is not None:
        n_pairs = len(comparison.differences)
        after = f"; after correction for {n_pairs} pairs {percent(d.detectable_holm)}" if n_pairs > 1 else ""
        yield (
            f"Detectable {percent(d.detectable)} points{after}: a true difference of that size would be found in 80 of 100 data sets "
            "like this one. A smaller one mostly stays unseen."
        )
    if d.clusters_needed is not None:
        yield f"Clusters needed {d.clusters_needed:,.0f}: to find a true difference of {percent(abs(d.value))} points in 80 of 100 data sets."
    if d.p_not_worse is not None:
        yield (
            f"No worse by {percent(comparison.margin)} points, p {p_in_words(d.p_not_worse)}: small means that {d.a} was shown to be no more than that "
            f"much worse than {d.b}. A difference that was not found does not show this; this test can."
        )


def _of_labels(comparison: Comparison) -> Iterator[str]:
    top = comparison.ceiling
    if top is not None and top.value is not None:
        yield (
            f"Ceiling {percent(top.value)} ({_ends(top.low, top.high)}): what one annotator's vote scores against gold, on "
            f"{top.n} questions of which {top.n_doubtful} are doubtful. Two annotators agree on {percent(top.agreement)} % "
            f"({_ends(top.agreement_low, top.agreement_high)})."
        )
    for row in comparison.noise[:1]:
        if row.rank_low is not None:
            yield (
                f"Label noise: on the {row.n_unanimous} questions with unanimous votes {row.system} has {percent(row.unanimous)}; with the "
                f"labels of doubtful questions drawn from their votes {percent(row.value_low)} to {percent(row.value_high)}, rank "
                f"{row.rank_low} to {row.rank_high}."
            )
    for worst in comparison.worst[:1]:
        shown = worst.p_holm is not None and worst.p_holm < 0.05
        yield (
            f"Worst slice: {worst.system} has accuracy {percent(worst.value)} in {worst.slice} and {percent(worst.rest)} elsewhere "
            f"({worst.n} questions, {worst.n_clusters} clusters); {worst.n_searched} slices were looked at, and with all of them "
            f"counted this is {'more than luck explains' if shown else 'no more than luck may give'}."
        )
    for one in comparison.variance:
        yield (
            f"{one.system}: {one.n_runs} runs that differ in {one.factor} have mean {percent(one.mean)} "
            f"({_ends(one.low, one.high)}) and standard deviation {percent(one.sd)} points; the luck of the questions is "
            f"{percent(one.sampling)} points. {one.note}".rstrip()
        )


def _ends(low: float | None, high: float | None) -> str:
    return "no interval" if low is None or high is None else interval(low, high)
