"""Rows of a table file, one at a time, with the line that each begins on: CSV, TSV, JSONL, JSON, Parquet, Excel.

    for line, row in rows(Path("claims.csv"), Format()):
        ...     # row is a dict, or a string that says what is wrong with the line

Memory does not grow with the rows; an Excel sheet and a JSON file that is no plain array of objects are the exceptions.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO

from pydantic_core import from_json

from harness.dataset.json_rows import json_rows
from harness.errors import InputError
from harness.record import Record

Row = tuple[int, dict[str, Any] | str]
KINDS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".parquet": "parquet"}
KINDS |= {".xlsx": "excel", ".xls": "excel", ".xlsb": "excel", ".ods": "excel"}
BATCH = 2048  # rows of Parquet at once: 4,096 peaked at 189 MB, 65,536 at 325
CELL = 2**24  # characters of a cell of CSV; Python's own limit is 131,072, less than a long article


class Format(Record):
    """How a file is written."""

    kind: Literal["csv", "tsv", "jsonl", "json", "parquet", "excel"] | None = None
    """`None` goes by the file's ending; a further `.gz` is read through."""
    delimiter: str | None = None
    """Of cells; `None` is a comma in CSV and a tab in TSV."""
    quoting: Literal["standard", "none"] = "standard"
    """`none` takes quotation marks as they stand."""
    encoding: str = "utf-8-sig"
    """Of the text; UTF-8 with or without a mark."""
    header: tuple[str, ...] | None = None
    """The columns' names where the file's first line holds none."""
    rows: str | None = None
    """Where in a JSON file the rows are: a dotted path; `*` takes an object's items as rows of `key` and `value`."""
    sheet: str | None = None
    """Of an Excel file; `None` is the first."""

    def of(self, file: Path) -> str:
        """The kind of this file; raises InputError for an ending that says nothing."""
        ending = file.with_suffix("").suffix if file.suffix == ".gz" else file.suffix
        kind = self.kind or KINDS.get(ending.lower())
        if kind is None:
            raise InputError(
                f"{file} ends in {ending or 'nothing'}; expected {', '.join(KINDS)}, or dataset.format.kind to say what it is"
            )
        return kind


def rows(file: Path, form: Format) -> Iterator[Row]:
    """The line and the row, or the line and what is wrong with it; raises InputError for a file that cannot be read at all."""
    kind = form.of(file)
    try:
        if kind == "parquet":
            yield from _parquet(file)
        elif kind == "excel":
            yield from _excel(file, form)
        else:
            with opened(file) as stream:
                if kind == "jsonl":
                    yield from _jsonl(stream)
                else:
                    with io.TextIOWrapper(stream, form.encoding, newline="" if kind != "json" else None) as text:
                        if kind == "json":
                            yield from json_rows(text, form.rows, file)
                        else:
                            yield from _delimited(text, form, "\t" if kind == "tsv" else ",", file)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is not {error.encoding} ({error.reason} at a byte {error.object[error.start]:#04x}); "
            "expected UTF-8, or its encoding as dataset.format.encoding=latin-1"
        ) from error
    except LookupError as error:
        raise InputError(f"dataset.format.encoding is {form.encoding!r}; expected one that Python knows") from error
    except (OSError, EOFError, zlib.error) as error:  # the last two of a compressed file that is cut off or damaged
        raise InputError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def opened(file: Path) -> BinaryIO:
    """The file's bytes, unpacked where it ends in `.gz`."""
    return gzip.open(file) if file.suffix == ".gz" else file.open("rb")  # type: ignore[return-value]


def _jsonl(stream: BinaryIO) -> Iterator[Row]:
    number = 0
    for line in stream:
        number += 1
        try:
            row = from_json(line, cache_strings="keys")  # texts seldom come twice
        except ValueError as error:
            if line.strip():
                yield number, f"is no JSON: {error}"
            continue
        yield number, row if type(row) is dict else f"is {type(row).__name__}; expected an object"


def _delimited(text: TextIO, form: Format, delimiter: str, file: Path) -> Iterator[Row]:
    csv.field_size_limit(CELL)
    quoting: Any = csv.QUOTE_NONE if form.quoting == "none" else csv.QUOTE_MINIMAL
    try:
        reader = csv.reader(
            text, delimiter=form.delimiter or delimiter, quoting=quoting, strict=form.quoting == "standard"
        )
    except TypeError as error:
        raise InputError(f"dataset.format.delimiter is {form.delimiter!r}; expected a single character") from error
    try:
        names = list(form.header) if form.header else next(reader, [])
    except csv.Error as error:
        raise InputError(f"{file} line 1 is no header: {error}") from error
    _unique(names, file)
    n, line = len(names), reader.line_num + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield (
                line,
                f"is no {delimiter!r}-separated row ({error}); expected quotes to close, or dataset.format.quoting=none",
            )
            line = reader.line_num + 1
            continue
        if len(cells) == n:
            yield line, dict(zip(names, cells, strict=True))
        elif cells:
            yield line, f"has {len(cells)} cells; expected {n}, one for each column"
        line = reader.line_num + 1


def _unique(names: Sequence[str], file: Path) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise InputError(
            f"{file} {f'has the column {twice[0]!r} twice' if twice else 'is empty'}; expected a header of different names, "
            "or dataset.format.header=[...] to give them"
        )


def _parquet(file: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 16) as table:
            for batch in table.iter_batches(batch_size=BATCH, use_threads=False):
                names, columns = batch.schema.names, [column.to_pylist() for column in batch.columns]
                for values in zip(*columns, strict=True):
                    number += 1
                    yield number, dict(zip(names, values, strict=True))
    except pa.ArrowException as error:
        raise InputError(f"{file} is no Parquet file that can be read: {error}") from error
    finally:
        pa.default_memory_pool().release_unused()  # which would stay with the process, a hundred MB of it


def _excel(file: Path, form: Format) -> Iterator[Row]:
    try:
        import python_calamine as calamine
    except ImportError:
        raise InputError(f"{file} is an Excel file, which needs `pip install 'veristance[excel]'`") from None
    try:
        book = calamine.CalamineWorkbook.from_path(file)
        sheet = book.get_sheet_by_name(form.sheet) if form.sheet else book.get_sheet_by_index(0)
    except (calamine.CalamineError, IndexError) as error:
        raise InputError(f"{file} is no Excel file that can be read, or has no such sheet: {error}") from error
    lines = sheet.iter_rows()
    names = list(form.header) if form.header else [str(cell) for cell in next(lines, [])]
    _unique(names, file)
    for number, cells in enumerate(lines, start=1 if form.header else 2):
        if any(cell != "" for cell in cells):
            yield number, dict(zip(names, cells, strict=False))
