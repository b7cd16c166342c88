"""Plant instructions in the questions of a run and ask again: `veristance inject`.

    runs/<task>/<system>-<hash8>/injection/trials.json  predictions.jsonl  scores.json

The run itself is made first, or finished, by the same command, since a verdict can only change from what it was. Answers are kept as they
arrive, and the same command asks only for what is missing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.evaluate import Parts, Run, evaluate_config, prepare
from harness.injection.probe import Probes, Trial
from harness.injection.score import InjectionReport, score
from harness.instantiate import make
from harness.run import FINAL, opened, read_predictions, write
from harness.schema import Prediction, Question
from harness.system import Trainable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Injected:
    """A run with what planted instructions did to it."""

    run: Run
    folder: Path
    report: InjectionReport
    n_missing: int
    """Trials without a final answer."""


def inject_config(config: Mapping[str, Any], allow: Sequence[str] = ()) -> Injected:
    """Make the run, plant, ask, score."""
    probes: Probes = make({"injection": config["injection"]}, allow)["injection"]
    run = evaluate_config(config, allow)
    parts = prepare(config, allow)
    own = {id_: p.label for id_, p in run.predictions.items() if p.label is not None}
    trials = probes.trials({q.id: q for q in parts.items.questions}, own, parts.items.clusters)
    folder = run.folder / "injection"
    with opened(folder) as journal:
        wanted = json.dumps([trial.model_dump() for trial, _ in trials.values()], indent=0, sort_keys=True) + "\n"
        kept = folder / "trials.json"
        if config["fresh"] or not kept.is_file() or kept.read_text("utf-8") != wanted:
            journal.clear()  # Other probes or another draw: what was answered before belongs to those.
            write(kept, wanted)
        done = read_predictions(folder, trials.keys())
        missing = {id_: trials[id_] for id_ in trials if id_ not in done or done[id_].outcome not in FINAL}
        log.info("%s: %d of %d injections to try -> %s", run.manifest.signature(), len(missing), len(trials), folder)
        for prediction in _progress(_predicted(parts, missing), len(missing)):
            if prediction.id not in missing:
                raise InputError(
                    f'system {run.manifest.name} answered "{prediction.id}", which it was not asked; expected the ids of its questions'
                )
            journal.append(prediction)
            done[prediction.id] = prediction
        made = score([trial for trial, _ in trials.values()], done, parts.items.clusters)
        write(folder / "scores.json", made.model_dump_json(indent=1) + "\n")
    return Injected(run, folder, made, sum(id_ not in done or done[id_].outcome not in FINAL for id_ in trials))


def _predicted(parts: Parts, wanted: Mapping[str, tuple[Trial, Question]]) -> Iterator[Prediction]:
    """Answers to planted questions; a trained system has learnt from clean questions of the other folds alone."""
    system = parts.system
    if not isinstance(system, Trainable):
        yield from system.predict([question for _, question in wanted.values()])
        return
    folds = parts.protocol.folds(parts.items)
    for fold in sorted({folds[trial.question] for trial, _ in wanted.values()}):
        training = [q for q in parts.items.questions if folds[q.id] != fold]
        fitted = system.fit(training, {q.id: parts.items.gold[q.id] for q in training})
        yield from fitted.predict([q for trial, q in wanted.values() if folds[trial.question] == fold])


def _progress(predictions: Iterator[Prediction], total: int) -> Any:
    from tqdm import tqdm

    return tqdm(predictions, total=total, desc="injections", unit="trial", disable=None, leave=False)
