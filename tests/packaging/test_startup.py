from __future__ import annotations

import re
import resource
import subprocess
import sys

import pytest

HEAVY = {"datasets", "hydra", "numpy", "omegaconf", "pandas", "pydantic", "scipy", "sklearn", "torch", "transformers"}
BARE_HYDRA_APP = """
import hydra

@hydra.main(version_base="1.3", config_path=None)
def main(config):
    pass

main()
"""


def run(*args, cwd):
    return subprocess.run([sys.executable, *args], cwd=cwd, capture_output=True, text=True, check=True)


def cpu_s(*args, cwd):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(*args, cwd=cwd)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("words", [["--help"], ["evaluate", "--help"], ["compare", "--help"]])
def test_help_imports_nothing_heavy(tmp_path, words):
    done = run("-X", "importtime", "-m", "harness", *words, cwd=tmp_path)
    imported = set(re.findall(r"^import time:[^|]+\|[^|]+\| *(\w+)", done.stderr, flags=re.MULTILINE))
    assert "harness" in imported
    assert not imported & HEAVY


def test_help_costs_no_more_cpu_than_that_of_a_bare_hydra_app(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(BARE_HYDRA_APP)
    # The best of five in turn: other work on the machine only ever adds to a time.
    times = [(cpu_s("-m", "harness", "--help", cwd=tmp_path), cpu_s(app, "--help", cwd=tmp_path)) for _ in range(5)]
    ours, bare = (min(column) for column in zip(*times, strict=True))
    assert ours <= bare
