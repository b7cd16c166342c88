"""`veristance rehydrate`: article text from one's own copy into a dataset that was published without it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from harness.errors import ConfigError, MissingRowsError
from harness.instantiate import resolved
from harness.publish.rehydrate import rehydrate
from harness.publish.revision import opened


def job(config: Any) -> None:
    """Fill the text in and say what was found; exit code 4 where passages are missing."""
    plain = resolved(config)
    for key, what in (
        ("path", "a folder or owner/name@revision"),
        ("articles", "a folder of .txt files"),
        ("out", "a new folder"),
    ):
        if not plain[key]:
            raise ConfigError(f"{key} has no value; expected {what}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = opened(str(plain["path"]), Path(scratch))
        made = rehydrate(folder, Path(plain["articles"]), Path(plain["out"]))
    n = made.n_passages - len(made.missing)
    print(
        f"{made.out}: {n} of {made.n_passages} passages have their text, checked by sha256; {made.n_places} withheld quotations filled in"
    )
    print(f"use it: veristance evaluate dataset.path={made.out}")
    if made.missing:
        raise MissingRowsError(
            f"{len(made.missing)} passages are in no file of {plain['articles']} ({', '.join(made.missing[:5])}{', ...' if len(made.missing) > 5 else ''}) and "
            f"{made.n_places_left} quotations stay withheld; expected the articles word for word"
        )
