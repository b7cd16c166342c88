"""Small pictures in rows: slices, reliability, risk against coverage, cost against quality. Inline SVG, coloured by the page's classes.

Every picture has a table with the same figures beside it (`curve_tables`, the slices, the leaderboard).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from harness.finding import Curve
from harness.report.claim import contenders
from harness.report.figure import MAX_NAME, count, percent
from harness.report.table import Cell, Column, Table
from harness.report.text import heading, visible, words
from harness.score import Comparison, Score, System
from harness.statistics.worst_slice import MIN_CLUSTERS

WIDTH, LEFT, ROW = 340, 150, 20
"""Pixels of a small multiple of slices: all of it, its words, a row."""
BOX, EDGE = 124, 28
"""Pixels of a curve's square and of its margin."""
FEW = 10
"""A dot of fewer answers is hollow and off the line: one answer more could turn it from 0 to 100."""


def slice_panels(comparison: Comparison) -> list[tuple[str, Markup]]:
    """For each contender its headline metric on every slice, all on one axis; the dashed line is its value on all.

    The intervals are those that hold for all slices at once.
    """
    panels = [(system, _slices(comparison, system)) for system in contenders(comparison)]
    values = [
        x for _, rows in panels for _, s in rows for x in (s.low_corrected, s.value, s.high_corrected) if x is not None
    ]
    if not values:
        return []
    low, high = math.floor(10 * min(values)) / 10, math.ceil(10 * max(values)) / 10
    return [
        (system.name, _slice_panel(comparison, system, rows, low, max(high, low + 0.1)))
        for system, rows in panels
        if rows
    ]


def _slices(comparison: Comparison, system: System) -> list[tuple[str, Score]]:
    return [
        (s.slice, s)
        for s in system.scores
        if s.metric == comparison.metric and s.slice != "all" and s.value is not None and s.n_clusters >= MIN_CLUSTERS
    ]


def _slice_panel(
    comparison: Comparison, system: System, rows: Sequence[tuple[str, Score]], low: float, high: float
) -> Markup:
    def at(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - 12) * (value - low) / (high - low), 1)

    bottom = ROW * len(rows) + 4
    marks = [
        Markup(
            '<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/><text class="tick" x="{0}" y="{2}">{3:.0f}</text>'
        ).format(at(x), bottom, bottom + 14, 100 * x)
        for x in (low, high)
    ]
    if system.headline.value is not None:
        marks.append(
            Markup('<line class="best-floor" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(
                at(system.headline.value), bottom
            )
        )
    for i, (name, s) in enumerate(rows):
        y, label = ROW * i + 14, visible(words(name.replace("=", ": ")))
        marks.append(Markup('<text class="row" x="0" y="{}">{}</text>').format(y, _short(label, 24)))
        if s.low_corrected is not None and s.high_corrected is not None:
            marks.append(
                Markup('<line class="whisker" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(
                    at(s.low_corrected), at(s.high_corrected), y=y - 4
                )
            )
        if s.value is not None:
            marks.append(Markup('<circle class="dot" cx="{}" cy="{}" r="4.5"/>').format(at(s.value), y - 4))
    told = "; ".join(f"{words(name)} {percent(s.value)}" for name, s in rows)
    return _svg(
        "multiple", WIDTH, bottom + 20, f"{heading(comparison.metric)} of {system.name} by slice: {told}", marks
    )


def reliability(curve: Curve) -> Markup:
    """Share right against mean confidence; on the diagonal a system is as often right as it says. The area of a dot is its n."""
    most = max((b.n for b in curve.bins), default=1)
    marks = [
        *_frame("confidence %", "right %"),
        Markup('<line class="best-floor" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(*_point(0, 0), *_point(1, 1)),
        _line([_point(b.confidence, b.right) for b in curve.bins if b.n >= FEW]),
    ]
    for b in curve.bins:
        x, y = _point(b.confidence, b.right)
        marks.append(
            Markup('<circle class="{}" cx="{}" cy="{}" r="{:.1f}"><title>{}</title></circle>').format(
                "dot" if b.n >= FEW else "dot few",
                x,
                y,
                2.5 + 5 * math.sqrt(b.n / most),
                f"{percent(b.right)} right of {b.n} at {percent(b.confidence)}",
            )
        )
    return _svg("curve", BOX + 2 * EDGE, BOX + 2 * EDGE, f"Reliability of {curve.system}, n = {curve.n}", marks)


def risk(curve: Curve) -> Markup:
    """Share wrong among the surest answers, against how many are kept; a curve that falls to the left is of use."""
    points = [_point(c, r) for c, r in zip(curve.coverage, curve.risk, strict=True)]
    marks = [*_frame("kept %", "wrong %"), _line(points)]
    marks += [Markup('<rect class="dot" x="{}" y="{}" width="4" height="4"/>').format(x - 2, y - 2) for x, y in points]
    return _svg(
        "curve", BOX + 2 * EDGE, BOX + 2 * EDGE, f"Risk against coverage of {curve.system}, n = {curve.n}", marks
    )


def curve_tables(curve: Curve) -> list[Table]:
    """The figures of both pictures."""
    size = f"n = {count(curve.n)} answers"
    bins = tuple((Cell(percent(b.confidence)), Cell(percent(b.right)), Cell(count(b.n), sort=b.n)) for b in curve.bins)
    kept = tuple((Cell(percent(c)), Cell(percent(r))) for c, r in zip(curve.coverage, curve.risk, strict=True))
    return [
        Table(
            "bins", curve.system, size, f"{curve.system}: answers of like confidence.",
            (Column("Confidence %"), Column("Right %"), Column("n")), (("", bins),),
        ),
        Table(
            "risk", curve.system, size, f"{curve.system}: the surest answers kept.",
            (Column("Kept %"), Column("Wrong %")), (("", kept),),
        ),
    ]  # fmt: skip


def pareto(comparison: Comparison) -> tuple[Markup, str] | None:
    """Headline value against cost a question (or seconds, where no cost is known), with the front; None for fewer than two."""
    for field, unit in (("cost", "US dollars"), ("seconds", "seconds")):
        found = [
            (total / max(1, len(s.predictions)), s.headline.value, s)
            for s in comparison.systems
            if (total := getattr(s, field)) and s.headline.value is not None
        ]
        if len(found) > 1:
            return _pareto(found, unit), unit
    return None


def _pareto(found: Sequence[tuple[float, float, System]], unit: str) -> Markup:
    logs = [math.log10(cost) for cost, _, _ in found]
    left, right = math.floor(min(logs)), math.ceil(max(logs))
    right += right == left
    top = math.ceil(10 * max(value for _, value, _ in found)) / 10 or 0.1
    width, height = 640, 260

    def at(cost: float, value: float) -> tuple[float, float]:
        x = EDGE + 10 + (width - EDGE - 150) * (math.log10(cost) - left) / (right - left)
        return round(x, 1), round(height - EDGE - (height - EDGE - 14) * value / top, 1)

    marks = [
        Markup(
            '<line class="grid" x1="{0}" x2="{0}" y1="8" y2="{1}"/><text class="tick" x="{0}" y="{2}">{3:g}</text>'
        ).format(at(10**k, 0)[0], height - EDGE, height - EDGE + 14, 10**k)
        for k in range(left, right + 1)
    ]
    for value in (0.0, top):
        y = at(10**left, value)[1]
        marks.append(Markup('<text class="row" x="0" y="{}">{:.0f}</text>').format(y + 4, 100 * value))
    front: list[tuple[float, float]] = []
    best = -math.inf
    for cost, value, _ in sorted(found, key=lambda f: (f[0], -f[1])):
        if value > best:
            best = value
            front.append(at(cost, value))
    marks.append(_line([p for a, b in pairwise(front) for p in (a, (b[0], a[1]), b)]))
    for cost, value, system in found:
        x, y = at(cost, value)
        marks.append(
            Markup('<circle class="dot" cx="{}" cy="{}" r="5.5"/><text class="row" x="{}" y="{}">{}</text>').format(
                x, y, x + 9, y + 4, _short(visible(system.name), MAX_NAME)
            )
        )
    told = "; ".join(f"{s.name} {percent(v)} at {c:.2g}" for c, v, s in found)
    return _svg("pareto", width, height, f"Quality in percent against {unit} a question: {told}", marks)


def _frame(x: str, y: str) -> list[Markup]:
    (x0, y0), (x1, y1) = _point(0, 0), _point(1, 1)
    marks = [Markup('<rect class="plain" x="{}" y="{}" width="{}" height="{}"/>').format(x0, y1, x1 - x0, y0 - y1)]
    for part in (0.0, 0.5, 1.0):
        (px, py), text = _point(part, part), f"{100 * part:.0f}"
        marks.append(Markup('<text class="tick" x="{}" y="{}">{}</text>').format(px, y0 + 15, text))
        marks.append(Markup('<text class="end" x="{}" y="{}">{}</text>').format(x0 - 5, py + 4, text))
    marks.append(Markup('<text class="tick" x="{}" y="{}">{}</text>').format((x0 + x1) / 2, y0 + 30, x))
    return [*marks, Markup('<text class="row" x="0" y="{}">{}</text>').format(y1 - 12, y)]


def _point(x: float, y: float) -> tuple[float, float]:
    return round(EDGE + BOX * x, 1), round(EDGE + BOX * (1 - y), 1)


def _line(points: Sequence[tuple[float, float]]) -> Markup:
    return Markup('<polyline class="path" points="{}"/>').format(" ".join(f"{x},{y}" for x, y in points))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _svg(kind: str, width: float, height: float, label: str, marks: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="{}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{}">{}</svg>'
    ).format(kind, visible(label), Markup("").join(marks), w=width, h=height)
