"""A run beside the figures that others published: within what is expected, or not."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from harness.errors import BelowBarError, ConfigError
from harness.evaluate import Run
from harness.record import Record, in_words

log = logging.getLogger(__name__)


class Published(Record):
    """A figure that a run is to come to."""

    metric: str
    """As in `scores.json`: accuracy, macro_f1, fnc1_points, f1[supported]."""
    value: float
    """As published."""
    within: float
    """How far ours may be off: half of the last published digit, or what the reason says."""
    by: str
    """Who published it, and where."""
    why: str = "identical"
    """Why ours differs."""


class Replicated(Record):
    """A published figure and ours."""

    published: Published
    ours: float | None
    """`None` where the run has no such score."""

    @property
    def holds(self) -> bool:
        """Whether ours is within what was expected; rounding of the sum does not count."""
        return self.ours is not None and abs(self.ours - self.published.value) <= self.published.within + 1e-9


def figures(given: Sequence[Mapping[str, Any]]) -> list[Published]:
    """The published figures of a configuration; raises ConfigError naming what is wrong."""
    try:
        return [Published.model_validate(figure) for figure in given]
    except ValidationError as error:
        raise ConfigError(f"published {in_words(error)}") from error


def replicate(run: Run, given: Sequence[Mapping[str, Any]]) -> list[Replicated]:
    """Each published figure beside ours."""
    scores = {score.metric: score.value for score in run.scores if score.slice == "all"}
    return [Replicated(published=figure, ours=scores.get(figure.metric)) for figure in figures(given)]


def check(run: Run, given: Sequence[Mapping[str, Any]]) -> None:
    """Tell each, and raise BelowBarError where one is not reached."""
    found = replicate(run, given)
    for one in found:
        figure = one.published
        ours = "no value" if one.ours is None else f"{one.ours:.4f}"
        log.info(
            "%s: published %s %.4f (%s), ours %s: %s", run.manifest.name, figure.metric, figure.value, figure.by, ours,
            f"within {figure.within:g}" if one.holds else f"NOT within {figure.within:g}",
        )  # fmt: skip
    missed = [one for one in found if not one.holds]
    if missed:
        raise BelowBarError(
            f"{run.manifest.name}: {len(missed)} of {len(found)} published figures are not reached, the first {missed[0].published.metric}: "
            f"{missed[0].ours} for {missed[0].published.value}; expected within {missed[0].published.within:g}"
        )
