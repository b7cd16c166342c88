"""A set of metrics, as `configs/metric/` names it: the headline, those for every slice, and those for all questions together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.metric import AnyMetric
from harness.score import Described


@dataclass(frozen=True)
class Measured:
    """Metrics by where they are computed."""

    metrics: tuple[AnyMetric, ...]
    """On every slice; the first is the headline."""
    overall: tuple[AnyMetric, ...] = ()
    """On all questions alone."""


def measured(made: Mapping[str, Any]) -> Measured:
    """The set from what the configuration made; a run of an older version has no `overall`."""
    return Measured((made["headline"], *made["others"]), tuple(made.get("overall", ())))


def described(metric: AnyMetric) -> Described:
    """Its facts as a record."""
    facts = metric.facts
    return Described(
        definition=facts.definition,
        source=facts.source,
        higher_is_better=facts.higher_is_better,
        low=facts.low,
        high=facts.high if math.isfinite(facts.high) else None,
        unit=facts.unit,
    )
