"""Read a million rows into validated questions, and take them through a majority system, scores and intervals; into docs/benchmarks.md.

    python scripts/bench_datasets.py [rows]      # needs orjson, which the package itself does not

Each figure is of a process of its own. The floor is a bare loop of orjson over the lines of the same file in the same run.
"""

from __future__ import annotations

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from harness import paths

LABELS = {"supported": "supported", "refuted": "refuted", "nei": "not_enough_evidence", "mixed": "conflicting"}
WORDS = [
    f"{a}{b}"
    for a in ("har", "win", "mar", "sto", "bri", "tra", "mini", "vo")
    for b in ("bour", "ter", "ket", "rm", "dge", "in")
]
RUNS = 3


def main() -> None:
    """Write the files, measure every way, and write the page's table."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        jsonl, parquet = Path(folder, "claims.jsonl"), Path(folder, "claims.parquet")
        # In a process of its own: a child begins with the peak of the process that it is forked from.
        subprocess.run([sys.executable, __file__, "--write", str(n), folder], check=True)
        ways = [("bare loop of orjson", "floor", jsonl), ("into validated questions", "read", jsonl), ("into validated questions", "read", parquet),
                ("majority, scores and intervals", "score", jsonl), ("majority, scores and intervals", "score", parquet)]  # fmt: skip
        # In turn, so that other work on the machine falls on all alike.
        made: list[list[dict[str, float]]] = [[_measured(what, file) for _, what, file in ways] for _ in range(RUNS)]
    best = [min(found[k]["cpu"] for found in made) for k in range(len(ways))]
    ratios = [float(np.median([found[k]["cpu"] / found[0]["cpu"] for found in made])) for k in range(len(ways))]
    peak = [max(found[k]["peak"] for found in made) for k in range(len(ways))]
    lines = [
        f"{n:,} rows, {RUNS} runs of each in turn; CPU seconds with start-up left out; peak memory of the whole process.", "",
        "| what | file | CPU s, least | times orjson, median | peak MB |", "| --- | --- | ---: | ---: | ---: |",
        *(f"| {name} | {file.suffix[1:]} | {cpu:.2f} | {ratio:.2f} | {mb:.0f} |" for (name, _, file), cpu, ratio, mb in zip(ways, best, ratios, peak, strict=True)),
    ]  # fmt: skip
    sys.stdout.write("\n".join(lines) + "\n")
    target = paths.checkout() / "docs" / "benchmarks.md"
    marked = re.compile(r"(<!-- generated: datasets -->\n).*?(<!-- end -->)", re.DOTALL)
    target.write_text(marked.sub(lambda m: m[1] + "\n".join(lines) + "\n" + m[2], target.read_text("utf-8")), "utf-8")


def _write(jsonl: Path, parquet: Path, n: int) -> None:
    """Claims of about 25 words with evidence of about 60, ten of a topic."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng, writer = random.Random(0), None  # noqa: S311 - texts for a benchmark
    with jsonl.open("w", encoding="utf-8") as file:
        for start in range(0, n, 20_000):
            rows = [
                {
                    "id": f"c{k:07d}", "topic": f"t{k // 10}", "label": rng.choice(list(LABELS)),
                    "claim": " ".join(rng.choices(WORDS, k=25)), "evidence": " ".join(rng.choices(WORDS, k=60)),
                }
                for k in range(start, min(start + 20_000, n))
            ]  # fmt: skip
            file.writelines(json.dumps(row) + "\n" for row in rows)
            table = pa.Table.from_pylist(rows)
            writer = writer or pq.ParquetWriter(parquet, table.schema)
            writer.write_table(table)
    if writer is not None:
        writer.close()


def _measured(what: str, file: Path) -> dict[str, float]:
    command = [sys.executable, __file__, f"--{what}", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _one(what: str, file: Path) -> None:
    """What a process of its own does and tells."""
    told = {"floor": _floor, "read": _read, "score": _score}[what](file)
    told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    sys.stdout.write(json.dumps(told) + "\n")


def _floor(file: Path) -> dict[str, Any]:
    import orjson

    began = time.process_time()
    with file.open("rb") as stream:
        n = sum(1 for line in stream if orjson.loads(line))
    return {"cpu": time.process_time() - began, "n": n}


def _questions(file: Path) -> Any:
    from harness.dataset.table import TableDataset
    from harness.label import Task
    from harness.task.mapped import Questions

    columns = {"id": "id", "claim": "claim", "gold": "label", "cluster": "topic"}
    dataset = TableDataset(
        name="bench", task="veracity", files=None, path=str(file), as_of="2026-01-01", columns=columns, labels=LABELS, space="ours",
        evidence={"text": "evidence"},
    )  # fmt: skip
    return Questions(dataset.load(), Task.VERACITY, closed=False)


def _read(file: Path) -> dict[str, Any]:
    questions = _questions(file)
    began = time.process_time()
    n = sum(1 for _ in questions)
    return {"cpu": time.process_time() - began, "n": n}


def _score(file: Path) -> dict[str, Any]:
    """Two passes: one counts the labels, one asks; then macro-F1 and accuracy with their intervals by cluster."""
    from array import array

    from harness.label import Veracity
    from harness.metric.accuracy import Accuracy
    from harness.metric.macro_f1 import MacroF1
    from harness.statistics.jackknife import interval
    from harness.system.classifier import Prior

    questions, code = _questions(file), {label.value: place for place, label in enumerate(Veracity)}
    began = time.process_time()
    counts = Counter(gold for _, gold, _ in questions.labelled())
    system = Prior({label: n / counts.total() for label, n in counts.items()})
    gold, predicted, clusters = array("b"), array("b"), array("l")
    known: dict[str, int] = {}
    for question, label, cluster in questions.labelled():
        (prediction,) = system.predict((question,))
        gold.append(code[label])
        predicted.append(code[str(prediction.label)])
        clusters.append(known.setdefault(cluster, len(known)))
    told, said = np.frombuffer(gold, np.int8).astype(np.intp), np.frombuffer(predicted, np.int8).astype(np.intp)
    found = [
        interval(metric.of(told, said, len(code)), np.frombuffer(clusters, np.int64), is_proportion=False)
        for metric in (MacroF1(), Accuracy())
    ]
    return {
        "cpu": time.process_time() - began,
        "n": len(gold),
        "low": found[0].low,
        "high": found[0].high,
        "g": found[0].n_clusters,
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        _write(Path(sys.argv[3], "claims.jsonl"), Path(sys.argv[3], "claims.parquet"), int(sys.argv[2]))
    elif len(sys.argv) > 1 and sys.argv[1].startswith("--"):
        _one(sys.argv[1].removeprefix("--"), Path(sys.argv[2]))
    else:
        main()
