"""Two versions of the dataset, row by row: what was added, taken away and changed, and which version number that asks for.

from harness.publish.difference import difference
difference(Path("old"), Path("new")).required        # "major", "minor", "patch" or "none"
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from harness.errors import InputError
from harness.publish.article_words import PLACE
from harness.publish.rows import read_rows
from harness.record import Record

Bump = Literal["none", "patch", "minor", "major"]
ORDER: tuple[Bump, ...] = ("none", "patch", "minor", "major")
KEYS = {"votes": ("item", "task", "annotator", "round")}
# What a score is counted by: a run on the old version is not comparable once one of them differs.
DECIDES = {
    "claims": ("veracity", "evidence", "cluster", "family", "content", "split"),
    "pairs": ("stance", "claim", "passage", "holder", "split"),
    "passages": ("check_worthiness", "article", "start", "end", "sha256"),
    "votes": ("label", "evidence"),
}
# They follow from other columns.
DERIVED = ("veracity_name", "stance_name", "check_worthiness_name")
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Changed(Record):
    """One cell that differs."""

    table: str
    """claims, pairs, passages or votes."""
    row: str
    """The row's id."""
    column: str
    """The column."""
    before: str
    """The old value, as text."""
    after: str
    """The new one."""
    decides: bool
    """Whether scores depend on it."""


class Difference(Record):
    """What changed from one version to another."""

    added: dict[str, tuple[str, ...]]
    """Ids of new rows, by table."""
    removed: dict[str, tuple[str, ...]]
    """Ids of rows that are gone, by table."""
    changed: tuple[Changed, ...]
    """Cells of rows that both have."""
    columns_added: tuple[str, ...]
    """`table.column` that only the new one has."""
    columns_removed: tuple[str, ...]
    """`table.column` that only the old one has."""
    n_withheld: int = 0
    """Cells that cannot be compared, because article text is withheld in one of the two."""

    @property
    def required(self) -> Bump:
        """The step in the version that the rows ask for."""
        if any(self.removed.values()) or self.columns_removed or any(cell.decides for cell in self.changed):
            return "major"
        if any(self.added.values()) or self.columns_added:
            return "minor"
        return "patch" if self.changed else "none"

    @property
    def why(self) -> str:
        """The first cause of `required`, in a few words."""
        labels = Counter(f"{cell.table}.{cell.column}" for cell in self.changed if cell.decides)
        facts = [f"{name} changed in {n} rows" for name, n in labels.most_common()]
        facts += [f"{len(ids)} rows of {table} removed" for table, ids in self.removed.items() if ids]
        facts += [f"{name} removed" for name in self.columns_removed]
        if not facts:
            facts = [f"{len(ids)} rows of {table} added" for table, ids in self.added.items() if ids]
            facts += [f"{name} added" for name in self.columns_added]
        return ", ".join(facts) or ("only words changed" if self.changed else "no row changed")

    def lines(self, most: int = 20) -> Iterator[str]:
        """The difference for a terminal; of each kind of change at most so many rows."""
        for sign, rows in (("+", self.added), ("-", self.removed)):
            for table, ids in sorted(rows.items()):
                if ids:
                    more = f", and {len(ids) - most} more" if len(ids) > most else ""
                    yield f"{sign} {table}: {len(ids)} rows ({', '.join(ids[:most])}{more})"
        yield from (f"+ column {name}" for name in self.columns_added)
        yield from (f"- column {name}" for name in self.columns_removed)
        kinds: dict[tuple[str, str], list[Changed]] = {}
        for cell in self.changed:
            kinds.setdefault((cell.table, cell.column), []).append(cell)
        for (table, column), cells in sorted(kinds.items(), key=lambda item: (not item[1][0].decides, item[0])):
            yield f"~ {table}.{column}: {len(cells)} rows"
            for cell in cells[:most]:
                yield f"    {cell.row}: {_short(cell.before)} -> {_short(cell.after)}"
            if len(cells) > most:
                yield f"    and {len(cells) - most} more"
        if self.n_withheld:
            yield f"({self.n_withheld} cells are not compared: one of the two withholds article text in them)"


def difference(old: Path, new: Path) -> Difference:
    """The difference of two dataset folders, by the rows' ids; raises InputError where one holds no table."""
    before, after = _tables(old), _tables(new)
    added, removed, changed, n_withheld = {}, {}, list[Changed](), 0
    columns: tuple[list[str], list[str]] = ([], [])
    for table in sorted(before.keys() | after.keys()):
        a, b = before.get(table, {}), after.get(table, {})
        added[table] = tuple(sorted(b.keys() - a.keys()))
        removed[table] = tuple(sorted(a.keys() - b.keys()))
        had, has = (set(next(iter(rows.values()), {})) for rows in (a, b))
        if a and b:
            columns[0].extend(f"{table}.{name}" for name in sorted(has - had))
            columns[1].extend(f"{table}.{name}" for name in sorted(had - has))
        shared = [name for name in sorted(had & has) if name not in DERIVED]
        for id_ in sorted(a.keys() & b.keys()):
            for name in shared:
                if a[id_][name] == b[id_][name]:
                    continue
                if _withheld(table, name, a[id_][name]) != _withheld(table, name, b[id_][name]):
                    n_withheld += 1
                else:
                    changed.append(
                        Changed(
                            table=table,
                            row=id_,
                            column=name,
                            before=_text(a[id_], name),
                            after=_text(b[id_], name),
                            decides=name in DECIDES.get(table, ()),
                        )
                    )
    return Difference(
        added=added,
        removed=removed,
        changed=tuple(changed),
        columns_added=tuple(columns[0]),
        columns_removed=tuple(columns[1]),
        n_withheld=n_withheld,
    )


def parse(version: str) -> tuple[int, int, int]:
    """A version as numbers; raises InputError where it is none."""
    match = VERSION.fullmatch(version)
    if match is None:
        raise InputError(f"the dataset's version is {version!r}; expected major.minor.patch, such as 1.2.0")
    return int(match[1]), int(match[2]), int(match[3])


def least(version: str, step: Bump) -> str:
    """The lowest version that a change of this size may have after `version`; before 1.0.0 a minor step is enough for labels."""
    major, minor, patch = parse(version)
    if step == "none":
        return version
    if step == "major" and major > 0:
        return f"{major + 1}.0.0"
    return f"{major}.{minor}.{patch + 1}" if step == "patch" else f"{major}.{minor + 1}.0"


def larger(one: Bump, other: Bump) -> Bump:
    """The larger of two steps."""
    return max(one, other, key=ORDER.index)


def _tables(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    files = sorted((folder / "data").glob("*/*.parquet"))
    if not files:
        raise InputError(f"{folder} holds no data/*/*.parquet; expected a folder of the built dataset")
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for path in files:
        rows = tables.setdefault(path.parent.name, {})
        for row in read_rows(path):
            key = " ".join(str(row[name]) for name in KEYS.get(path.parent.name, ("id",)))
            if key in rows:
                raise InputError(
                    f'{path}: "{key}" stands twice in the splits of {path.parent.name}; expected every id once'
                )
            rows[key] = row | {"split": path.stem}
    return tables


def _withheld(table: str, column: str, value: Any) -> bool:
    """Whether a published cell holds less than the built one."""
    if table == "passages" and column == "text":
        return value is None
    return isinstance(value, str) and PLACE.search(value) is not None


def _text(row: Mapping[str, Any], name: str) -> str:
    """A label by its name, not by its number."""
    return str(row.get(f"{name}_name", row[name]))


def _short(value: str) -> str:
    flat = " ".join(value.split())
    return flat if len(flat) <= 60 else f"{flat[:57]}..."
