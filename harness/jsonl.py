"""JSON Lines: an object a line, cut by bytes, for text may hold U+2028, U+0085 and others at which `str.splitlines` would cut too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import InputError


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file in order; none where there is no file. Raises InputError with file and line for anything else."""
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(path.read_bytes().splitlines() if path.is_file() else (), start=1):
        try:
            row = json.loads(line)
        except ValueError as error:  # of bytes that are no UTF-8 as well
            raise InputError(f"{path} line {number} is no JSON ({error}); expected an object a line") from error
        if not isinstance(row, dict):
            raise InputError(f"{path} line {number} holds {str(row)[:40]!r}; expected an object a line")
        rows.append(row)
    return rows
