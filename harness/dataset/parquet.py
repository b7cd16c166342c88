"""Records as Parquet tables that `load_dataset` reads with their features: labels are integers with names, and once more strings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.label import CheckWorthiness, Stance, Veracity
from harness.record import Record

# The label's column of a table and its names, in the order of their integers. `<column>_name` holds the name itself, for readers
# that know no ClassLabel.
LABELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "claims": ("veracity", tuple(Veracity)),
    "pairs": ("stance", tuple(Stance)),
    "passages": ("check_worthiness", tuple(CheckWorthiness)),
}


def write(path: Path, kind: str, rows: Sequence[Record]) -> None:
    """Write the rows of a table; raises InputError where there is none."""
    from datasets import Dataset, disable_progress_bars

    if not rows:
        raise InputError(f"there is no row for {path.name} of {kind}; expected at least one")
    label, names = LABELS.get(kind, ("", ()))
    columns = features(type(rows[0]), label, names)
    plain = [row.model_dump(mode="json") for row in rows]
    for values in plain:
        values[f"{label}_name"] = values.get(label)
    disable_progress_bars()
    path.parent.mkdir(parents=True, exist_ok=True)
    Dataset.from_list([{name: values[name] for name in columns} for values in plain], features=columns).to_parquet(path)


def features(record: type[Record], label: str, names: Sequence[str]) -> Any:
    """The columns in the order of the record's fields."""
    from datasets import ClassLabel, Features, List, Value

    columns: dict[str, Any] = {}
    for name, field in record.model_fields.items():
        kind = str(field.annotation)
        if name == "spans":
            columns[name] = List({"passage": Value("string"), "start": Value("int32"), "end": Value("int32")})
        elif "tuple[str" in kind:
            columns[name] = List(Value("string"))
        elif "tuple[int" in kind:
            columns[name] = List(Value("int32"))
        elif field.annotation is bool:
            columns[name] = Value("bool")
        elif field.annotation is int:
            columns[name] = Value("int32")
        elif name == label:
            columns[name] = ClassLabel(names=list(names))
            columns[f"{name}_name"] = Value("string")
        else:
            columns[name] = Value("string")
    return Features(columns)
