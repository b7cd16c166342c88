"""Articles from files into `seeds/`: the text, and a sidecar of what is known about it.

Plain text is taken verbatim; of Markdown the words, of HTML the main text (trafilatura). What a file does not say is `null`, never guessed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.dataset.source import Metadata
from harness.errors import InputError
from harness.record import in_words
from harness.run import write

TEXT, MARKDOWN, HTML = {".txt", ".text"}, {".md", ".markdown"}, {".html", ".htm", ".xhtml"}
FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*\r?\n", re.DOTALL)
# Names that front matter has for our fields.
NAMES = {
    "title": "title",
    "outlet": "outlet",
    "date": "published_on",
    "language": "language",
    "lang": "language",
    "url": "url",
}

# The day of publication as the page states it; an extensive search would take one from a copyright line or the words of the text.
STATED_DATE = {"original_date": True, "extensive_search": False}


@dataclass(frozen=True)
class Article:
    """An article that was taken in."""

    id: str
    """Its id, the stem of its files in `seeds/`."""
    path: Path
    """The file that it came from."""
    n_characters: int
    """Length of its text."""


def ingest(root: Path, files: Sequence[Path], known: Mapping[str, Any]) -> list[Article]:
    """Take files into `root/seeds`; `known` overrides what a file says of itself. Nothing is written unless all files can be taken.

    Raises InputError for a file that is missing, empty, of another kind, or an article that is there already, whatever its white space.
    """
    if not files:
        raise InputError("paths is empty; expected files to take in, such as 'paths=[article.html]'")
    seeds = root / "seeds"
    there = {_digest(path.read_bytes().decode("utf-8", "replace")): str(path) for path in sorted(seeds.glob("*.txt"))}
    numbers = [int(m[1]) for path in seeds.glob("*.txt") if (m := re.fullmatch(r"a(\d+)", path.stem))]
    taken: list[tuple[Article, str, Metadata]] = []
    for number, path in enumerate(files, start=max(numbers, default=0) + 1):
        text, about = _read(path)
        if not re.search(r"\w", text):
            raise InputError(
                f"{path} holds no text that could be found; expected an article: save its words as plain text"
            )
        digest = _digest(text)
        if digest in there:
            raise InputError(f"{path} has the text of {there[digest]}; expected an article that is not there yet")
        there[digest] = str(path)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        fields = (
            about | {k: v for k, v in known.items() if v is not None} | {"original_name": path.name, "sha256": sha256}
        )
        try:
            metadata = Metadata.model_validate(fields)
        except ValidationError as error:
            raise InputError(f"{path} {in_words(error)}; say it yourself on the command line") from error
        taken.append((Article(f"a{number}", path, len(text)), text, metadata))
    seeds.mkdir(parents=True, exist_ok=True)
    for article, text, metadata in taken:
        # In bytes, for a text file's line ends are its own.
        (seeds / f"{article.id}.txt").write_bytes(text.encode())
        about = json.loads(metadata.model_dump_json())
        write(seeds / f"{article.id}.json", json.dumps(about, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    return [article for article, _, _ in taken]


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    kind = path.suffix.lower()
    if kind not in TEXT | MARKDOWN | HTML:
        raise InputError(f"{path} is neither text (.txt), Markdown (.md) nor HTML (.html); save it as one of these")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); expected a file") from error
    if kind in HTML:
        return _html(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; expected a text file in UTF-8") from error
    return _markdown(text) if kind in MARKDOWN else (text, {})


def _html(data: bytes) -> tuple[str, dict[str, Any]]:
    try:
        import trafilatura
    except ImportError as error:
        raise InputError(f'HTML needs {error.name}; install it: pip install "veristance[annotate]"') from error
    found: Any = trafilatura.bare_extraction(
        data, include_comments=False, with_metadata=True, date_extraction_params=STATED_DATE
    )
    if found is None:
        return "", {}
    language = re.search(rb"<html[^>]*\blang=[\"']?([A-Za-z]{2,3})", data)
    about = {
        "title": found.title or None,
        "outlet": found.sitename or None,
        "published_on": found.date or None,
        "url": found.url or None,
        "language": language[1].decode().lower() if language else None,
    }
    lines = [line.strip() for line in (found.text or "").splitlines() if line.strip()]
    if found.title and found.title not in lines[:1]:
        lines.insert(0, found.title)  # A title is a passage, as in the other articles.
    return "\n\n".join(lines) + "\n" if found.text else "", about


def _markdown(text: str) -> tuple[str, dict[str, Any]]:
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise InputError(f'Markdown needs {error.name}; install it: pip install "veristance[annotate]"') from error
    about: dict[str, Any] = {}
    if front := FRONT_MATTER.match(text):
        text = text[front.end() :]
        for line in front[1].splitlines():
            name, _, value = line.partition(":")
            if name.strip().lower() in NAMES and value.strip():
                about[NAMES[name.strip().lower()]] = value.strip().strip("\"'")
    blocks, heading, item = [], False, 0
    for token in MarkdownIt("commonmark").parse(text):
        heading = heading or token.tag == "h1"
        item += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "inline":
            words = "".join(_inline(child) for child in token.children or [])
            if heading and "title" not in about:
                about["title"] = words
            blocks.append(f"- {words}" if item else words)
        elif token.type in {"fence", "code_block"}:
            blocks.append(token.content.strip())
    return "\n\n".join(block for block in blocks if block.strip()) + "\n", about


def _inline(token: Any) -> str:
    return (
        " "
        if token.type in {"softbreak", "hardbreak"}
        else token.content
        if token.type in {"text", "code_inline"}
        else ""
    )


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).casefold().encode("utf-8", "surrogatepass")).hexdigest()
