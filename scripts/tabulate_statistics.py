"""Write the tables of docs/statistics.md from the simulations' results and from the metrics themselves.

python scripts/tabulate_statistics.py            # write
python scripts/tabulate_statistics.py --check    # fail where the page is not what the results give
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import pkgutil
import re
import sys
from typing import Any

import harness.metric
from harness import paths
from harness.metric import Facts

FEW = 0.05  # a cell counts where the guard warns in fewer of its runs


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    docs = paths.checkout() / "docs"
    page = (docs / "statistics.md").read_text("utf-8")
    coverage, pairs = (
        [json.loads(line) for line in (docs / f"statistics-{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("coverage", "pairs")
    )
    made = {
        "coverage": of_coverage(coverage),
        "pairs": of_pairs(pairs),
        "families": of_families(pairs),
        "metrics": of_metrics(),
    }
    new = page
    for name, text in made.items():
        marked = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        new = marked.sub(lambda m, text=text: f"{m[1]}{text}\n{m[2]}", new)  # type: ignore[misc]
    if given.check and new != page:
        sys.exit("docs/statistics.md is not what the results give; run scripts/tabulate_statistics.py")
    if not given.check:
        (docs / "statistics.md").write_text(new, "utf-8")


def percent(value: float | None) -> str:
    """With one decimal."""
    return "-" if value is None else f"{100 * value:.1f}"


def of_coverage(cells: list[dict[str, Any]]) -> str:
    """Range over correlations and scores of the cells in which the guard is quiet, and where it warns."""
    quiet = [cell for cell in cells if cell["warned"] < FEW]
    held = [cell for cell in quiet if 0.93 <= cell["covered"] <= 0.97]
    lowest = min(quiet, key=lambda cell: cell["covered"])
    lines = [
        f"{len(cells)} cells of {cells[0]['runs']:,} runs each. In {len(quiet)} of them the guard warns in fewer than 5 % of the runs, and in "
        f"{len(held)} of these the interval covers between 93 % and 97 %; the lowest covers {percent(lowest['covered'])} %. "
        "A run without an interval counts as not covered.",
        "",
        "| metric | labels | clusters | cells where the guard is quiet | cover, % | independent questions, % | cells where it warns | cover there, % |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for key in dict.fromkeys((cell["metric"], cell["k"], cell["clusters"]) for cell in cells):
        own = [cell for cell in cells if (cell["metric"], cell["k"], cell["clusters"]) == key]
        still = [cell for cell in own if cell["warned"] < FEW]
        loud = [cell for cell in own if cell["warned"] >= FEW]
        lines.append(
            f"| {key[0]} | {key[1]} | {key[2]} | {len(still)} | {span(still, 'covered')} | {span(still, 'independent')} | "
            f"{len(loud)} | {span(loud, 'covered')} |"
        )
    return "\n".join(lines)


def span(cells: list[dict[str, Any]], field: str) -> str:
    """Least to greatest."""
    values = [cell[field] for cell in cells]
    return f"{percent(min(values))} to {percent(max(values))}" if values else "-"


def of_pairs(cells: list[dict[str, Any]]) -> str:
    """False positives at 5 %, a row a cell."""
    lines = [
        "| two systems without a difference | clusters | correlation | swap test, % | where 25 or more clusters differ, % | jackknife-t, % | McNemar, questions taken for independent, % |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for cell in cells:
        if "swap" in cell:
            told = cell["swap_enough"] if cell["enough"] >= 0.5 else None
            mcnemar = percent(cell["mcnemar"]) if cell["what"].startswith("accuracy") else "-"
            lines.append(
                f"| {cell['what']} | {cell['clusters']} | {cell['correlation']} | {percent(cell['swap'])} | {percent(told)} | "
                f"{percent(cell['jackknife_t'])} | {mcnemar} |"
            )
    return "\n".join(lines)


def of_families(cells: list[dict[str, Any]]) -> str:
    """Family-wise error of 190 pairs."""
    lines = [
        "| clusters | correlation | runs | swap test, Holm, % | jackknife-t, Holm, % | no correction, % |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for cell in cells:
        if "swap_holm" in cell:
            figures = " | ".join(percent(cell[name]) for name in ("swap_holm", "t_holm", "uncorrected"))
            lines.append(f"| {cell['clusters']} | {cell['correlation']} | {cell['runs']:,} | {figures} |")
    return "\n".join(lines)


def of_metrics() -> str:
    """Every metric of harness.metric with what it says of itself."""
    lines = ["| metric | definition | range | better | unit | source |", "| --- | --- | --- | --- | --- | --- |"]
    for module in sorted(found.name for found in pkgutil.iter_modules(harness.metric.__path__)):
        loaded = importlib.import_module(f"harness.metric.{module}")
        for _, kind in inspect.getmembers(loaded, inspect.isclass):
            if kind.__module__ == loaded.__name__ and hasattr(kind, "facts"):
                for one in _examples(kind):
                    facts: Facts = one.facts
                    better = "more" if facts.higher_is_better else "less"
                    reach = f"{facts.low:g} to {facts.high:g}".replace("inf", "any")
                    lines.append(
                        f"| `{one.name}` | {facts.definition} | {reach} | {better} | {facts.unit} | {facts.source} |"
                    )
    return "\n".join(lines)


def _examples(kind: Any) -> list[Any]:
    wanted = [p for p in inspect.signature(kind).parameters.values() if p.default is p.empty]
    if not wanted:
        return [kind()]
    return [kind(value) for value in (("recall", "mrr", "ndcg") if wanted[0].name == "kind" else ("LABEL",))]


if __name__ == "__main__":
    main()
