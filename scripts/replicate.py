"""Run every experiment of configs/experiment/replicate and write docs/replication.md: published, ours, why they differ.

    VERISTANCE_PUBLIC_DATA=/path/to/public python scripts/replicate.py

Each row of the page is also one command, `veristance evaluate experiment=replicate/NAME`, which ends with exit code 3 where a figure
is not reached. Runs are kept in a temporary folder.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness import paths
from harness.command.systems import about
from harness.evaluate import Run, evaluate_config
from harness.instantiate import resolved
from harness.replication import Replicated, replicate

HEAD = "| experiment | what | n | metric | published | ours | 95 % interval | within | why they differ |\n| --- | --- | ---: | --- | --- | ---: | --- | --- | --- |"


def main() -> None:
    """Run them all, in the order of the rows that they name, and write the page's table."""
    files = sorted((paths.configs() / "experiment" / "replicate").glob("*.yaml"), key=_row)
    with tempfile.TemporaryDirectory() as folder:
        lines = [line for file in files for line in _lines(file, folder)]
    n = len({re.findall(r"\d+", line)[0] for line in lines})
    missed = sum("**no**" in line for line in lines)
    said = f"{len(lines)} figures in {len(files)} experiments; {len(lines) - missed} are within what is expected."
    target = paths.checkout() / "docs" / "replication.md"
    text = target.read_text("utf-8")
    table = "\n".join([said, "", HEAD, *lines])
    target.write_text(
        re.sub(
            r"(<!-- generated: replication -->\n).*?(\n<!-- end -->)",
            lambda m: m[1] + table + m[2],
            text,
            flags=re.DOTALL,
        ),
        "utf-8",
    )
    print(said)
    sys.exit(3 if missed or not n else 0)


def _row(file: Path) -> tuple[int, str]:
    found = re.search(r"\d+", about(file))
    return int(found[0]) if found else 0, file.stem


def _lines(file: Path, folder: str) -> Iterator[str]:
    run, published = _run(file.stem, folder)
    for one in replicate(run, published):
        yield _line(file, run, one)


def _run(name: str, folder: str) -> tuple[Run, list[dict[str, object]]]:
    from hydra import compose, initialize_config_dir
    from hydra.core.hydra_config import HydraConfig

    with initialize_config_dir(str(paths.configs()), version_base="1.3"):
        composed = compose("evaluate", [f"experiment=replicate/{name}", f"runs_dir={folder}"], return_hydra_config=True)
        HydraConfig.instance().set_config(composed)
        config = resolved(composed)
    return evaluate_config(config), config["published"]


def _line(file: Path, run: Run, one: Replicated) -> str:
    figure = one.published
    score = next((s for s in run.scores if s.metric == figure.metric and s.slice == "all"), None)
    around = "-" if score is None or score.low is None else f"{_told(score.low)} to {_told(score.high)}"
    within = (
        "identical"
        if figure.within == 0 and one.holds
        else f"{figure.within:g}"
        if one.holds
        else f"**no** ({figure.within:g})"
    )
    why = "rounding" if figure.why == "identical" and one.ours != figure.value else figure.why
    return (
        f"| `{file.stem}` | {about(file).rstrip('.')} | {len(run.manifest.declared):,} | {figure.metric} | {_told(figure.value)} ({figure.by}) | "
        f"{_told(one.ours)} | {around} | {within} | {why} |"
    )


def _told(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}" if abs(value) > 10 else f"{value:.4f}"


if __name__ == "__main__":
    main()
