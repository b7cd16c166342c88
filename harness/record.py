"""What all records are: frozen, strict, and told in words where a row does not fit."""

from __future__ import annotations

import json
import math

from pydantic import BaseModel, ConfigDict, ValidationError


class Record(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


def in_words(error: ValidationError) -> str:
    """The first fault of a record in a few words: field, what was found, what was expected."""
    fault = error.errors()[0]
    field = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "enum":
        return f"has {field} {json.dumps(fault['input'], default=str)}; expected {fault['ctx']['expected']}"
    if fault["type"] == "missing":
        return f"has no {field}"
    if fault["type"] == "extra_forbidden":
        return f"has the unknown field {field}"
    found = json.dumps(fault["input"], default=str)
    return f"has {field or 'a fault'} {found if len(found) < 80 else ''}: {fault['msg']}"


def number(value: float) -> float | None:
    """None for nan: undefined is null on disk."""
    return None if math.isnan(value) else value
