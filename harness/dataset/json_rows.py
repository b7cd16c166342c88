"""Rows of a JSON file: a top-level array of objects is read as a stream, anything else as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from harness.errors import InputError

CHUNK = 1 << 16  # characters read at once
BLANK = " \t\r\n"

Row = tuple[int, dict[str, Any] | str]


def json_rows(stream: TextIO, path: str | None, file: Path) -> Iterator[Row]:
    """Rows with their lines; `path` as in `Format.rows`. Without a line of its own a row has its number, from 1."""
    if path is None:
        yield from _array(stream, file)
        return
    try:
        found = json.load(stream)
        for name in path.removesuffix("*").strip(".").split(".") if path.strip("*") else ():
            found = found[name]
    except ValueError as error:
        raise InputError(f"{file} is no JSON: {error}") from error
    except (KeyError, TypeError):
        raise InputError(f"{file} has nothing at dataset.format.rows={path}; expected a path of its objects") from None
    if path.endswith("*"):
        if not isinstance(found, dict):
            raise InputError(f"{file} has {type(found).__name__} at {path}; expected an object of keys and values")
        found = [{"key": key, "value": value} for key, value in found.items()]
    if not isinstance(found, list):
        raise InputError(f"{file} has {type(found).__name__} at dataset.format.rows={path}; expected an array")
    for number, row in enumerate(found, start=1):
        yield number, row if isinstance(row, dict) else f"is {type(row).__name__}; expected an object"


def _array(stream: TextIO, file: Path) -> Iterator[Row]:
    """The elements of an array, each decoded as soon as it has been read."""
    decoder, text, at, line, more = json.JSONDecoder(), "", 0, 1, True
    expected = "["
    while True:
        while at < len(text) and text[at] in BLANK:
            line += text[at] == "\n"
            at += 1
        if at == len(text):
            if not more:
                raise InputError(f"{file} line {line}: the file ends; expected {expected!r}: is it cut off?")
            text, at = stream.read(CHUNK), 0
            more = bool(text)
            continue
        if expected != "value":
            if text[at] == "]" and expected == ",":
                return
            if text[at] != expected:
                raise InputError(
                    f"{file} line {line}: {text[at]!r} stands where {expected!r} was expected; "
                    "expected an array of objects, or dataset.format.rows to say where the rows are"
                )
            at, expected = at + 1, "value"
            continue
        if text[at] == "]":  # an empty array, or a comma too many, which harms nothing
            return
        try:
            row, end = decoder.raw_decode(text, at)
        except ValueError as error:
            fresh = stream.read(max(CHUNK, len(text) - at))
            if not fresh:
                where = (
                    line + str(error.doc).count("\n", at, error.pos)
                    if isinstance(error, json.JSONDecodeError)
                    else line
                )
                raise InputError(f"{file} line {where} is no JSON: {error}") from error
            text, at = text[at:] + fresh, 0
            continue
        yield line, row if isinstance(row, dict) else f"is {type(row).__name__}; expected an object"
        line += text.count("\n", at, end)
        at, expected = end, ","
