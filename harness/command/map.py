"""`veristance map`: the map of a file, guessed, shown and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from harness.dataset import guess
from harness.dataset.column import plain as text
from harness.dataset.rows import Format
from harness.dataset.table import TableDataset
from harness.errors import InputError
from harness.instantiate import resolved
from harness.label import Task
from harness.run import write
from harness.task.mapped import Questions

SHOWN = 10
CUT = 100  # characters of a text that is shown


def job(config: Any) -> None:
    """Guess, show and write."""
    from hydra.core.hydra_config import HydraConfig

    plain = resolved(config)
    file, task = Path(plain["path"]), Task(HydraConfig.get().runtime.choices["task"])
    out = Path(plain["out"] or f"conf/dataset/{file.name.split('.')[0]}.yaml")
    if out.exists():
        raise InputError(f"{out} is there already; expected out=FILE with a new name, or take it away")
    made, counts, faults = guessed(file, task, plain)
    write(out, _yaml(made, counts, file))
    _show(made, counts, faults, task)
    print(
        f"\nwrote {out}: read it over, then\n  veristance evaluate --config-dir {out.parent.parent} dataset={out.stem} task={task} system=tfidf"
    )


def guessed(file: Path, task: Task, given: Mapping[str, Any]) -> tuple[dict[str, Any], Counter[str], list[str]]:
    """The map, how often each label occurs, and rows that cannot be read. Raises InputError for what cannot be guessed."""
    form = guess.form(file, given["format"])
    top = guess.first(file, form)
    names = list(dict.fromkeys(name for row in top for name in row))
    given = {**given, "columns": dict(given["columns"])}
    evidence = given["columns"].pop("evidence")
    columns = guess.columns(names, given["columns"])
    counts, sample, faults = guess.counted(file, form, str(columns["gold"]))
    for what in ("id", "split"):  # a guess that cannot be right
        values = Counter(str(row.get(str(columns[what]))) for row in sample) if columns[what] else Counter()
        if (what == "id" and values and max(values.values()) > 1) or (what == "split" and len(values) > 10):
            columns[what] = given["columns"][what]
    if columns["date"]:
        form_of_dates = guess.date_format([said for row in sample if (said := text(row.get(str(columns["date"]))))])
        columns |= {"date_format": form_of_dates or None, "date": None if form_of_dates is None else columns["date"]}
    layout = (
        None
        if evidence == "none"
        else {"text": evidence}
        if evidence
        else guess.evidence(sample, list(columns.values()))
    )
    labels = guess.labels(sorted(filter(None, counts)), task, given["labels"])
    made = {
        "name": file.name.split(".")[0], "version": "1", "task": task.value, "path": str(file.absolute()), "as_of": "2026-01-01",
        "format": {k: v for k, v in form.model_dump(mode="json").items() if v != getattr(Format(), k)},
        "columns": {k: v for k, v in columns.items() if v is not None}, "labels": labels, "evidence": layout,
        "dropped": [label for label, ours in labels.items() if ours is None],
        "space": "ours", "splits": None, "verify": "error", "faults": "skip" if faults or counts[""] else "refuse",
    }  # fmt: skip
    return made, counts, faults


def _show(made: Mapping[str, Any], counts: Counter[str], faults: list[str], task: Task) -> None:
    print("\n".join(f"{what}: {name}" for what, name in made["columns"].items()))
    print(f"evidence: {made['evidence'] or 'none'}\nformat: {made['format'] or 'as the ending says'}\n\nlabels")
    for label, ours in made["labels"].items():
        print(f"  {label} ({counts[label]:,}) -> {ours or 'left out: say what it is by labels={...}'}")
    lost = [f"{counts['']:,} rows without a label"] if counts[""] else []
    lost += [f"{len(faults):,} rows that cannot be read, the first: {faults[0]}"] if faults else []
    print(f"would be left out: {'; '.join(lost) or 'nothing else'}\n")
    if len({ours for ours in made["labels"].values() if ours}) < 2:
        print(
            "no rows are shown: fewer than two labels have a counterpart; say which by 'labels={LABEL: supported, OTHER: refuted}'"
        )
        return
    table = TableDataset(**{**made, "files": None, "faults": "skip", "verify": "off"}).load()
    for question, example in islice(Questions(table, task, closed=False).pairs(), SHOWN):
        print(f"{question.id} [{example.native} -> {example.gold}] {question.claim[:CUT]}")
        for shown in question.evidence[:2]:
            print(f"    {shown.id}: {shown.text[:CUT]}")


def _yaml(made: Mapping[str, Any], counts: Counter[str], file: Path) -> str:
    from omegaconf import OmegaConf

    rows = sum(counts[label] for label in made["labels"])
    n = {label: counts[label] for label in made["labels"]}
    whole = {"_target_": f"{TableDataset.__module__}.{TableDataset.__qualname__}"} | dict(made) | {"files": None}
    if "split" not in made["columns"]:
        whole["expected"] = {"rows": {"all": rows}, "labels": {"all": n}}
    return f"# {file.name}, as guessed: read it over.\n" + OmegaConf.to_yaml(OmegaConf.create(whole))
