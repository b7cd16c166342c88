"""With what, where and when a run is made: versions, machine, commit, time."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from datetime import UTC, datetime

from harness import __version__, paths

# Whose versions a score may depend on.
# fmt: off
PACKAGES = (
    "aiohttp", "bm25s", "hydra-core", "ir-measures", "numpy", "onnxruntime", "pyarrow", "pydantic", "scikit-learn", "scipy",
    "tokenizers", "torch", "transformers", "xllamacpp",
)
# fmt: on


def now() -> str:
    """ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def packages() -> dict[str, str]:
    """Versions by name, of what is installed."""
    found = {"veristance": __version__}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """Platform, processor count and Python version."""
    return f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}"


def commit() -> str | None:
    """The checkout's git commit, with `+dirty` for uncommitted changes; `None` in an installed package."""
    if not (paths.SHIPPED / ".git").exists():
        return None
    try:
        head = _git("rev-parse", "HEAD")
        return head + ("+dirty" if _git("status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*words: str) -> str:
    command = ["git", *words]  # found on the user's PATH, as at the prompt
    return subprocess.run(command, cwd=paths.SHIPPED, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
