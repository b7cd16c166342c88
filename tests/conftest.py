"""What the tests share: a command line in this process, with what it prints and its exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from harness.cli import main


@pytest.fixture
def veristance(monkeypatch, tmp_path, capfd):
    """Run the command in a folder of its own; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("HYDRA_FULL_ERROR", "VERISTANCE_JOURNAL"):
        monkeypatch.setenv(name, os.environ.get(name, ""))

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(args))
        out, err = capfd.readouterr()
        return code, out, err

    yield run
    # A module of the user's own is another one in the next test, whatever its name.
    own = [name for name, module in sys.modules.items() if str(tmp_path) in str(getattr(module, "__file__", None))]
    for name in own:
        del sys.modules[name]


@pytest.fixture
def files(tmp_path):
    """The names of all files below the test's folder."""
    return lambda: sorted(str(path.relative_to(tmp_path)) for path in Path(tmp_path).rglob("*") if path.is_file())
