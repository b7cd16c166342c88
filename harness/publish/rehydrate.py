"""Article text back into a dataset that was published without it, from the reader's own copy of the articles.

Every sentence is checked by its sha256. A copy that is laid out otherwise (other line ends, a heading more) is cut into sentences and
searched by hash, so that only the words have to be the same.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from harness.dataset.passages import segment
from harness.errors import InputError
from harness.publish.article_words import PLACE
from harness.publish.rows import mapped, read_table, write_table
from harness.publish.tree import SUMS, sums
from harness.run import write

TEXTS = (".md", ".jsonl", ".cff")


@dataclass(frozen=True)
class Rehydrated:
    """What was found."""

    out: Path
    """The folder with the text."""
    n_passages: int
    """Passages of the dataset."""
    missing: tuple[str, ...]
    """Ids of passages that no file has."""
    n_places: int
    """Withheld runs of words that were filled in."""
    n_places_left: int
    """Those that were not, because a passage of theirs is missing."""


def rehydrate(folder: Path, copies: Path, out: Path) -> Rehydrated:
    """Fill the dataset of `folder` from the texts in `copies` and write it to the new folder `out`.

    Raises InputError where there is no text, `out` holds something, or no passage at all is found.
    """
    files = sorted(path for path in copies.rglob("*.txt") if path.is_file())
    if not files:
        raise InputError(
            f"{copies} holds no .txt file; expected your own copies of the articles as plain text in UTF-8"
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} holds files already; expected a new folder: out=DIR")
    passages = read_table(folder / "data" / "passages" / "corpus.parquet").to_pylist()
    found = _found(passages, [_read(path) for path in files])
    missing = tuple(row["id"] for row in passages if row["id"] not in found)
    if not found:
        raise InputError(
            f"none of the {len(passages)} passages is in the {len(files)} files of {copies}; expected the articles that the card names, word for word"
        )
    filler = _Filler(_articles(passages, found))
    shutil.copytree(folder, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".cache"))
    for path in sorted((out / "data").rglob("*.parquet")):
        write_table(path, mapped(read_table(path), partial(filler.row, kind=path.parent.name, found=found)))
    for path in sorted(path for path in out.rglob("*") if path.suffix in TEXTS):
        write(path, filler.text(path.read_text("utf-8")))
    about = out / "data" / "dataset.json"
    settings = json.loads(about.read_text("utf-8")) | {"text_policy": "full" if not missing else "quotes"}
    write(about, json.dumps(settings, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    # It describes the files as they were published, hash by hash.
    (out / "croissant.json").unlink(missing_ok=True)
    write(out / SUMS, sums(out))
    return Rehydrated(out, len(passages), missing, filler.n_filled, filler.n_left)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no UTF-8 ({error}); expected plain text in UTF-8") from error


def _found(passages: list[dict[str, Any]], texts: list[str]) -> dict[str, str]:
    """The text of each passage by id: at its offsets, else wherever a sentence has its hash."""
    by_hash: dict[str, str] | None = None
    found = {}
    for row in passages:
        cut = next(
            (t for t in (text[row["start"] : row["end"]] for text in texts) if _sha256(t) == row["sha256"]), None
        )
        if cut is None:
            if by_hash is None:
                by_hash = {_sha256(p.text): p.text for text in texts for p in segment("x", text) if p.text}
            cut = by_hash.get(row["sha256"])
        if cut is not None:
            found[row["id"]] = cut
    return found


def _articles(passages: list[dict[str, Any]], found: Mapping[str, str]) -> dict[str, list[str | None]]:
    """Each article by characters; `None` where no passage that was found stands (line ends, and what is missing)."""
    made: dict[str, list[str | None]] = {}
    for row in passages:
        characters = made.setdefault(row["article"], [])
        characters.extend([None] * (row["end"] - len(characters)))
        if row["id"] in found:
            characters[row["start"] : row["end"]] = found[row["id"]]
    for row in passages:  # between two passages there is only space
        if row["id"] not in found:
            made[row["article"]][row["start"] : row["end"]] = ["\0"] * (row["end"] - row["start"])
    return made


class _Filler:
    """Fills places, and counts them."""

    def __init__(self, articles: Mapping[str, list[str | None]]) -> None:
        self._articles = articles
        self.n_filled = self.n_left = 0

    def text(self, text: str) -> str:
        return PLACE.sub(lambda match: self._at(match[0], match[1], int(match[2]), int(match[3])), text)

    def row(self, row: dict[str, Any], kind: str, found: Mapping[str, str]) -> dict[str, Any]:
        filled = {key: self._each(value) for key, value in row.items()}
        return filled | ({"text": found.get(row["id"], row["text"])} if kind == "passages" else {})

    def _each(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        return [self._each(child) for child in value] if isinstance(value, list) else value

    def _at(self, place: str, article: str, start: int, end: int) -> str:
        characters = self._articles.get(article, [])[start:end]
        if len(characters) < end - start or "\0" in characters:
            self.n_left += 1
            return place
        self.n_filled += 1
        return "".join(" " if c is None else c for c in characters)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
