"""What can be retrieved: the dataset's own passages, or a folder of texts.

A passage whose text the dataset withholds (text_policy quotes) cannot be found. It is left out and counted, never replaced: the
run's log, its retrieval.jsonl and the report say how many. No gold passage is ever withheld, so that its absence makes retrieval
easier, not harder; a folder with the whole articles (`evidence.collection.path=seeds`) holds them all.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from harness.dataset.corpus import Corpus
from harness.errors import InputError
from harness.evidence.ranking import digest
from harness.schema import Evidence

SUFFIXES = (".txt", ".jsonl")


@dataclass(frozen=True)
class Passages:
    """The texts of a collection."""

    texts: tuple[Evidence, ...]
    """In a fixed order."""
    source: str
    """Where they are from, for a reader."""
    n_withheld: int = 0
    """Passages without text."""

    def sha256(self) -> str:
        """Of ids and texts, in their order."""
        made = hashlib.sha256()
        for passage in self.texts:
            made.update(f"{passage.id} {digest(passage.text)}\n".encode())
        return made.hexdigest()


class Collection(Protocol):
    """Somewhere to look for evidence."""

    def load(self, corpus: Corpus) -> Passages:
        """All passages; raises InputError where there is none."""
        ...


@dataclass(frozen=True)
class DatasetPassages:
    """The dataset's own passages, of all its articles."""

    def load(self, corpus: Corpus) -> Passages:
        """Those that have a text."""
        rows = sorted(corpus.passages.values(), key=lambda p: (p.article, p.start))
        found = tuple(Evidence(id=p.id, text=p.text) for p in rows if p.text is not None)
        if not found:
            raise InputError(
                f"{corpus.path} withholds the text of all {len(rows)} passages; expected some to retrieve: "
                "set evidence.collection to a folder of the articles"
            )
        return Passages(found, f"{corpus.name} {corpus.version}", len(rows) - len(found))


@dataclass(frozen=True)
class Folder:
    """A folder of texts: each `.txt` is cut into sentences, each line of a `.jsonl` is a passage with `id` and `text`.

    A sentence that is word for word a passage of the dataset carries that passage's id, so that retrieval can be scored.
    """

    path: str

    @classmethod
    def content_hash(cls, path: str) -> str:
        """The sha256 of the names and bytes of the folder's files."""
        made = hashlib.sha256()
        for file in _files(Path(path)):
            name = file.relative_to(path).as_posix()
            made.update(f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
        return made.hexdigest()

    def load(self, corpus: Corpus) -> Passages:
        """Every passage of every file; raises InputError naming file and line."""
        root = Path(self.path)
        own = {p.sha256: p.id for p in corpus.passages.values()}
        twice = Counter(p.sha256 for p in corpus.passages.values())
        found: dict[str, Evidence] = {}
        for id_, text, where in _rows(root):
            sha = digest(text)
            known = corpus.passages.get(id_)
            name = id_ if known and known.sha256 == sha else own[sha] if twice[sha] == 1 else id_
            if name in found or (name in corpus.passages and corpus.passages[name].sha256 != sha):
                raise InputError(
                    f'{where}: passage "{name}" is also another text\'s id; expected every text once, under an id of its own: '
                    "rename the file or the row"
                )
            found[name] = Evidence(id=name, text=text)
        if not found:
            raise InputError(f"{root} holds no text; expected {' or '.join(SUFFIXES)} files with passages")
        return Passages(tuple(found.values()), f"folder {root.name}")


def _files(root: Path) -> list[Path]:
    if not root.is_dir():
        raise InputError(
            f"{root} is no folder; expected one with {' or '.join(SUFFIXES)} files: set evidence.collection.path"
        )
    return sorted(file for file in root.rglob("*") if file.suffix in SUFFIXES and file.is_file())


def _rows(root: Path) -> Iterator[tuple[str, str, str]]:
    """Id, text and place of every passage."""
    for file in _files(root):
        stem = file.relative_to(root).with_suffix("").as_posix()
        try:
            data = file.read_bytes()
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{file} is no UTF-8 ({error}); expected text") from error
        if file.suffix == ".txt":
            for passage in _sentences(stem, text, file):
                yield passage.id, passage.text, str(file)
        else:
            for number, line in enumerate(data.splitlines(), start=1):
                if line.strip():
                    yield *_row(line, f"{file} line {number}"), f"{file} line {number}"


def _sentences(stem: str, text: str, file: Path) -> Iterator[Evidence]:
    from harness.dataset.passages import segment

    try:
        for passage in segment(stem, text):
            yield Evidence(id=passage.id, text=passage.text or "")
    except ImportError as error:
        raise InputError(
            f'{error.name} is not installed, and cutting {file} into sentences needs it: pip install "veristance[build]"'
        ) from error


def _row(line: bytes, where: str) -> tuple[str, str]:
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where} is no JSON ({error}); expected an object with id and text") from error
    if isinstance(row, dict):
        id_, text = row.get("id"), row.get("text")
        if isinstance(id_, str) and isinstance(text, str) and id_.strip() and text.strip():
            return id_, text
    raise InputError(f"{where} has no id or no text; expected an object with both, as strings")
