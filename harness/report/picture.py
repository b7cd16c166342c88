"""Every picture of the page as a file of its own: SVG in the light colours, and PNG where it is asked for.

    files(comparison)["veracity-leaderboard"]   # an SVG document, as text

The same marks as on the page: its rules for them are taken from the page's style sheet, with the colours written out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from harness.errors import InputError
from harness.report.chart import pareto, reliability, risk, slice_panels
from harness.report.figure import forest, matrix, sample
from harness.report.html import TEMPLATE
from harness.report.text import heading, visible
from harness.score import Comparison

WIDTH = 760  # pixels of a picture that is as wide as the page
MARGIN = 16
LINE = 22  # pixels of a line of the caption
SCALE = 2.0  # pixels of a PNG for one of the SVG
DRAWN = re.compile(r"(?:^|[\s,])(?:svg|\.(?:forest|matrix|multiple|curve|pareto|path|plain)\b)")
NAMED = re.compile(r"var\((--[a-z-]+)\)")
FONT = "DejaVu Sans, Helvetica, Arial, sans-serif"


def files(comparison: Comparison) -> dict[str, str]:
    """SVG documents by name: task and what is drawn, and of whom."""
    metric = f"{heading(comparison.metric)} in percent"
    found = [("leaderboard", f"{metric}, 95 % intervals", forest(comparison))]
    found += [(f"slices-{name}", f"{name}: {metric} by slice", svg) for name, svg in slice_panels(comparison)]
    found += [(f"confusion-{s.name}", f"{s.name}: confusion", matrix(comparison.labels, s)) for s in comparison.systems]
    for curve in comparison.curves:
        found.append((f"reliability-{curve.system}", f"{curve.system}: reliability", reliability(curve)))
        found.append((f"risk-{curve.system}", f"{curve.system}: risk against coverage", risk(curve)))
    if cost := pareto(comparison):
        found.append(("cost", f"{metric} against cost", cost[0]))
    size = sample(comparison.n, comparison.n_clusters)
    about = f"{heading(comparison.task)}, {comparison.dataset} {comparison.version}, {size}"
    made: dict[str, str] = {}
    for name, caption, svg in found:
        made[_free(f"{comparison.task}-{_plain(name)}", made)] = document(svg, (caption, about))
    return made


def document(picture: Markup, caption: Sequence[str]) -> str:
    """A picture of the page as a document that stands alone, on white, below the lines of its caption."""
    opening = re.match(
        r'<svg class="[^"]*"[^>]*? width="(?P<width>[\d.]+%?)" height="(?P<height>[\d.]+)"[^>]*>', picture
    )
    if opening is None:
        raise ValueError("a picture begins with another tag than <svg class=... width=... height=...>")
    height, width = float(opening["height"]), WIDTH if "%" in opening["width"] else float(opening["width"])
    top = MARGIN + LINE * len(caption)
    words = "".join(
        f'<text class="{kind}" x="{MARGIN}" y="{MARGIN + LINE * k + 12}">{escape(visible(line))}</text>'
        for k, (line, kind) in enumerate(zip(caption, ("caption", "about"), strict=False))
    )
    inner = opening[0].replace(f'width="{opening["width"]}"', f'width="{width:g}"')
    inner = inner.replace("<svg ", f'<svg x="{MARGIN}" y="{top}" overflow="visible" ') + str(picture)[opening.end() :]
    w, h = max(width, 7 * max(map(len, caption))) + 2 * MARGIN, top + height + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w:g}" height="{h:g}" viewBox="0 0 {w:g} {h:g}">'
        f"<style>{escape(_rules())}</style>"
        f'<rect width="100%" height="100%" fill="{_colours()["--bg"]}"/>{words}{inner}</svg>\n'
    )


def png(svg: str) -> bytes:
    """The same picture as pixels; raises InputError where the package that draws it, or any font, is not there."""
    try:
        import resvg_py
    except ImportError as error:
        raise InputError('figures=png needs resvg_py; install it: pip install "veristance[png]"') from error
    drawn, wordless = (
        bytes(resvg_py.svg_to_bytes(svg_string=one, zoom=SCALE))
        for one in (svg, re.sub(r"(?s)<text.*?</text>", "", svg))
    )
    if drawn == wordless:
        raise InputError(
            "figures=png finds no font on this machine, and a picture without words says nothing; install one, or take figures=svg"
        )
    return drawn


@cache
def _colours() -> dict[str, str]:
    """The page's colours in light."""
    return dict(re.findall(r"(--[a-z-]+): light-dark\((#[0-9a-f]{6}),", _sheet()))


@cache
def _rules() -> str:
    """The style sheet's rules for pictures, with colours in place of names."""
    rules = [
        f"svg {{ font-family: {FONT}; }}",
        f".caption {{ font-weight: 600; font-size: 14px; }} .about {{ font-size: 12px; fill: {_colours()['--muted']}; }}",
    ]
    for selector, body in re.findall(r"^([^\s@/}][^{}]*)\{([^{}]*)\}", _sheet(), re.MULTILINE):
        if DRAWN.search(selector) and re.search(r"fill|stroke|text-anchor|font|opacity", body):
            rules.append(f"{selector.strip()} {{{NAMED.sub(lambda m: _colours()[m[1]], body)}}}")
    return "\n".join(rules)


@cache
def _sheet() -> str:
    return (Path(TEMPLATE) / "report.css").read_text("utf-8")


def _plain(name: str) -> str:
    """A name that any file system takes."""
    return re.sub(r"[^\w.=-]+", "-", visible(name)).strip("-.")[:80] or "unnamed"


def _free(name: str, taken: dict[str, str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
