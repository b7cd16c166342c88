"""What this data can tell apart at all, in one sentence with figures."""

from __future__ import annotations

import statistics

from harness.score import Comparison


def power_sentence(comparison: Comparison) -> str:
    """How many pairs are told apart, how large a difference shows, alone and after correction, and what smaller ones would take."""
    told = [d for d in comparison.differences if d.told_apart]
    shown = [d for d in comparison.differences if d.detectable is not None and d.detectable_holm is not None]
    n_pairs = len(comparison.differences)
    if not n_pairs:
        return ""
    said = f"Of {n_pairs} pair{'s' * (n_pairs != 1)} of systems {len(told)} can be told apart"
    if shown:
        alone = [100 * d.detectable for d in shown if d.detectable is not None]
        after = [100 * d.detectable_holm for d in shown if d.detectable_holm is not None]
        said += (
            f"; {comparison.n_clusters} clusters show a difference of {_range(alone)} points with 80 % power if one pair alone is tested, "
            f"and of {_range(after)} points after correction for all {n_pairs}"
        )
    open_ = [d for d in comparison.differences if not d.told_apart and d.clusters_needed is not None]
    if open_:
        needed = statistics.median(d.clusters_needed for d in open_ if d.clusters_needed is not None)
        said += f"; for the differences that stay open it would take {needed:,.0f} clusters (median)"
    return said + "."


def _range(values: list[float]) -> str:
    low, high = min(values), max(values)
    return (
        f"{low:.1f}"
        if f"{low:.1f}" == f"{high:.1f}"
        else f"{low:.1f} to {high:.1f} (median {statistics.median(values):.1f})"
    )
