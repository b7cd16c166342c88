# ruff: noqa: N999 - the verb's name, which is loaded by name
"""`veristance import`: a log of another harness on our questions becomes a run."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from harness.errors import ConfigError, InputError
from harness.evaluate import evaluate_config
from harness.exchange import logs
from harness.exchange.export import identity
from harness.instantiate import make, resolved
from harness.run import write


def job(config: Any) -> None:
    """Read the log, keep its answers beside the runs, score them."""
    plain = resolved(config)
    if not plain["from"] or not plain["path"]:
        raise ConfigError("expected from=inspect, lm_eval or promptfoo and path=LOG")
    log = logs.read(plain["from"], Path(plain["path"]))
    made = make({key: plain[key] for key in ("dataset", "task", "evidence")})
    corpus = made["dataset"].load()
    items = made["task"].items(corpus, made["evidence"])
    known = {question.id for question in items.questions}
    ours = identity(corpus, items.questions[0].task, plain["evidence_name"])
    for answer in log.answers:
        if answer.dataset is not None and answer.dataset != ours:
            raise InputError(
                f"{plain['path']} is on {answer.dataset} and this is {ours}; expected what it was exported with: dataset=..., task=..., evidence=..."
            )
        if answer.id not in known:
            raise InputError(f'{plain["path"]} answers "{answer.id}", which is no question of {ours}')
    text = "".join(f"{line}\n" for line in logs.lines(log.answers))
    kept = Path(plain["runs_dir"], "imported", f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.jsonl")
    write(kept, text)
    system = {
        "_target_": "harness.exchange.imported.ImportedAnswers",
        "path": str(kept),
        "model": log.model,
        "harness": plain["from"],
    }
    name = plain["name"] or re.sub(r"[^\w.-]+", "-", log.model.rpartition("/")[2]).strip("-") or plain["from"]
    run = evaluate_config(plain | {"system": system, "name": name}, only=[answer.id for answer in log.answers])
    print(f"{len(log.answers)} answers of {log.model} by {plain['from']} -> {run.folder}")
    for score in run.scores[:2]:
        value = "-" if score.value is None else f"{score.value:.4f}"
        ends = "no interval" if score.low is None else f"95 % interval {score.low:.4f} to {score.high:.4f}"
        print(f"  {score.metric}: {value} ({ends}; {score.n_answered} of {score.n} answered)")
