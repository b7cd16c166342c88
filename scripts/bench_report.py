"""How large a report may grow: 20 systems on 5,000 claims, built here and opened in a real browser.

    python scripts/bench_report.py [n_systems] [n_claims]

Prints Markdown: building time and memory, size of the file, and in Chromium the time to load and the time of a filter.

"""

from __future__ import annotations

import os
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from harness.curve import curves
from harness.label import Outcome, Task
from harness.report.html import render
from harness.schema import Evidence, Message, Prediction
from harness.score import Comparison, Item, Score, System

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


def words(draw: random.Random, n: int) -> str:
    """Text of `n` words of 4,000, which compresses about as prose does."""
    return " ".join(f"w{draw.randrange(4000)}" for _ in range(n))


def comparison(n_systems: int, n_claims: int) -> Comparison:
    """Made-up systems, of which one in four speaks: rationale, messages and raw answer."""
    draw = random.Random(0)  # noqa: S311
    evidence = [Evidence(id=f"a{i // 40}.s{i % 40}", text=words(draw, 22)) for i in range(n_claims)]
    items = tuple(
        Item(
            id=f"c{i:05}", claim=words(draw, 16), holder=None, evidence=(evidence[i],), gold=draw.choice(LABELS),
            justification=words(draw, 14), cluster=f"k{i // 8}", slices={"article": f"a{i // 40}", "edit": f"e{i % 9}"},
        )
        for i in range(n_claims)
    )  # fmt: skip
    return Comparison(
        task=Task.VERACITY, dataset="made-up", version="1", sha256="0" * 64, metric="macro_f1", labels=LABELS, n=n_claims,
        n_clusters=n_claims // 8, answer="Made-up.", warnings=(), differences=(), items=items,
        systems=tuple(system(draw, f"system {k}", items, speaks=k % 4 == 0) for k in range(n_systems)),
    )  # fmt: skip


def system(draw: random.Random, name: str, items: tuple[Item, ...], *, speaks: bool) -> System:
    """One with probabilities."""
    score = Score(
        metric="macro_f1", slice="all", value=0.5, low=0.45, high=0.55, n=len(items), n_answered=len(items),
        n_clusters=len(items) // 8, all_wrong=0.5, all_right=0.5,
    )  # fmt: skip
    found = {}
    for item in items:
        sure, label, rationale = draw.uniform(0.3, 1.0), draw.choice(LABELS), words(draw, 25) if speaks else None
        rest = {other: (1 - sure) / 3 for other in LABELS if other != label}
        found[item.id] = Prediction(
            id=item.id, outcome=Outcome.ANSWERED, label=label, probabilities={label: sure} | rest, rationale=rationale,
            raw=rationale and f'{{"verdict": "{label}", "rationale": "{rationale}"}}',
            messages=(Message(role="user", content=f"Judge.\n{item.claim}\n{item.evidence[0].text}"),) if speaks else (),
        )  # fmt: skip
    return System(
        name=name, run=name, signature=name, about=name, floor=False, trained=True, evidence="gold", n_declared=len(items),
        outcomes={Outcome.ANSWERED: len(items)}, scores=(score,), confusion=((1,) * 4,) * 4, n_tokens_in=None,
        n_tokens_out=None, seconds=None, predictions=found,
    )  # fmt: skip


def main() -> None:
    """Build, open, filter, print."""
    from playwright.sync_api import sync_playwright

    n_systems, n_claims = (int(x) for x in (*sys.argv[1:3], "20", "5000")[:2])
    made = comparison(n_systems, n_claims)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    html = render([made.model_copy(update={"curves": curves(made)})], {"version": "0"})
    built = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "report.html")
        path.write_text(html, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(path.as_uri())
        loaded = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        filtered = [
            page.evaluate(
                "(word) => { const box = document.querySelector('.filters input[name=text]'); const t = performance.now(); "
                "box.value = word; box.dispatchEvent(new Event('input', { bubbles: true })); "
                "document.querySelector('.list').offsetHeight; return performance.now() - t; }",
                word,
            )
            for word in ("w1", "w12", "w123", "w3999", "c00", "none of them", "")
        ]
        opened = page.evaluate(
            "async () => { const row = document.querySelector('.claim'); const t = performance.now(); row.open = true; "
            "while (!row.querySelector('.answers')) await new Promise(requestAnimationFrame); return performance.now() - t; }"
        )
        browser.close()
    print(f"| {n_systems} systems x {n_claims:,} claims | measured |\n|---|---:|")
    print(f"| report.html, MB | {len(html.encode()) / 1e6:.1f} |")
    print(f"| render, s | {built:.1f} |\n| memory of it all, MB (before rendering) | {memory:.0f} ({before:.0f}) |")
    print(f"| load until the list stands, s | {loaded / 1000:.2f} |")
    print(
        f"| a filter, ms: first, median, most | {filtered[0]:.0f}, {statistics.median(filtered):.0f}, {max(filtered):.0f} |"
    )
    print(f"| opening a claim, ms | {opened:.0f} |")


if __name__ == "__main__":
    main()
