"""Tables of a published dataset as rows, and back into Parquet without losing the columns' features."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from harness.errors import InputError


def read_table(path: Path) -> Any:
    """The file as a pyarrow table; raises InputError naming it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path} is no Parquet file that can be read ({error}); build the dataset again") from error


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows in turn."""
    for batch in read_table(path).to_batches():
        yield from batch.to_pylist()


def mapped(table: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """The table with every row changed; columns, types and features stay."""
    import pyarrow as pa

    return pa.Table.from_pylist([change(row) for row in table.to_pylist()], schema=table.schema)


COMPRESSION = "zstd"


def write_table(path: Path, table: Any, **metadata: str) -> None:
    """Write the table with these words in its metadata, beside the features that `datasets` keeps there."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {**(table.schema.metadata or {}), **{key.encode(): value.encode() for key, value in metadata.items()}}
    pq.write_table(
        table.replace_schema_metadata(kept), path, compression=COMPRESSION, row_group_size=max(1, table.num_rows)
    )


def same_table(one: Path, other: Path) -> bool:
    """Whether two Parquet files hold equal tables, whoever wrote them."""
    a, b = read_table(one), read_table(other)
    return bool(a.equals(b, check_metadata=True))
