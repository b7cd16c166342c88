"""Measure predicting with the packaged embedding model beside a bare batched forward pass over the same texts, and its peak memory.

    python scripts/bench_embedding.py

Texts are the dataset's words in new orders, so that none is embedded twice: 10 to 60 words, as claims and passages are. The bare pass
sorts all texts by length, pads batches of 16 and pools; ours is `predict` of a fitted system, from questions to predictions. They take
turns in one process; each memory figure is of a process of its own.
"""

from __future__ import annotations

import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from harness import paths
from harness.dataset.published import PublishedDataset
from harness.instantiate import make
from harness.label import Task
from harness.schema import Evidence, Question
from harness.system import embedding

REPEATS = 5
N_SPEED = 400
N_MEMORY = (1_000, 20_000)
# Words of a claim and of a passage; the short ones only save time, where the number of questions is what counts.
LONG, SHORT = ((10, 30), (15, 60)), ((5, 12), (8, 20))
MARKED = re.compile(r"(<!-- generated: embedding -->\n).*?(<!-- end -->)", re.DOTALL)
LABELS = ("supported", "refuted")


def main() -> None:
    """Measure and write, or be one memory measurement."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(peak(int(sys.argv[1]))))
        return
    lines = [
        *speed(),
        "",
        "| questions predicted | peak memory, MiB | beyond the fitted system, MiB |",
        "| ---: | ---: | ---: |",
    ]
    for n in N_MEMORY:
        done = subprocess.run([sys.executable, __file__, str(n)], capture_output=True, text=True, check=True)
        fitted, after = json.loads(done.stdout)
        lines.append(f"| {n:,} | {after:.0f} | {after - fitted:.0f} |")
    target = paths.checkout() / "docs" / "benchmarks.md"
    text = target.read_text("utf-8")
    target.write_text(MARKED.sub(lambda m: f"{m[1]}" + "\n".join(lines) + f"\n{m[2]}", text), "utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


def speed() -> list[str]:
    """The table of speeds, in CPU seconds: wall seconds are other people's too."""
    system = shipped()
    fitted = fit(system)
    times: dict[str, list[float]] = {"bare": [], "ours": []}
    for repeat in range(REPEATS + 1):
        asked = list(questions(N_SPEED, 100 + repeat))
        texts = [text for q in asked for text in (q.claim, *(e.text for e in q.evidence))]
        times["bare"].append(cpu_s(lambda texts=texts: bare(system.encoder, texts)))  # type: ignore[misc]
        times["ours"].append(cpu_s(lambda asked=asked: sum(1 for _ in fitted.predict(asked))))  # type: ignore[misc]
    medians = {name: statistics.median(seconds[1:]) for name, seconds in times.items()}  # the first warms up
    ratio = statistics.median(b / o for b, o in zip(times["bare"][1:], times["ours"][1:], strict=True))
    n = 2 * N_SPEED
    return [
        f"{N_SPEED} questions, {n} distinct texts, {REPEATS} runs each in turn after one to warm up.",
        "",
        "| | CPU s, median | texts a CPU second | speed of the bare pass |",
        "| --- | ---: | ---: | ---: |",
        f"| bare batched forward pass, sorted by length | {medians['bare']:.2f} | {n / medians['bare']:.0f} | 1.00 |",
        f"| `predict` of the system `embedding` | {medians['ours']:.2f} | {n / medians['ours']:.0f} | {ratio:.2f} |",
    ]


def peak(n: int) -> tuple[float, float]:
    """Peak memory in MiB of a fitted system, and after n questions."""
    fitted = fit(shipped())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for _ in fitted.predict(questions(n, 7, SHORT)):
        pass
    return before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bare(encoder: Any, texts: list[str]) -> None:
    """Sort, tokenize, pad, run, pool."""
    tokenizer, session = embedding._load(encoder)  # noqa: SLF001 - the same session, so that the ratio is of what is around it
    ordered = sorted(texts, key=len)
    for start in range(0, len(ordered), encoder.batch):
        rows = [e.ids for e in tokenizer.encode_batch(ordered[start : start + encoder.batch])]
        width = max(map(len, rows))
        ids = np.array([row + [0] * (width - len(row)) for row in rows], dtype=np.int64)
        mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in rows], dtype=np.int64)
        out = session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})[0]
        pooled = (out * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


def fit(system: Any) -> Any:
    """The system, fitted on 200 questions."""
    training = list(questions(200, 1))
    return system.fit(training, {q.id: LABELS[k % 2] for k, q in enumerate(training)})


def questions(n: int, seed: int, sizes: Sequence[tuple[int, int]] = LONG) -> Iterator[Question]:
    """Questions with one passage each; no text comes twice."""
    corpus = PublishedDataset("vladivostok-claims").load()
    words = sorted({word for claim in corpus.claims.values() for word in claim.text.split()})
    rng = np.random.default_rng(seed)
    for k in range(n):
        claim, passage = (" ".join(rng.choice(words, size=rng.integers(*size))) for size in sizes)
        yield Question(
            id=f"{seed}-{k}",
            task=Task.VERACITY,
            claim=claim,
            evidence=(Evidence(id="p", text=passage),),
            labels=LABELS,
            as_of=date(2025, 9, 6),
        )


def shipped() -> Any:
    """The system of configs/system/embedding.yaml."""
    from omegaconf import OmegaConf

    config = OmegaConf.create({"seed": 0, "system": OmegaConf.load(paths.configs() / "system" / "embedding.yaml")})
    plain: Any = OmegaConf.to_container(config, resolve=True)
    return make(plain)["system"]


def cpu_s(work: Callable[[], Any]) -> float:
    """CPU seconds of this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


if __name__ == "__main__":
    main()
