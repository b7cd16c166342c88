"""Scores of runs in the formats of results boards: Every Eval Ever's records, the hub's evaluation results and model-index.

Aggregates alone are written, with their intervals: instance-level records would hold the messages, and so the text of articles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from harness import __version__
from harness.errors import ConfigError, InputError
from harness.instantiate import make
from harness.label import Task
from harness.metric_set import described, measured
from harness.model_family import models
from harness.run import Manifest, find, read_manifest, write
from harness.score import Described, Score

SCHEMA = "0.3.0"
TABLES = {Task.VERACITY: "claims", Task.STANCE: "pairs", Task.CHECK_WORTHINESS: "passages"}
INTERVAL = "delete-one-cluster jackknife on the logit where the metric is bounded, t with G - 1 degrees of freedom"


def write_boards(to: str, config: Mapping[str, Any], out: Path) -> list[Path]:
    """Write the records of `config["runs"]` into `out`; raises InputError for a run without a defined score."""
    folders = find(config["runs"], Path(config["runs_dir"]))
    return [path for folder in folders for path in _written(to, config, folder, out)]


def _written(to: str, config: Mapping[str, Any], folder: Path, out: Path) -> Iterator[Path]:
    manifest = read_manifest(folder)
    found = scores(folder)
    if not found:
        raise InputError(
            f"{folder} has no score with a value (a score needs nine answers in ten); expected a finished run"
        )
    if to == "eee":
        path = out / "data" / manifest.dataset / _slug(model_id(manifest)) / f"{manifest.task}-{manifest.hash[:8]}.json"
        made = record(manifest, found, facts(manifest), config["organization"], config["hub_dataset"])
        write(path, json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")
        yield path
        return
    if not config["hub_dataset"]:
        raise ConfigError("hub_dataset has no value; expected where the dataset is published: hub_dataset=OWNER/NAME")
    stem = f"veristance_{manifest.task}_{_slug(manifest.evidence)}"
    base = out / f"{manifest.name}-{manifest.hash[:8]}"
    for name, value in (
        (f".eval_results/{stem}.yaml", entries(manifest, found, config["hub_dataset"])),
        ("model-index.yaml", model_index(manifest, found, config["hub_dataset"])),
    ):
        import yaml

        write(base / name, yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1000))
        yield base / name


def scores(folder: Path) -> list[Score]:
    """The scores on all questions that have a value; the headline is first."""
    path = folder / "scores.json"
    try:
        rows = [Score.model_validate(row) for row in json.loads(path.read_text("utf-8"))]
    except FileNotFoundError:
        raise InputError(f"{path} is missing; run the same evaluate command again") from None
    return [score for score in rows if score.slice == "all" and score.value is not None]


def facts(manifest: Manifest) -> dict[str, Described]:
    """What each metric of the run is."""
    of = measured(make({"metric": manifest.config["metric"]})["metric"])
    return {metric.name: described(metric) for metric in (*of.metrics, *of.overall)}


def model_id(manifest: Manifest) -> str:
    """owner/name as the hub writes it; of a system that asks no model, ours."""
    asked = sorted(set(models(manifest.config.get("system"))))
    named = manifest.config.get("system", {}).get("model")
    names = asked or ([str(named)] if named and "imported" in str(manifest.config["system"].get("_target_")) else [])
    if not names:
        return f"veristance/{manifest.name}"
    return "+".join(names) if "/" in names[0] else f"unknown/{'+'.join(names)}"


def record(
    manifest: Manifest,
    found: list[Score],
    known: Mapping[str, Described],
    organization: str | None,
    hub_dataset: str | None,
) -> dict[str, Any]:
    """Every Eval Ever's aggregate record of one run, schema 0.3.0."""
    ended = manifest.ended or manifest.started
    stamp, model = str(int(datetime.fromisoformat(ended).timestamp())), model_id(manifest)
    identity = f"{manifest.dataset}/{model}/{stamp}"
    return {
        "schema_version": SCHEMA,
        "evaluation_id": identity,
        "evaluation_timestamp": ended,
        "retrieved_timestamp": stamp,
        "source_metadata": {
            "source_name": "veristance",
            "source_type": "evaluation_run",
            "source_organization_name": organization or "not stated",
            "evaluator_relationship": "first_party" if model.startswith("veristance/") else "third_party",
            "additional_details": {"signature": manifest.signature(), "machine": manifest.machine},
        },
        "eval_library": {
            "name": "veristance",
            "version": manifest.packages.get("veristance", __version__),
            "additional_details": {"commit": manifest.commit or "an installed package"},
        },
        "model_info": {"name": manifest.name, "id": model, "additional_details": _deployment(manifest)},
        "evaluation_results": [
            _result(manifest, score, known[score.metric], identity, hub_dataset)
            for score in found
            if score.metric in known
        ],
    }


def _result(manifest: Manifest, score: Score, of: Described, identity: str, hub_dataset: str | None) -> dict[str, Any]:
    uncertainty: dict[str, Any] = {"num_samples": score.n_answered}
    if score.se is not None:
        uncertainty["standard_error"] = {"value": score.se, "method": "jackknife, one cluster left out at a time"}
    if score.low is not None and score.high is not None:
        ends = {"lower": score.low, "upper": score.high, "confidence_level": 0.95, "method": INTERVAL}
        uncertainty["confidence_interval"] = ends
    details = {"n_clusters": str(score.n_clusters), "coverage": f"{score.coverage:.6f}", "n_declared": str(score.n)}
    bounds = {"all_unanswered_wrong": score.all_wrong, "all_unanswered_right": score.all_right}
    details |= {key: repr(value) for key, value in bounds.items() if value is not None}
    return {
        "evaluation_result_id": f"{identity}/{manifest.task}/{score.metric}",
        "evaluation_name": f"{manifest.dataset} {manifest.task}",
        "source_data": _source(manifest, score, hub_dataset),
        "evaluation_timestamp": manifest.ended or manifest.started,
        "metric_config": {
            "evaluation_description": of.definition,
            "metric_id": score.metric,
            "metric_name": score.metric,
            "metric_unit": "proportion" if of.unit == "fraction" else of.unit or "none",
            "lower_is_better": not of.higher_is_better,
            "score_type": "continuous",
            "min_score": of.low,
            "max_score": "Infinity" if of.high is None else of.high,
            "additional_details": {"source": of.source},
        },
        "score_details": {
            "score": score.value,
            "details": details | ({"note": score.note} if score.note else {}),
            "uncertainty": uncertainty,
        },
        "generation_config": _generation(manifest),
    }


def _source(manifest: Manifest, score: Score, hub_dataset: str | None) -> dict[str, Any]:
    told = {"version": manifest.version, "sha256": manifest.dataset_sha256, "task": manifest.task.value}
    if hub_dataset is None:
        return {"dataset_name": manifest.dataset, "source_type": "other", "additional_details": told}
    place = {"hf_repo": hub_dataset, "hf_split": "test", "samples_number": score.n}
    return {"dataset_name": manifest.dataset, "source_type": "hf_dataset", **place, "additional_details": told}


def _generation(manifest: Manifest) -> dict[str, Any]:
    """The first client's settings and the prompt, where there are any; the setting of evidence always."""
    system = manifest.config.get("system", {})
    client, prompt = system.get("client") or {}, system.get("prompt") or {}
    args = {key: client[key] for key in ("temperature", "max_tokens") if isinstance(client.get(key), int | float)}
    if prompt.get("user"):
        args["prompt_template"] = "\n\n".join(filter(None, [prompt.get("system"), prompt["user"]]))
    return {"generation_args": args, "additional_details": {"evidence": manifest.evidence, "seed": str(manifest.seed)}}


def _deployment(manifest: Manifest) -> dict[str, str]:
    target = str((manifest.config.get("system", {}).get("client") or {}).get("_target_", ""))
    here = "llama_cpp" in target or "client.transformers" in target or not any(models(manifest.config.get("system")))
    imported = "imported" in str(manifest.config.get("system", {}).get("_target_"))
    return {
        "deployment_type": "self_deployed" if here and not imported else "unknown",
        "model_availability": "open_weights" if here and not imported else "unknown",
    }


def entries(manifest: Manifest, found: list[Score], hub_dataset: str) -> list[dict[str, Any]]:
    """`.eval_results/*.yaml` of the hub: the headline, with its interval in words."""
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    head = found[0]
    entry = EvalResultEntry(
        dataset_id=hub_dataset,
        task_id=manifest.task.value,
        value=head.value,
        date=manifest.ended or manifest.started,
        notes=f"{head.metric}; {_interval(head)}; evidence {manifest.evidence}; dataset {manifest.version}",
    )
    return list(eval_result_entries_to_yaml([entry]))


def model_index(manifest: Manifest, found: list[Score], hub_dataset: str) -> dict[str, Any]:
    """The model card's `model-index`: every score, with its interval in the metric's arguments."""
    from huggingface_hub import EvalResult
    from huggingface_hub.repocard_data import eval_results_to_model_index

    results = [
        EvalResult(
            task_type="text-classification",
            task_name=f"{manifest.task} of news claims",
            dataset_type=hub_dataset,
            dataset_name=manifest.dataset,
            dataset_config=TABLES[manifest.task],
            dataset_split="test",
            dataset_revision=manifest.version,
            metric_type=score.metric,
            metric_value=score.value,
            metric_name=score.metric,
            metric_args={
                "low": score.low,
                "high": score.high,
                "level": 0.95,
                "n": score.n_answered,
                "evidence": manifest.evidence,
            },
        )
        for score in found
    ]
    index = eval_results_to_model_index(model_name=model_id(manifest).rpartition("/")[2], eval_results=results)
    return {"model-index": json.loads(json.dumps(index))}


def _interval(score: Score) -> str:
    ends = "no interval" if score.low is None else f"95 % interval {score.low:.4f} to {score.high:.4f}"
    return f"{ends}, {score.n_answered} of {score.n} answered, {score.n_clusters} clusters"


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "_", text).strip("_")
