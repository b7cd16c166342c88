"""Measure label scoring by a shared prefix beside lm-evaluation-harness, and write the table into docs/benchmarks.md.

    VERISTANCE_BENCH=path/to/bench python scripts/bench_local.py

Run it with the Python of an environment that holds lm-eval[hf] and veristance[transformers]. The folder that VERISTANCE_BENCH names
has the peer's side (`local.py`): a Llama-shaped model with random weights, made on the spot, and claims with 400 shared tokens before each.
Both sides score the same texts with the same model in the same process, in float32.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import paths

MARKED = re.compile(r"(<!-- generated: local -->\n).*?(<!-- end -->)", re.DOTALL)
PREFIX_TOKENS = 400


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--items", type=int, default=200, help="claims that we score")
    parser.add_argument("--peer-items", type=int, default=40, help="claims that lm-eval scores; times are a claim")
    parser.add_argument("--size", default="small", help="of the model: tiny, small or 135m")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    bench = _bench()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(asked.threads)
    lines = [
        "| labels | way | claims | CPU ms a claim | times less CPU than lm-eval at its best | greatest difference |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        prefix = bench.build(folder, asked.size, PREFIX_TOKENS)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        model.eval()
        data = bench.items(asked.items, prefix)
        contexts = [tokenizer(item["context"], add_special_tokens=False)["input_ids"] for item in data]
        for kind, labels in (("words", bench.WORDS), ("letters", bench.LETTERS)):
            peer: dict[str, tuple[float, list[list[float]]]] = {}
            part = data[: asked.peer_items]
            for batch in (1, 8):
                scores, _, cpu_s = bench.with_lm_eval(folder, part, labels, batch)
                peer[f"lm-eval `hf`, batch {batch}"] = (1000 * cpu_s / len(part), scores)
            best = min(ms for ms, _ in peer.values())
            lines += [
                f"| {kind} | {way} | {len(part)} | {ms:.0f} | {best / ms:.1f} | - |" for way, (ms, _) in peer.items()
            ]
            reference = next(iter(peer.values()))[1]
            answers = [tokenizer(label, add_special_tokens=False)["input_ids"] for label in labels]
            for batch, way in ((1, "ours, one at a time"), (8, "ours, 8 at once, as a run asks")):
                ms, scores = ours(model, contexts, answers, batch)
                apart = max(
                    abs(a - b)
                    for x, y in zip(reference, scores[: len(part)], strict=True)
                    for a, b in zip(x, y, strict=True)
                )
                lines.append(f"| {kind} | {way} | {len(data)} | {ms:.0f} | {best / ms:.1f} | {apart:.1e} |")
        n_parameters = sum(x.numel() for x in model.parameters()) / 1e6
    about = (
        f"A Llama of {n_parameters:.0f} million random weights in float32 on {asked.threads} thread(s), contexts of "
        f"{sum(map(len, contexts)) / len(contexts):.0f} tokens on average, {PREFIX_TOKENS} of them shared, four labels. "
        f"The difference is of log-probabilities, to lm-eval's at batch 1. Python {platform.python_version()}, torch {torch.__version__}."
    )
    target = paths.checkout() / "docs" / "benchmarks.md"
    text = target.read_text("utf-8")
    target.write_text(MARKED.sub(lambda m: f"{m[1]}{about}\n\n" + "\n".join(lines) + f"\n{m[2]}", text), "utf-8")
    sys.stdout.write("\n".join([about, *lines]) + "\n")


def ours(
    model: Any, contexts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]], batch: int
) -> tuple[float, list[list[float]]]:
    """CPU milliseconds a claim, the prefix and the first question's own check included, and the scores."""
    from harness.client.shared_prefix import SharedPrefix

    scorer = SharedPrefix(model, batch)
    start = time.process_time()
    scores = scorer.score(contexts, answers)
    return 1000 * (time.process_time() - start) / len(contexts), scores


def _bench() -> Any:
    folder = os.environ.get("VERISTANCE_BENCH", "")
    if not Path(folder, "local.py").is_file():
        sys.exit(f"VERISTANCE_BENCH is {folder!r}; expected the folder that holds the peer's side, local.py")
    sys.path.insert(0, folder)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        importlib.import_module("lm_eval")
        return importlib.import_module("local")
    except ImportError as error:
        sys.exit(
            f"{error.name} is not installed here; expected an environment with lm-eval[hf]: pip install 'lm-eval[hf]'"
        )


if __name__ == "__main__":
    main()
