"""Measure what the wording of the claims gives away without evidence, and write the table into docs/shortcuts.md.

    python scripts/measure_shortcuts.py

Needs the embedded models. A bar that is missed is written as missed.
"""

from __future__ import annotations

import re
import sys

from harness import paths
from harness.dataset.duplicate import minilm
from harness.dataset.published import PublishedDataset
from harness.dataset.shortcut import gates

MARKED = re.compile(r"(<!-- generated: shortcuts -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Measure and write."""
    corpus = PublishedDataset("vladivostok-claims").load()
    found = gates(list(corpus.claims.values()), corpus.passages, minilm())
    lines = [f"{corpus.name} {corpus.version} ({corpus.sha256[:8]}), {len(corpus.claims)} claims.", ""]
    lines += ["| gate | figure | bar | holds |", "| --- | --- | --- | --- |"]
    lines += [f"| {c.name} | {c.figure} | {c.bar} | {'yes' if c.passed else 'NO'} |" for c in found]
    target = paths.checkout() / "docs" / "shortcuts.md"
    text = target.read_text("utf-8")
    target.write_text(MARKED.sub(lambda m: m[1] + "\n".join(lines) + f"\n{m[2]}", text), "utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
