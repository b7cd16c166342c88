"""`veristance systems`: what ships, from the first line of each configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness import paths


def job(config: Any) -> None:  # noqa: ARG001 - it has no setting
    """Print one line a system."""
    files = sorted((paths.configs() / "system").glob("*.yaml"))
    width = max(len(file.stem) for file in files)
    for file in files:
        print(f"{file.stem:<{width}}  {about(file)}")


def about(file: Path) -> str:
    """The first comment of a configuration that is no directive of Hydra's."""
    comments = (line[1:].strip() for line in file.read_text("utf-8").splitlines() if line.startswith("#"))
    return next((comment for comment in comments if not comment.startswith("@package")), "")
