"""`veristance build`: the dataset from its inputs, or a check of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness import paths
from harness.dataset import build as builder
from harness.errors import InputError
from harness.instantiate import resolved


def job(config: Any) -> None:
    """Build or check, and print every check with its figure."""
    plain = resolved(config)
    root = paths.checkout()
    try:
        import datasets  # noqa: F401
        import pysbd  # noqa: F401
    except ImportError as error:
        raise InputError(f'the build needs {error.name}; install it: pip install "veristance[build]"') from error
    found = (
        builder.check(root)
        if plain["check"]
        else builder.build(root, Path(plain["out"]) if plain["out"] else root / "dataset")
    )
    width = max(len(check.name) for check in found)
    for check in found:
        holds = "ok  " if check.passed else "MISS" if check.reason else "FAIL"
        print(f"{holds}  {check.name:<{width}}  {check.figure}  (bar {check.bar})")
        if check.reason:
            print(f"      {check.reason}")
