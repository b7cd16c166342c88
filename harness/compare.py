"""Compare saved runs: one Comparison a task, with paired differences on the questions that both systems answered.

    from harness.compare import compare
    veracity, stance = compare([Path("runs/veracity/tfidf-1a2b3c4d"), ...], runs_dir=Path("runs"))

Runs on other data are refused by name. Nothing is asked again: gold comes from the dataset, answers from the runs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.curve import curves
from harness.dataset.corpus import Corpus
from harness.diagnosis import noise, variances, worst_slices
from harness.errors import InputError
from harness.evidence import Gold
from harness.evidence_kept import read_evidence
from harness.injection.score import read_injections
from harness.instantiate import make
from harness.label import Task
from harness.metric import AnyMetric
from harness.metric_set import Measured, described, measured
from harness.pairwise import Rules, differences, placed
from harness.power_sentence import power_sentence
from harness.run import Manifest, read_manifest, read_predictions, without
from harness.schema import Prediction
from harness.score import Comparison, Item, System
from harness.scoring import answers, confusion, scores
from harness.task import Items
from harness.verdict import answer, warnings
from harness.vote import voters, with_votes


@dataclass(frozen=True)
class Loaded:
    """A run as it was read."""

    folder: Path
    manifest: Manifest
    predictions: Mapping[str, Prediction]


def compare(
    folders: Sequence[Path],
    runs_dir: Path,
    rules: Rules | None = None,
    allow: Sequence[str] = (),
    metric: Mapping[str, Any] | None = None,
) -> list[Comparison]:
    """Give one comparison a task, in the tasks' order, by the rules given.

    `metric` is a configuration of `configs/metric/`; `None` takes that of the first run of each task.

    Raises InputError for runs of other data than the first of their task, for a run with declared questions that it never
    answered, and for a run whose dataset is no longer there.
    """
    tasks: dict[str, list[Loaded]] = {}
    for folder in dict.fromkeys(folders):
        manifest = read_manifest(folder)
        if metric is not None:
            manifest = manifest.model_copy(update={"config": manifest.config | {"metric": dict(metric)}})
        loaded = Loaded(folder, manifest, read_predictions(folder, set(manifest.declared)))
        tasks.setdefault(manifest.task, []).append(loaded)
    if not tasks:
        raise InputError("there is no run to compare; expected at least one run directory")
    right = stances_right(tasks.get(Task.STANCE, []), allow)
    return [_of_task(runs, runs_dir, rules or Rules(), allow, right) for _, runs in sorted(tasks.items(), reverse=True)]


def stances_right(runs: Sequence[Loaded], allow: Sequence[str]) -> dict[str, dict[str, float]]:
    """By the system of a stance run, as `_system` tells it: for each claim 1 where every stance toward it is right, else 0.

    What was not answered is not right; a system with several such runs (prompts, samples) is left out, for none is its own.
    """
    found: dict[str, dict[str, float]] = {}
    for system, run in _alone(runs).items():
        _, items, _ = _gold(run.manifest, allow)
        _known(run, items)
        right: dict[str, float] = {}
        for id_ in run.manifest.declared:
            given = run.predictions.get(id_)
            hit = float(given is not None and given.label == items.gold[id_])
            if (claim := items.claims.get(id_)) is not None:  # a table tells no claim of a pair
                right[claim] = min(hit, right.get(claim, 1.0))
        found[system] = right
    return found


def _alone(runs: Sequence[Loaded]) -> dict[str, Loaded]:
    """The runs of systems that have one run of this task, by system."""
    once = Counter(_system(run.manifest) for run in runs)
    return {system: run for run in runs if once[system := _system(run.manifest)] == 1}


def _system(manifest: Manifest) -> str:
    """What makes runs of two tasks the same system's: name, configuration, evidence setting, protocol and seed.

    A prompt, a shot's examples and a saved ranking are of one task, so that they cannot be the same in two.
    """
    own = without(manifest.config.get("system"), {"engine", "prompt", "task"})
    evidence = manifest.config.get("evidence")
    if isinstance(evidence, Mapping):
        evidence = {key: value for key, value in evidence.items() if key not in {"path", "sha256"}}
    told = [manifest.name, manifest.evidence, manifest.seed, own, evidence, manifest.config.get("protocol")]
    return json.dumps(told, sort_keys=True)


def _of_task(
    runs: Sequence[Loaded],
    runs_dir: Path,
    rules: Rules,
    allow: Sequence[str],
    right: Mapping[str, Mapping[str, float]],
) -> Comparison:
    first = runs[0].manifest
    _same_data(runs)
    _complete(runs)
    corpus, items, measured = _gold(first, allow)
    headline = measured.metrics[0]
    names = _names([run.manifest for run in runs])
    alone = _alone(runs) if first.task is Task.VERACITY else {}
    joint = {run.folder: right[system] for system, run in alone.items() if system in right}
    rows = [
        _row(run, name, runs_dir, items, measured, joint.get(run.folder)) for run, name in zip(runs, names, strict=True)
    ]
    rows.sort(key=lambda row: _rank(row, headline))
    found = differences(rows, items, headline, rules)
    top, noisy = noise(rows, items, headline, rules.seed)
    manifests = dict(zip(names, (run.manifest for run in runs), strict=True))
    folders = dict(zip(names, (run.folder for run in runs), strict=True))
    declared = sorted({id_ for run in runs for id_ in run.manifest.declared})
    made = Comparison(
        task=first.task,
        dataset=corpus.name,
        version=corpus.version,
        sha256=corpus.sha256,
        metric=headline.name,
        labels=items.labels,
        n=len(declared),
        n_clusters=len({items.clusters[id_] for id_ in declared}),
        answer="",
        warnings=(),
        systems=placed(rows, found, items, headline, rules),
        differences=tuple(found),
        items=tuple(_items(items, set(declared), corpus)),
        passages=tuple(sorted(corpus.passages.values(), key=lambda p: (p.article, p.start))),
        metrics={m.name: described(m) for m in (*measured.metrics, *measured.overall)},
        correction=rules.correction,
        margin=rules.margin,
        worst=worst_slices(rows, items),
        ceiling=top,
        noise=noisy,
        evidence={name: made for name, folder in folders.items() if (made := read_evidence(folder))},
        injections={name: planted for name, folder in folders.items() if (planted := read_injections(folder))},
        variance=variances(rows, manifests, items, headline),
    )
    told = {"answer": answer(made), "power": power_sentence(made), "curves": curves(made)}
    voted = voters(corpus, first.task.value)
    return made.model_copy(update=told | {"warnings": warnings(made, [run.manifest for run in runs], voted)})


def _same_data(runs: Sequence[Loaded]) -> None:
    first = runs[0]
    for run in runs[1:]:
        a, b = first.manifest, run.manifest
        if a.dataset_sha256 != b.dataset_sha256:
            raise InputError(
                f"{run.folder} is on {b.dataset} {b.version} ({b.dataset_sha256[:8]}) and {first.folder} is on {a.dataset} {a.version} "
                f"({a.dataset_sha256[:8]}); expected runs on the same data: evaluate the older one again"
            )
        if a.config["task"] != b.config["task"]:
            raise InputError(
                f"{run.folder} and {first.folder} differ in task: {b.config['task']} and {a.config['task']}; expected the same"
            )


def _complete(runs: Sequence[Loaded]) -> None:
    for run in runs:
        missing = [id_ for id_ in run.manifest.declared if id_ not in run.predictions]
        if missing:
            raise InputError(
                f"{run.folder} has no row for {len(missing)} of its {len(run.manifest.declared)} declared questions, the first "
                f'"{missing[0]}"; expected all of them: the same evaluate command asks what is missing, sample=N declares fewer'
            )


def _known(run: Loaded, items: Items) -> None:
    unknown = sorted(set(run.manifest.declared) - items.gold.keys())
    if unknown:
        raise InputError(
            f'{run.folder}/manifest.json declares "{unknown[0]}", which is no question of the task; expected ids of the dataset'
        )


def _rank(row: System, headline: AnyMetric) -> tuple[float, str]:
    """Best first; what has no value comes last."""
    value = row.headline.value
    if value is None:
        return float("inf"), row.name
    return (-value if headline.facts.higher_is_better else value), row.name


def _gold(manifest: Manifest, allow: Sequence[str]) -> tuple[Corpus, Items, Measured]:
    """The gold side, made from what the run says of itself; evidence is the gold one, since a reader judges by it."""
    made = make({key: manifest.config[key] for key in ("dataset", "task", "metric")}, allow)
    corpus = made["dataset"].load()
    if corpus.sha256 != manifest.dataset_sha256:
        raise InputError(
            f"the runs are on {manifest.dataset} {manifest.version} ({manifest.dataset_sha256[:8]}) and {corpus.path} now holds "
            f"{corpus.version} ({corpus.sha256[:8]}); evaluate again, or take back the dataset that they are on"
        )
    return corpus, with_votes(made["task"].items(corpus, Gold()), corpus), measured(made["metric"])


def _names(manifests: Sequence[Manifest]) -> list[str]:
    """The systems' names; those that stand twice get what tells them apart, at last the run's hash and a number."""
    names = [m.name for m in manifests]
    for tell in (
        lambda m: m.evidence,
        lambda m: f"seed {m.seed}",
        lambda m: f"n {len(m.declared)}",
        lambda m: m.hash[:8],
    ):
        twice = {name for name, n in Counter(names).items() if n > 1}
        told = {name: {tell(m) for m, other in zip(manifests, names, strict=True) if other == name} for name in twice}
        names = [
            f"{name} ({tell(m)})" if name in twice and len(told[name]) > 1 else name
            for m, name in zip(manifests, names, strict=True)
        ]
    # The same run made twice, in two folders of runs, has nothing but its place.
    return [f"{name} #{names[:k].count(name) + 1}" if names.count(name) > 1 else name for k, name in enumerate(names)]


def _row(
    run: Loaded, name: str, runs_dir: Path, items: Items, measured: Measured, right: Mapping[str, float] | None = None
) -> System:
    manifest, found = run.manifest, run.predictions
    _known(run, items)
    seconds = [p.seconds for p in found.values() if p.seconds is not None]
    costs = [p.cost for p in found.values() if p.cost is not None]
    return System(
        name=name,
        run=run.folder.relative_to(runs_dir).as_posix() if run.folder.is_relative_to(runs_dir) else str(run.folder),
        signature=manifest.signature(),
        about=manifest.about,
        floor=manifest.floor,
        trained=manifest.trained,
        evidence=manifest.evidence,
        n_declared=len(manifest.declared),
        outcomes=dict(sorted(Counter(p.outcome for p in found.values()).items())),
        scores=scores(items, found, manifest.declared, measured.metrics, measured.overall, right),
        confusion=confusion(answers(items, found, manifest.declared)),
        n_tokens_in=_sum(p.n_tokens_in for p in found.values()),
        n_tokens_out=_sum(p.n_tokens_out for p in found.values()),
        seconds=sum(seconds) if seconds else None,
        cost=sum(costs) if costs else None,
        predictions=dict(sorted(found.items())),
    )


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [n for n in numbers if n is not None]
    return sum(known) if known else None


def _items(items: Items, declared: set[str], corpus: Corpus) -> Iterable[Item]:
    for question in items.questions:
        if question.id in declared:
            yield Item(
                id=question.id,
                claim=question.claim,
                holder=question.holder,
                evidence=question.evidence,
                gold=items.gold[question.id],
                justification=items.justification[question.id],
                cluster=items.clusters[question.id],
                slices=dict(items.slices[question.id]),
                votes=dict(items.votes.get(question.id, {})),
                spans=claim.spans if (claim := corpus.claims.get(items.claims.get(question.id, question.id))) else (),
            )
