"""Numbers as a report prints them, and its two pictures: intervals on one axis, and a confusion matrix.

The pictures are inline SVG without a `style` attribute; colours come from the page's classes, so that both themes fit.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence

from markupsafe import Markup

from harness.finding import Ceiling
from harness.report.text import heading, visible, words
from harness.score import Comparison, System

ROW, HEAD, FOOT = 44, 4, 24
"""Pixels of the interval plot: one system, above the first, the axis."""
CELL_W, CELL_H, LABEL_W, LABEL_H = 74, 44, 84, 52
"""Pixels of the confusion matrix: a cell, the row labels, the column labels."""
MAX_NAME = 30
"""Characters of a name that leave room for its value on a narrow screen; the table below has the whole name."""
DARK_FROM = 0.67
"""From this shade on a count is written in the reverse colour; 4.5:1 holds on both sides of it, in both themes."""


CORRECTED = {"holm": "Holm", "bh": "Benjamini and Hochberg"}
"""Whose correction a p-value has."""


def percent(value: float | None, *, signed: bool = False) -> str:
    """Percent with one decimal and no sign of percent, or "-" where it is undefined."""
    if value is None or math.isnan(value):
        return "-"
    return f"{100 * value:+z.1f}" if signed else f"{100 * value:z.1f}"


def interval(low: float | None, high: float | None, *, signed: bool = False) -> str:
    """Both ends in percent, "66.0 to 76.1", or "-" where there is no honest interval."""
    ends = percent(low, signed=signed), percent(high, signed=signed)
    return "-" if "-" in ends else " to ".join(ends)


def p_value(p: float | None) -> str:
    """Three decimals, "< 0.001" below them, "-" where there is none."""
    if p is None or math.isnan(p):
        return "-"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def rate(value: float | None) -> str:
    """A number a second, or "-" where it is unknown."""
    return "-" if value is None else f"{value:,.1f}"


def count(n: int) -> str:
    """A whole number with commas."""
    return f"{n:,}"


def sample(n: int, n_clusters: int) -> str:
    """The size that stands beside every result: "n = 600 questions in 66 clusters"."""
    return f"n = {n:,} question{'s' * (n != 1)} in {n_clusters:,} cluster{'s' * (n_clusters != 1)}"


def forest(comparison: Comparison) -> Markup:
    """The headline metric of every system with its interval on one axis; a floor is a hollow square on a dotted line.

    Horizontal positions are percentages of the width, so that the text keeps its size on a narrow screen.
    """
    top = comparison.ceiling
    above = ROW if top is not None and top.value is not None else 0
    more = [top.low, top.value, top.high] if top is not None else []
    low, high, ticks = _axis(comparison.systems, more)

    def at(value: float) -> str:
        return f"{100 * (value - low) / (high - low):.2f}%"

    bottom = HEAD + above + ROW * len(comparison.systems)
    marks = [_tick(at(tick), bottom, tick) for tick in ticks]
    floors = [s.headline.value for s in comparison.systems if s.floor and s.headline.value is not None]
    if floors:  # systems stand best first
        marks.append(
            Markup('<line class="best-floor" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(at(floors[0]), bottom)
        )
    if top is not None and above:
        marks.append(_ceiling_row(top, at))
    marks += [_forest_row(system, HEAD + above + ROW * i, at) for i, system in enumerate(comparison.systems)]
    return Markup(
        '<svg class="forest" width="100%" height="{}" role="img" aria-label="{}"><svg x="2%" width="96%">{}</svg></svg>'
    ).format(bottom + FOOT, _forest_words(comparison), Markup("").join(marks))


def _axis(systems: Sequence[System], more: Sequence[float | None] = ()) -> tuple[float, float, list[float]]:
    """Both ends, at full tens of percent around all intervals, and the ticks."""
    scores = [system.headline for system in systems]
    values = [*(x for s in scores for x in (s.low, s.value, s.high)), *more]
    ends = [x for x in values if x is not None and not math.isnan(x)] or [0.0, 1.0]
    first, last = math.floor(10 * min(ends)), math.ceil(10 * max(ends))
    last = max(last, first + 1)
    step = 2 if last - first > 5 else 1
    return first / 10, last / 10, [tick / 10 for tick in range(first, last + 1, step)]


def _tick(x: str, bottom: int, value: float) -> Markup:
    return Markup(
        '<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/><text class="tick" x="{0}" y="{2}">{3:.0f}</text>'
    ).format(x, bottom, bottom + 17, 100 * value)


def _ceiling_row(top: Ceiling, at: Callable[[float], str]) -> Markup:
    """What annotators reach, as a diamond."""
    y = HEAD + 26
    marks = Markup(
        '<text class="name" x="0" y="{0}">annotators <tspan class="tag">ceiling</tspan></text>'
        '<text class="value" x="100%" y="{0}">{1}</text>'
    ).format(HEAD + 14, f"{percent(top.value)} ({interval(top.low, top.high)})")
    if top.low is not None and top.high is not None:
        marks += Markup('<line class="whisker" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(
            at(top.low), at(top.high), y=y
        )
    if top.value is not None:
        marks += Markup('<svg x="{}" y="{}"><path class="dot" d="M0 -7L7 0L0 7L-7 0Z"/></svg>').format(at(top.value), y)
    return Markup('<g class="floor">{}</g>').format(marks)


def _forest_row(system: System, top: int, at: Callable[[float], str]) -> Markup:
    score = system.headline
    y, name = top + 26, visible(system.name)
    marks = Markup('<text class="name" x="0" y="{}">{}{}</text><text class="value" x="100%" y="{}">{}</text>').format(
        top + 14,
        name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…",
        Markup(' <tspan class="tag">{}{}</tspan>').format(
            "floor" if system.floor else "", f" tie {system.tie}" if system.tie else ""
        )
        if system.floor or system.tie
        else "",
        top + 14,
        f"{percent(score.value)} ({interval(score.low, score.high)})",
    )
    if score.low is not None and score.high is not None:
        marks += Markup('<line class="whisker" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(
            at(score.low), at(score.high), y=y
        )
    if score.value is not None and system.floor:
        marks += Markup('<rect class="dot" x="{}" y="{}" width="9" height="9" transform="translate(-4.5)"/>').format(
            at(score.value), y - 4.5
        )
    elif score.value is not None:
        marks += Markup('<circle class="dot" cx="{}" cy="{}" r="5.5"/>').format(at(score.value), y)
    return Markup('<g class="{}">{}</g>').format("floor" if system.floor else "contender", marks)


def _forest_words(comparison: Comparison) -> str:
    rows = (
        f"{visible(system.name)}{' (floor)' if system.floor else ''} {percent(system.headline.value)}"
        f" ({interval(system.headline.low, system.headline.high)})"
        for system in comparison.systems
    )
    return f"{heading(comparison.metric)} in percent with 95 % intervals: {'; '.join(rows)}."


def matrix(labels: Sequence[str], system: System) -> Markup:
    """A confusion matrix: counts as text, the share of the gold label's row as shade, the right answers framed."""
    k = len(labels)
    names = [textwrap.wrap(words(visible(label)), 11) or ["-"] for label in labels]
    marks = [
        Markup('<text class="axis" x="{}" y="10">label given</text>').format(LABEL_W + k * CELL_W / 2),
        Markup('<text class="axis gold" x="{}" y="{}">gold</text>').format(LABEL_W - 8, LABEL_H - 6),
    ]
    for i, name in enumerate(names):
        x, y = LABEL_W + (i + 0.5) * CELL_W, LABEL_H + (i + 0.5) * CELL_H
        marks.append(_lines(name, x, LABEL_H - 6 - 13 * (len(name) - 1), "column"))
        marks.append(_lines(name, LABEL_W - 8, y + 4 - 6.5 * (len(name) - 1), "row"))
    marks += [_cell(i, j, row[j], sum(row)) for i, row in enumerate(system.confusion) for j in range(k)]
    marks += [_frame(i) for i in range(k)]
    return Markup(
        '<svg class="matrix" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{}">{}</svg>'
    ).format(
        f"Confusion of {visible(system.name)}; the same counts are in the table below",
        Markup("").join(marks),
        w=LABEL_W + k * CELL_W + 2,
        h=LABEL_H + k * CELL_H + 2,
    )


def _lines(lines: Sequence[str], x: float, y: float, kind: str) -> Markup:
    spans = (Markup('<tspan x="{}" y="{}">{}</tspan>').format(x, y + 13 * i, line) for i, line in enumerate(lines))
    return Markup('<text class="{}">{}</text>').format(kind, Markup("").join(spans))


def _cell(i: int, j: int, count: int, total: int) -> Markup:
    shade = count / total if total else 0.0
    x, y = LABEL_W + j * CELL_W, LABEL_H + i * CELL_H
    return Markup(
        '<rect class="cell" x="{}" y="{}" width="{}" height="{}" fill-opacity="{:.3f}"/>'
        '<text class="{}" x="{}" y="{}">{:,}</text>'
    ).format(
        x, y, CELL_W, CELL_H, shade,
        "count dark" if shade >= DARK_FROM else "count", x + CELL_W / 2, y + CELL_H / 2 + 5, count,
    )  # fmt: skip


def _frame(i: int) -> Markup:
    return Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(
        LABEL_W + i * CELL_W + 1.5, LABEL_H + i * CELL_H + 1.5, CELL_W - 3, CELL_H - 3
    )
