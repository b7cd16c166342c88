"""`veristance compare`: runs side by side, on the terminal and as a report."""

from __future__ import annotations

import json
import logging
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import __version__
from harness.bar import Bar, Check, checks, junit
from harness.columns import columns
from harness.command import allowed
from harness.compare import compare
from harness.errors import BelowBarError, ConfigError
from harness.explain import explain
from harness.instantiate import resolved
from harness.pairwise import Rules
from harness.report import breakdown, export, html, markdown, picture
from harness.report.kept import kept
from harness.report.origin import origin
from harness.run import find, write
from harness.score import Comparison

log = logging.getLogger(__name__)


def job(config: Any) -> None:
    """Compare, print the headline tables, write the report; raises BelowBarError where a system misses the bar."""
    plain = resolved(config)
    runs_dir, out = Path(plain["runs_dir"]), Path(plain["out"])
    bar = _bar(plain)
    rules = Rules(plain["correction"], plain["margin"], plain["seed"])
    comparisons = compare(find(plain["runs"], runs_dir), runs_dir, rules, allowed(), plain.get("metric"))
    made = {"veristance": __version__, "command": shlex.join(["veristance", "compare", *sys.argv[1:]])}
    held = [check for comparison in comparisons for check in checks(comparison, bar)] if bar else []
    beside = {comparison.task.value: kept(comparison) for comparison in comparisons}
    origins = {comparison.task.value: origin(comparison, runs_dir) for comparison in comparisons}
    write(out / "report.html", html.render(comparisons, made, beside, origins))
    write(out / "report.md", markdown.render(comparisons, made, beside))
    write(out / "comparison.json", _json(comparisons, made))
    write(out / "comparison.schema.json", export.schema())
    write(out / "leaderboard.csv", export.leaderboard_csv(comparisons))
    write(out / "tables.tex", export.tables_tex(comparisons))
    _draw(comparisons, out / "figures", plain["figures"])
    for comparison in comparisons:
        print(columns(markdown.headline_table(comparison)))
        print(f"\n{comparison.answer}\n{comparison.power}\n{breakdown.detectable(comparison)}".rstrip() + "\n")
        if plain["explain"]:
            print("\n".join(f"- {line}" for line in explain(comparison)) + "\n")
    print(
        f"report: {out / 'report.html'}, {out / 'report.md'} and {out / 'comparison.json'} (also .schema.json, leaderboard.csv, tables.tex, figures/)"
    )
    if bar:
        _hold(held, out)


def _draw(comparisons: Sequence[Comparison], folder: Path, kind: str | None) -> None:
    """Each picture of the page as a file; those of an earlier report are taken away."""
    if kind not in {None, "svg", "png"}:
        raise ConfigError(f"figures is {kind!r}; expected svg, png (both) or null (none)")
    for old in [*folder.glob("*.svg"), *folder.glob("*.png")]:
        old.unlink()
    for comparison in comparisons if kind else ():
        for name, svg in picture.files(comparison).items():
            write(folder / f"{name}.svg", svg)
            if kind == "png":
                (folder / f"{name}.png").write_bytes(picture.png(svg))


def _bar(plain: dict[str, Any]) -> Bar | None:
    if plain["fail_below"] is None:
        if plain["baseline"] is not None:
            raise ConfigError(
                f"baseline={plain['baseline']!r} has no bar; add fail_below=0, or -0.02 for two points worse"
            )
        return None
    return Bar(plain["fail_below"], plain["baseline"], plain["fail_by"])


def _hold(held: Sequence[Check], out: Path) -> None:
    write(out / "junit.xml", junit(held))
    for check in held:
        print(f"{'ok  ' if check.passed else 'FAIL'}  {check.task}: {check.said}")
    print(f"bar: {out / 'junit.xml'}")
    failed = [check for check in held if not check.passed]
    if failed:
        raise BelowBarError(
            f"{len(failed)} of {len(held)} systems are below the bar: "
            + "; ".join(f"{check.task}: {check.said}" for check in failed[:3])
        )
    if not held:
        log.warning("no system was held to the bar: every other system is a floor")


def _json(comparisons: Sequence[Comparison], made: dict[str, str]) -> str:
    """Every figure; questions and answers stay in the runs, whose directories are named."""
    figures = [
        c.model_dump(mode="json", exclude={"items": True, "passages": True, "systems": {"__all__": {"predictions"}}})
        for c in comparisons
    ]
    return json.dumps({"made": made, "comparisons": figures}, indent=1, sort_keys=True, allow_nan=False) + "\n"
