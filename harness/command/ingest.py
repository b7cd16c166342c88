"""`veristance ingest`: new articles into seeds/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness import paths
from harness.dataset.ingest import ingest
from harness.instantiate import resolved

KNOWN = ("title", "outlet", "published_on", "as_of", "language", "url")


def job(config: Any) -> None:
    """Take files in and say what comes next."""
    plain = resolved(config)
    root = Path(plain["root"]) if plain["root"] else paths.checkout()
    taken = ingest(root, [Path(path) for path in plain["paths"]], {key: plain[key] for key in KNOWN})
    for article in taken:
        print(f"{article.path} -> {root / 'seeds' / article.id}.txt ({article.n_characters} characters)")
    ids = ",".join(article.id for article in taken)
    print(f"next: veristance annotate do=push round=N 'annotators=[p1]' 'tasks=[claims]' 'items=[{ids}]'")
