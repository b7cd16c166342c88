"""`annotation-report.html`: the agreement of a round as tables and a picture, on one page that asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.annotation.concord import Concord

LEFT, WIDTH, ROW = 150, 560, 34
"""Pixels of the picture: the names, the axis from -1 or 0 to 1, a task."""


def render(found: Concord) -> str:
    """The page; the same input gives the same bytes."""
    folder = Path(__file__).parent / "template"
    style = Markup((folder / "annotation.css").read_text("utf-8"))  # noqa: S704 - ours, and shipped with this module
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["two"] = two
    return environment.get_template("annotation.html").render(
        found=found, picture=_picture(found), style=style, policy=f"default-src 'none'; style-src 'sha256-{digest}'"
    )


def two(value: float | None) -> str:
    """Two decimals, "-" where it is undefined."""
    return "-" if value is None else f"{value:z.2f}"


def _picture(found: Concord) -> Markup:
    """Alpha of every task with its interval on one axis; the dotted line is the dataset's bar of .80."""
    shown = [task for task in found.tasks if task.alpha is not None]
    least = min([0.0, *(task.low if task.low is not None else task.alpha or 0.0 for task in shown)])
    low = -1.0 if least < 0 else 0.0

    def at(value: float) -> str:
        return f"{LEFT + WIDTH * (value - low) / (1 - low):.1f}"

    bottom = ROW * len(shown) + 6
    marks = [
        Markup(
            '<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/><text class="tick" x="{0}" y="{2}">{3}</text>'
        ).format(at(tick), bottom, bottom + 16, f"{tick:g}")
        for tick in ([-1, -0.5] if low < 0 else []) + [0, 0.25, 0.5, 0.75, 1]
    ]
    marks.append(Markup('<line class="bar" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(at(0.8), bottom))
    for n, task in enumerate(shown):
        y = ROW * n + ROW / 2
        marks.append(Markup('<text x="0" y="{}">{}</text>').format(y + 5, task.task.replace("_", "-")))
        if task.low is not None and task.high is not None:
            marks.append(
                Markup('<line class="reach" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(
                    at(task.low), at(task.high), y=y
                )
            )
        marks.append(Markup('<circle cx="{}" cy="{}" r="5"/>').format(at(task.alpha or 0.0), y))
    return Markup(
        '<svg role="img" aria-label="Alpha of every task with its interval" viewBox="0 0 {} {}">{}</svg>'
    ).format(LEFT + WIDTH + 20, bottom + 22, Markup("").join(marks))
