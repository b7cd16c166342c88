"""`veristance export`: our questions as tasks of other harnesses, our scores for results boards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import ConfigError
from harness.exchange.export import TARGETS, export
from harness.instantiate import make, resolved

HOW = {
    "lm_eval": "lm_eval run --include_path {folder} --tasks {stem} --apply_chat_template --log_samples --output_path DIR --model ...",
    "inspect": "inspect eval {path} --model ...",
}


def job(config: Any) -> None:
    """Write the files and say how they are used."""
    plain = resolved(config)
    to, out = plain["to"], Path(plain["out"])
    if to in {"eee", "hub_results"}:
        from harness.exchange.boards import write_boards

        for path in write_boards(to, plain, out):
            print(path)
        return
    if to not in TARGETS:
        raise ConfigError(f"to is {to!r}; expected {', '.join(TARGETS)}, eee or hub_results")
    made = make({key: plain[key] for key in ("dataset", "task", "evidence", "prompt")})
    corpus = made["dataset"].load()
    items = made["task"].items(corpus, made["evidence"])
    for path in export(items, made["prompt"], corpus, plain["evidence_name"], to, out):
        print(f"{path} ({len(items.questions)} questions)")
        print("  " + HOW[to].format(folder=path.parent, stem=path.stem, path=path))
    print(f"then: veristance import from={to} path=LOG")
