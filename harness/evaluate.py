"""Evaluate one system on one task: ask what is not yet answered, keep every answer as it arrives, score.

    from harness.evaluate import evaluate
    run = evaluate("system=tfidf", "task=stance")     # the words of the command line
    run.scores[0].value

`evaluate_config` is the same for a configuration that is already composed.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from harness import paths, provenance
from harness.cross import Across, across
from harness.dataset.corpus import Corpus
from harness.dataset.table import Table
from harness.engine import Checker, asking
from harness.engine.budget import BudgetSpentError, Spent
from harness.engine.dry import Estimate, estimate
from harness.engine.progress import Progress
from harness.errors import InputError
from harness.evidence_kept import keep_evidence
from harness.fingerprint import fingerprinted
from harness.instantiate import make, resolved
from harness.kept import Kept, Rows
from harness.label import Outcome
from harness.metric_set import Measured, measured
from harness.protocol import Protocol, sample
from harness.run import (
    FINAL,
    IDENTITY,
    Log,
    Manifest,
    identity,
    opened,
    read_manifest,
    read_predictions,
    without_engine,
    write,
)
from harness.schema import Prediction
from harness.score import Score
from harness.scoring import scores
from harness.system import Joined, Polled, System, Trainable
from harness.task import Items
from harness.vote import with_votes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """A run directory and what is in it."""

    folder: Path
    manifest: Manifest
    rows: Rows
    """How each question ended, without the words."""
    scores: tuple[Score, ...]
    causes: tuple[str, ...] = ()
    """Why questions have no answer: the budget, or faults."""

    @cached_property
    def predictions(self) -> Mapping[str, Prediction]:
        """The predictions by id, with every word, read from the folder."""
        return read_predictions(self.folder, set(self.manifest.declared))

    @property
    def n_missing(self) -> int:
        """Declared questions without a final answer."""
        return sum(self.rows.outcome(id_) not in FINAL for id_ in self.manifest.declared)


@dataclass(frozen=True)
class Parts:
    """Everything that a configuration names, made, and the questions that it asks."""

    corpus: Corpus | Table
    items: Items
    asked: tuple[str, ...]
    system: System | Trainable
    protocol: Protocol
    measured: Measured

    @property
    def sha256(self) -> str:
        """Of the data that answers depend on: that of another dataset too, where it trains."""
        if not isinstance(self.protocol, Across):
            return self.corpus.sha256
        return hashlib.sha256(f"{self.corpus.sha256} {self.protocol.sha256}".encode()).hexdigest()


def evaluate(*overrides: str, allow: Sequence[str] = ()) -> Run:
    """Run `veristance evaluate` with these overrides in this process; gives the run. Raises what `harness.errors` names."""
    from hydra import compose, initialize_config_dir
    from hydra.core.hydra_config import HydraConfig

    with initialize_config_dir(str(paths.configs()), version_base="1.3"):
        composed = compose("evaluate", list(overrides), return_hydra_config=True)
        HydraConfig.instance().set_config(composed)
        return evaluate_config(resolved(composed), allow)


def evaluate_config(config: Mapping[str, Any], allow: Sequence[str] = (), only: Collection[str] | None = None) -> Run:
    """Ask, keep and score; a run that is complete asks nothing. With `only`, these questions are declared and no other."""
    parts = prepare(config, allow)
    if only is not None:
        parts = replace(parts, asked=tuple(id_ for id_ in parts.asked if id_ in only))
    manifest = _manifest(config, parts)
    folder = _folder(config, manifest)
    with opened(folder) as journal:
        if config["fresh"]:
            journal.clear()
        kept = Kept(folder, manifest.declared)
        missing = kept.missing(config["again"])
        if (folder / "manifest.json").is_file() and not config["fresh"]:
            before = read_manifest(folder)
            # What made the answers stays written beside them: code of a later day that asks nothing has no part in them.
            scored_by = {"config": before.config | {"metric": manifest.config["metric"]}}  # no answer depends on it
            manifest = (
                manifest.model_copy(update={"started": before.started})
                if missing
                else before.model_copy(update=scored_by)
            )
        write(folder / "manifest.json", manifest.model_dump_json(indent=2) + "\n")
        log.info(
            "%s: %d of %d questions to answer -> %s", manifest.signature(), len(missing), len(manifest.declared), folder
        )
        stopped = _ask(session(parts.system, config, kept.spent), parts, manifest.name, missing, journal, kept)
        made = scores(parts.items, kept.rows, manifest.declared, parts.measured.metrics, parts.measured.overall)
        write(
            folder / "scores.json",
            json.dumps([score.model_dump(mode="json") for score in made], indent=1, sort_keys=True, allow_nan=False)
            + "\n",
        )
        keep_evidence(folder, parts.items, kept.rows, manifest)
        run = Run(folder, manifest, kept.rows, made, kept.causes(stopped))
        if manifest.ended is None and not run.n_missing:
            run = replace(run, manifest=manifest.model_copy(update={"ended": provenance.now()}))
            write(folder / "manifest.json", run.manifest.model_dump_json(indent=2) + "\n")
    _tell(run)
    return run


def dry_run(config: Mapping[str, Any], allow: Sequence[str] = ()) -> Estimate:
    """What `evaluate_config` would ask and cost; sends and writes nothing."""
    parts = prepare(config, allow)
    manifest = _manifest(config, parts)
    folder = _folder(config, manifest)
    ids = set(manifest.declared if config["fresh"] else Kept(folder, manifest.declared).missing(config["again"]))
    questions = [question for question in parts.items.questions if question.id in ids]
    checker = asking(session(parts.system, config, Spent()))
    if checker is None:
        return Estimate(n_questions=len(questions))
    return estimate(checker, questions, checker.engine, trained=not isinstance(parts.system, Checker))


def _folder(config: Mapping[str, Any], manifest: Manifest) -> Path:
    return Path(config["runs_dir"]) / manifest.task / f"{manifest.name}-{manifest.hash[:8]}"


def session(system: System | Trainable, config: Mapping[str, Any], spent: Spent) -> System | Trainable:
    """The system for this session: one that asks models is told what was spent, and whether old answers count."""
    inner = getattr(system, "checker", None)
    if isinstance(inner, Checker) and not isinstance(system, Checker):  # a trained system around one that asks models
        trained: Any = system
        return cast(Trainable, replace(trained, checker=session(cast(System, inner), config, spent)))
    if not isinstance(system, Checker):
        return system
    # A question that is asked again because its answer could not be read must not get the same answer from the cache.
    fresh = bool(config["fresh"]) or Outcome.UNPARSABLE in config["again"]
    asking: Any = system
    return cast(System, replace(asking, engine=replace(system.engine, spent=spent, fresh=fresh)))


def _ask(
    system: System | Trainable, parts: Parts, name: str, missing: Sequence[str], journal: Log, kept: Kept
) -> str | None:
    """Ask and keep each answer as it arrives; gives why it stopped before the end, if it did."""
    pending = set(missing)
    with Progress(name, len(missing)) as progress:
        try:
            for prediction in parts.protocol.predict(system, parts.items, frozenset(missing)):
                _check(prediction, pending, parts.items.labels, name)
                journal.append(prediction)
                kept.rows.put(prediction)
                pending.remove(prediction.id)
                progress.add(prediction)
        except BudgetSpentError as error:
            return str(error)
    return None


def prepare(config: Mapping[str, Any], allow: Sequence[str] = ()) -> Parts:
    """Make every part of a configuration and draw the questions, and ask nothing."""
    made = make({key: config[key] for key in ("dataset", "task", "evidence", "system", "protocol", "metric")}, allow)
    corpus = made["dataset"].load()
    items = made["task"].items(corpus, made["evidence"])
    if not isinstance(config["sample"], int | None) or (config["sample"] is not None and config["sample"] < 1):
        raise InputError(f"sample is {config['sample']!r}; expected a whole number above 0, or null for all questions")
    if config.get("train_on"):
        made["protocol"] = across(config["train_on"], made["task"], made["evidence"], made["protocol"])
    made["protocol"].check(made["system"], items)  # Folds that cannot be made are told before anything is written.
    asked = sample(items, config["sample"], config["seed"], frozenset(made["protocol"].questions(items)))
    if isinstance(made["system"], Joined):
        asked = made["system"].join(frozenset(items.gold), asked)
    if isinstance(made["system"], Polled):
        made["system"] = made["system"].polled(items.ballots, items.labels)
    return Parts(corpus, with_votes(items, corpus), asked, made["system"], made["protocol"], measured(made["metric"]))


def _manifest(config: Mapping[str, Any], parts: Parts) -> Manifest:
    corpus, kept = parts.corpus, without_engine({key: config[key] for key in (*IDENTITY, "dataset", "metric")})
    return Manifest(
        name=config["name"] + (f"-trained-on-{config['train_on']}" if config.get("train_on") else ""),
        about=getattr(parts.system, "about", None)
        or (inspect.getdoc(type(parts.system)) or "").split("\n", maxsplit=1)[0],
        floor=bool(getattr(parts.system, "floor", False)),
        trained=isinstance(parts.system, Trainable),
        task=parts.items.questions[0].task,
        evidence=config["evidence_name"],
        dataset=corpus.name,
        version=corpus.version,
        dataset_sha256=corpus.sha256,
        hash=identity(config, parts.sha256),
        config=kept | {"evidence": fingerprinted(config["evidence"]) | config["evidence"]},
        seed=config["seed"],
        declared=parts.asked,
        packages=provenance.packages(),
        machine=provenance.machine(),
        commit=provenance.commit(),
        started=provenance.now(),
    )


def _check(prediction: Prediction, pending: Collection[str], labels: Sequence[str], name: str) -> None:
    """A system answers what it was asked, once, with the labels that it was given; nothing else reaches the disk."""
    expected = ", ".join(labels)
    if prediction.id not in pending:
        raise InputError(
            f'system {name} answered "{prediction.id}", which it was not asked or has answered; expected one answer to each question'
        )
    if prediction.label is not None and prediction.label not in labels:
        raise InputError(
            f'system {name} answered "{prediction.id}" with label {prediction.label!r}; expected {expected}'
        )
    if prediction.probabilities is not None and set(prediction.probabilities) != set(labels):
        raise InputError(
            f'system {name} gave "{prediction.id}" probabilities of {sorted(prediction.probabilities)}; expected {expected}'
        )


def _tell(run: Run) -> None:
    outcomes = Counter(str(run.rows.outcome(id_)) for id_ in run.rows)
    head = run.scores[0]
    value = "undefined" if head.value is None else f"{head.value:.3f}"
    if head.coverage < 1 and head.all_wrong is not None and head.all_right is not None:
        value += (
            f" with {head.n_answered} of {head.n} answered (all bounds {head.all_wrong:.3f} to {head.all_right:.3f})"
        )
    around = "no interval" if head.low is None else f"95 % interval {head.low:.3f} to {head.high:.3f}"
    told = ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items()))
    log.info(
        "%s: %s %s (%s), n = %d in %d clusters; %s",
        run.manifest.name,
        head.metric,
        value,
        around,
        head.n_answered,
        head.n_clusters,
        told,
    )
