"""Plant instructions in the questions of a run and ask again: `veristance inject`.

    runs/<task>/<system>-<hash8>/injection/trials.json  predictions.jsonl  scores.json

The run itself is made first, or finished, by the same command, since a verdict can only change from what it was. Answers are kept as they
arrive, and the same command asks only for what is missing. One budget is for the run and its injections together.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.engine import asking
from harness.engine.budget import BudgetSpentError, Spent
from harness.engine.dry import Estimate, estimate
from harness.engine.progress import Progress
from harness.errors import InputError, MissingRowsError
from harness.evaluate import Parts, Run, dry_run, evaluate_config, prepare, session
from harness.injection.probe import Probes, Trial
from harness.injection.score import InjectionReport, score
from harness.instantiate import make
from harness.kept import Kept
from harness.label import Outcome
from harness.protocol import trained
from harness.run import Log, opened, write
from harness.schema import Prediction, Question
from harness.system import System, Trainable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Injected:
    """A run with what planted instructions did to it."""

    run: Run
    folder: Path
    report: InjectionReport
    n_missing: int
    """Trials without a final answer."""
    causes: tuple[str, ...] = ()
    """Why they have none: the budget, or faults."""


def inject_config(config: Mapping[str, Any], allow: Sequence[str] = ()) -> Injected:
    """Make the run, plant, ask, score; raises MissingRowsError where the run was stopped, since its verdicts choose the trials."""
    probes: Probes = make({"injection": config["injection"]}, allow)["injection"]
    run = evaluate_config(config, allow)
    if never := [id_ for id_ in run.manifest.declared if id_ not in run.rows]:
        raise MissingRowsError(
            f"{run.manifest.name}: {len(never)} of {len(run.manifest.declared)} questions were not asked "
            f"({'; '.join(run.causes[:1])}), so no injection was tried; the same command goes on"
        )
    parts = prepare(config, allow)
    own = {id_: row.label for id_, row in run.rows.items() if row.label is not None}
    trials = probes.trials({q.id: q for q in parts.items.questions}, own, parts.items.clusters)
    folder = run.folder / "injection"
    with opened(folder) as journal:
        wanted = json.dumps([trial.model_dump() for trial, _ in trials.values()], indent=0, sort_keys=True) + "\n"
        path = folder / "trials.json"
        if config["fresh"] or not path.is_file() or path.read_text("utf-8") != wanted:
            journal.clear()  # Other probes or another draw: what was answered before belongs to those.
            write(path, wanted)
        kept = Kept(folder, tuple(trials))
        missing = {id_: trials[id_] for id_ in kept.missing(config["again"])}
        log.info("%s: %d of %d injections to try -> %s", run.manifest.signature(), len(missing), len(trials), folder)
        spent = _sum(Kept(run.folder, run.manifest.declared).spent, kept.spent)
        system = session(parts.system, config, spent)
        stopped = _ask(_predicted(system, parts, missing), missing, journal, kept, run.manifest.name)
        made = score([trial for trial, _ in trials.values()], kept.rows, parts.items.clusters)
        write(folder / "scores.json", made.model_dump_json(indent=1) + "\n")
    n_missing = sum(kept.rows.outcome(id_) in {None, Outcome.FAILED} for id_ in trials)
    return Injected(run, folder, made, n_missing, kept.causes(stopped))


def inject_dry_run(config: Mapping[str, Any], allow: Sequence[str] = ()) -> tuple[Estimate, Estimate]:
    """What the run and its injections would ask and cost; sends and writes nothing.

    Which label an injection is after depends on the verdicts, so every question is taken as if it had its first label.
    """
    probes: Probes = make({"injection": config["injection"]}, allow)["injection"]
    first, parts = dry_run(config, allow), prepare(config, allow)
    questions = {q.id: q for q in parts.items.questions}
    own = {id_: questions[id_].labels[0] for id_ in parts.asked}
    planted = [question for _, question in probes.trials(questions, own, parts.items.clusters).values()]
    checker = asking(session(parts.system, config, Spent()))
    if checker is None:
        return first, Estimate(n_questions=len(planted))
    return first, estimate(checker, planted, checker.engine)


def _sum(a: Spent, b: Spent) -> Spent:
    return Spent(a.n_requests + b.n_requests, a.n_tokens + b.n_tokens, a.usd + b.usd)


def _ask(
    predictions: Iterator[Prediction], missing: Collection[str], journal: Log, kept: Kept, name: str
) -> str | None:
    """Keep each answer as it arrives; gives why it stopped before the end, if it did."""
    with Progress(f"{name}, injections", len(missing)) as progress:
        try:
            for prediction in predictions:
                if prediction.id not in missing:
                    raise InputError(
                        f'system {name} answered "{prediction.id}", which it was not asked; expected the ids of its questions'
                    )
                journal.append(prediction)
                kept.rows.put(prediction)
                progress.add(prediction)
        except BudgetSpentError as error:
            return str(error)
    return None


def _predicted(
    system: System | Trainable, parts: Parts, wanted: Mapping[str, tuple[Trial, Question]]
) -> Iterator[Prediction]:
    """Answers to planted questions; a trained system has learnt from clean questions of the other folds alone."""
    if not isinstance(system, Trainable):
        yield from system.predict([question for _, question in wanted.values()])
        return
    for division in parts.protocol.divide(parts.items, {trial.question for trial, _ in wanted.values()}):
        fitted = trained(parts.protocol, system, parts.items, division)
        held_out = {question.id for question in division.held_out}
        yield from fitted.predict([q for trial, q in wanted.values() if trial.question in held_out])
