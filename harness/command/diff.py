"""`veristance diff`: what changed between two versions of the dataset."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from harness import paths
from harness.errors import ConfigError
from harness.instantiate import resolved
from harness.publish.difference import difference
from harness.publish.revision import opened
from harness.run import write


def job(config: Any) -> None:
    """Print added, removed and changed rows, and the step in the version that they ask for."""
    plain = resolved(config)
    if not plain["a"]:
        raise ConfigError(
            "a has no value; expected a folder or owner/name@revision: veristance diff a=me/news@1.0.0 b=dataset"
        )
    with tempfile.TemporaryDirectory() as scratch:
        a = opened(str(plain["a"]), Path(scratch, "a"))
        b = opened(str(plain["b"]), Path(scratch, "b")) if plain["b"] else paths.dataset()
        found = difference(a, b)
    for line in found.lines(plain["most"]):
        print(line)
    print(f"the change is {found.required}: {found.why}")
    if plain["out"]:
        write(Path(plain["out"]), found.model_dump_json(indent=2) + "\n")
        print(plain["out"])
