"""Score our classifiers on LIAR, Emergent and FNC-1 beside the published figures, and write docs/classifiers.md.

    VERISTANCE_PUBLIC_DATA=/path/to/public python scripts/bench_classifiers.py [liar] [emergent] [fnc-1]

The systems are those of `configs/system/`, made from the same YAML; what a row changes in it stands in the row. Every row is trained
on the official training part and scored once on the official test part.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness import paths
from harness.evidence import Gold
from harness.instantiate import make
from harness.label import Task
from harness.metric.macro_f1 import MacroF1
from harness.schema import Question
from harness.system import fit
from harness.system.tfidf import table
from harness.task.mapped import mapped

Parts = dict[str, tuple[list[Question], dict[str, str], dict[str, str]]]
"""By split: questions, gold and clusters."""
LIAR = ("pants-fire", "false", "barely-true", "half-true", "mostly-true", "true")
EMERGENT = ("for", "against", "observing")
FNC = ("agree", "disagree", "discuss", "unrelated")


@dataclass(frozen=True)
class Row:
    """One trained system on one part."""

    name: str
    system: str
    """Its file in `configs/system/`."""
    changes: tuple[str, ...] = ()
    """Overrides of the YAML, as on the command line."""
    part: str = "test"
    published: str = ""
    """The figure that it stands beside, and whose."""
    by_margin: bool = False
    """Whether the label is that of the largest margin, and not of the largest calibrated probability."""


def main() -> None:
    """Score the benchmarks that are named, or all."""
    for name in sys.argv[1:] or ["liar", "emergent", "fnc-1"]:
        lines = BENCHMARKS[name]()
        sys.stdout.write("\n".join(lines) + "\n")
        target = paths.checkout() / "docs" / "classifiers.md"
        marked = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = target.read_text("utf-8")
        target.write_text(marked.sub(lambda m, new=lines: f"{m[1]}" + "\n".join(new) + f"\n{m[2]}", text), "utf-8")  # type: ignore[misc]


def liar() -> list[str]:
    """Six-way veracity of a statement by its text alone (Wang 2017)."""
    parts = _parts("liar")
    plain = ("estimator.class_weight=null",)
    majorities = [
        f"| each split's own majority, {part} | {max(map(list(parts[part][1].values()).count, LIAR)) / len(parts[part][1]):.4f} | | "
        f"{published} | |"
        for part, published in (("valid", ".204"), ("test", ".208"))
    ]
    valid_tuned = [
        (system, _tuned(parts, system, [(*plain, f"estimator.C={c}") for c in (0.1, 0.2, 0.3, 0.5, 1, 2)]))
        for system in ("tfidf", "linear_svm")
    ]
    rows = [
        Row("majority of train", "majority", part="valid"),
        Row("majority of train", "majority"),
        Row("words, logistic regression", "tfidf", (*plain, *SINGLE), published=".247 (logistic regression)"),
        Row(
            "words, linear SVM, by its margins", "linear_svm", (*plain, *SINGLE), published=".255 (SVM)", by_margin=True
        ),
        Row("words, linear SVM, calibrated", "linear_svm", (*plain, *SINGLE), published=".255 (SVM)"),
        Row("words and pairs, logistic regression", "tfidf", plain, published=".247"),
        Row("words and pairs, linear SVM, by its margins", "linear_svm", plain, published=".255", by_margin=True),
        Row("words and pairs, linear SVM, calibrated", "linear_svm", plain, published=".255"),
        *[
            Row(f"{system}, tuned on valid", system, changes, published=".247" if system == "tfidf" else ".255")
            for system, changes in valid_tuned
        ],
        Row("characters, logistic regression", "tfidf_char", plain),
        Row("MiniLM embeddings, logistic regression", "embedding", plain),
        Row("surface form alone", "surface_form", plain),
    ]
    return [_sizes(parts), "", HEAD, *majorities, *(_line(row, parts, LIAR) for row in rows)]


def emergent() -> list[str]:
    """Stance of an article's headline toward a claim, on the split by claims of Ferreira and Vlachos (2016)."""
    parts = _parts("emergent")
    rows = [
        Row("majority", "majority", published=".4695"),
        Row("claim alone (probe)", "claim_only"),
        Row("article headline alone (probe)", "evidence_only", published=".695 (bag of words, headline alone)"),
        Row("surface form alone (probe)", "surface_form"),
        Row("overlap", "overlap"),
        Row("TF-IDF", "tfidf"),
        Row("TF-IDF, linear SVM", "linear_svm"),
        Row("overlap + TF-IDF", "tfidf_overlap", published=".73 (authors' own system)"),
        Row("boosted trees over pair features", "gradient_boosting"),
        Row("MiniLM embeddings", "embedding"),
    ]
    return [_sizes(parts), "", HEAD, *(_line(row, parts, EMERGENT) for row in rows)]


def fnc() -> list[str]:
    """Stance of an article toward a headline (Fake News Challenge, stage 1), on all 25,413 test pairs."""
    parts = _parts("fnc1")
    trees = ("n_topics=50", "estimator.class_weight=null", "estimator.learning_rate=0.1", "estimator.max_leaf_nodes=31")
    rows = [
        Row("majority", "majority", published="4587.25 (all unrelated)"),
        Row("headline alone (probe)", "claim_only", ("estimator.class_weight=null",)),
        Row("boosted trees", "gradient_boosting", trees, published="8761.75, 75.20 % (baseline); 82.02 % (winner)"),
    ]
    head = "| system | FNC-1 score | % of 11651.25 | macro-F1 | accuracy | published | seconds |\n| --- | ---: | ---: | ---: | ---: | --- | ---: |"
    return [_sizes(parts), "", head, *(_fnc_line(row, parts) for row in rows)]


SINGLE = ("words._target_=harness.system.tfidf.Words", "words.longest=1")
HEAD = "| system | accuracy | macro-F1 | published accuracy | seconds |\n| --- | ---: | ---: | --- | ---: |"
BENCHMARKS: dict[str, Callable[[], list[str]]] = {"liar": liar, "emergent": emergent, "fnc-1": fnc}


def _run(row: Row, parts: Parts) -> tuple[dict[str, str], float]:
    """The labels given, by id, and the seconds of training and predicting."""
    began = time.monotonic()
    training, gold, clusters = parts["train"]
    fitted: Any = fit(shipped(row.system, row.changes), training, gold, clusters)
    asked = parts[row.part][0]
    if row.by_margin:
        labels = fitted.pipeline.pipeline.predict(table(asked))
        given = {question.id: str(label) for question, label in zip(asked, labels, strict=True)}
    else:
        given = {p.id: str(p.label) for p in fitted.predict(asked)}
    return given, time.monotonic() - began


def shipped(name: str, changes: Sequence[str] = ()) -> Any:
    """The system of a YAML, with overrides below `system`."""
    from omegaconf import OmegaConf

    config: Any = OmegaConf.create({"seed": 0, "system": OmegaConf.load(paths.configs() / "system" / f"{name}.yaml")})
    config = OmegaConf.merge(config, OmegaConf.from_dotlist([f"system.{change}" for change in changes]))
    plain: Any = OmegaConf.to_container(config, resolve=True)
    return make(plain)["system"]


def _tuned(parts: Parts, system: str, grid: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The changes with the best accuracy on valid; the first of equals."""

    def accuracy(changes: tuple[str, ...]) -> float:
        given, _ = _run(Row("", system, changes, "valid"), parts)
        return sum(given[id_] == label for id_, label in parts["valid"][1].items())

    return max(grid, key=accuracy)


def _line(row: Row, parts: Parts, labels: Sequence[str]) -> str:
    given, seconds = _run(row, parts)
    accuracy, f1 = _scores(given, parts[row.part][1], labels)
    changed = (
        f" ({', '.join(c.removeprefix('estimator.') for c in row.changes if '_target_' not in c)})"
        if row.changes
        else ""
    )
    on = "" if row.part == "test" else f", on {row.part}"
    return f"| {row.name}{on}: `{row.system}`{changed} | {accuracy:.4f} | {f1:.4f} | {row.published} | {seconds:.0f} |"


def _fnc_line(row: Row, parts: Parts) -> str:
    given, seconds = _run(row, parts)
    gold = parts["test"][1]
    points, best = fnc_score(given, gold), fnc_score(gold, gold)
    accuracy, f1 = _scores(given, gold, FNC)
    changed = (
        f" ({', '.join(c.removeprefix('estimator.') for c in row.changes if '_target_' not in c)})"
        if row.changes
        else ""
    )
    return (
        (
            f"| {row.name}: `{row.system}`{changed} | {points:.2f} | {points / best:.2%} | {f1:.4f} | {accuracy:.4f} | "
            f"{row.published} | {seconds:.0f} |"
        )
        .replace("%", " %")
        .replace("  %", " %")
    )


def fnc_score(given: Mapping[str, str], gold: Mapping[str, str]) -> float:
    """A quarter for related against unrelated, three quarters more for the right stance of a related pair."""
    return sum(
        0.25 * ((given[id_] == "unrelated") == (label == "unrelated")) + 0.75 * (given[id_] == label != "unrelated")
        for id_, label in gold.items()
    )


def _scores(given: Mapping[str, str], gold: Mapping[str, str], labels: Sequence[str]) -> tuple[float, float]:
    truth = np.array([labels.index(label) for label in gold.values()])
    told = np.array([labels.index(given[id_]) for id_ in gold])
    f1 = MacroF1().of(truth, told, len(labels)).score(np.ones((1, len(truth))))[0]
    return float((truth == told).mean()), float(f1)


def _parts(name: str) -> Parts:
    """The parts of a dataset of `configs/dataset/`, in the dataset's own labels."""
    from omegaconf import OmegaConf

    plain: Any = OmegaConf.to_container(OmegaConf.load(paths.configs() / "dataset" / f"{name}.yaml"))
    plain.pop("defaults")
    table = make({"dataset": plain})["dataset"].load()
    items = mapped(table, Task(plain["task"]), Gold())
    parts: Parts = {}
    # By cluster, so that what is known of an article is still in memory for its next pair.
    for question in sorted(items.questions, key=lambda q: (items.clusters[q.id], q.id)):
        questions, gold, clusters = parts.setdefault(items.slices[question.id]["split"], ([], {}, {}))
        questions.append(question)
        gold[question.id], clusters[question.id] = items.gold[question.id], items.clusters[question.id]
    return parts


def _sizes(parts: Parts) -> str:
    return "Questions: " + ", ".join(f"{part} {len(questions):,}" for part, (questions, *_) in parts.items()) + "."


if __name__ == "__main__":
    main()
