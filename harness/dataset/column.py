"""Where a value stands in a row: a column's name, a dotted path into nested objects, or several of them joined.

`meta.id` goes into objects, `_.2` into lists. `each: questions[].answers[]` walks nested lists: an element's own fields hide those
of what it stands in, and `_` is the element itself.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Name = str | tuple[str, ...]
Get = Callable[[Mapping[str, Any]], Any]


NO_FRACTION = re.compile(r"(-?\d+)\.0+")


class AbsentError(KeyError):
    """A row has no such column."""


def column(path: str) -> Get:
    """The value at a path; the getter raises AbsentError with the path where there is no such column."""

    def nested(row: Mapping[str, Any]) -> Any:
        if path in row:  # a name that holds dots
            return row[path]
        found: Any = row
        for name in path.split("."):
            if isinstance(found, Mapping) and name in found:
                found = found[name]
            elif isinstance(found, list | tuple) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            elif found is None:
                return None
            else:
                raise AbsentError(path)
        return found

    def flat(row: Mapping[str, Any]) -> Any:
        try:
            return row[path]
        except KeyError:
            raise AbsentError(path) from None

    return nested if "." in path else flat


def text(name: Name | None) -> Callable[[Mapping[str, Any]], str]:
    """The words at a path, or at several of them with a space between; "" where there is nothing."""
    if name is None:
        return lambda _: ""
    if isinstance(name, str):
        get = column(name)

        def one(row: Mapping[str, Any]) -> str:
            value = get(row)
            return value if type(value) is str else plain(value)

        return one
    parts = [text(part) for part in name]
    return lambda row: " ".join(filter(None, (part(row) for part in parts)))


def optional(name: Name | None) -> Callable[[Mapping[str, Any]], str]:
    """As `text`, and "" where a row has no such column as well: objects of JSON leave out what they do not have."""
    if name is not None and not isinstance(name, str):
        parts = [optional(part) for part in name]
        return lambda row: " ".join(filter(None, (part(row) for part in parts)))
    get = text(name)

    def quiet(row: Mapping[str, Any]) -> str:
        try:
            return get(row)
        except AbsentError:
            return ""

    return quiet


def key(name: Name) -> Callable[[Mapping[str, Any]], str]:
    """What a row is known by: a column as it stands, or a hash of several, which no length and no order of files changes."""
    if isinstance(name, str):
        return text(name)
    parts = [text(part) for part in name]

    def hashed(row: Mapping[str, Any]) -> str:
        return hashlib.sha256("\x1f".join(part(row) for part in parts).encode()).hexdigest()[:12]

    return hashed


def plain(value: Any) -> str:
    """A value as words: 1.0 is 1, as tables with missing numbers write it; nothing and nan are ""."""
    if value is None:
        return ""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    return ", ".join(map(plain, value)) if isinstance(value, list) else str(value)


def whole(words: str) -> str:
    """1.0 as 1: how tables with missing values write whole numbers; other words as they are."""
    found = NO_FRACTION.fullmatch(words)
    return found[1] if found else words


def walk(path: str) -> Callable[[Mapping[str, Any]], Iterator[dict[str, Any]]]:
    """Every element of nested lists, `a[].b[]`, as a row that holds the fields around it too, `_` and its place `_n` from 0."""
    steps = [column(step.strip(".")) for step in path.removesuffix("[]").split("[]")]

    def down(row: Mapping[str, Any], left: Sequence[Get]) -> Iterator[dict[str, Any]]:
        try:
            elements = left[0](row)
        except AbsentError:
            return
        if elements is None:
            return
        if not isinstance(elements, list):
            raise AbsentError(f"{path} (a list)")
        for place, element in enumerate(elements):
            inner = {**row, **(element if isinstance(element, dict) else {}), "_": element, "_n": place}
            if len(left) == 1:
                yield inner
            else:
                yield from down(inner, left[1:])

    return lambda row: down(row, steps)
