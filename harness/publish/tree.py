"""The tree that is published, made from the built dataset: tables under a text policy, card, guidelines, Croissant, citation, checksums.

README.md  GUIDELINES.md  DATASHEET.md  CHANGELOG.md  LICENSE  CITATION.cff  croissant.json  SHA256SUMS
annotation/guidelines-0.1.md  annotation/withdrawn.jsonl
data/dataset.json  data/{claims,pairs,passages,votes}/*.parquet
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from harness.dataset.published import PublishedDataset
from harness.errors import ConfigError, InputError
from harness.publish import about, card
from harness.publish.article_words import ArticleWords
from harness.publish.citation import citation_cff
from harness.publish.croissant import croissant
from harness.publish.lint import lint
from harness.publish.rows import mapped, read_table, same_table, write_table
from harness.publish.scan import texts
from harness.run import write

POLICIES = ("none", "quotes", "full")
SUMS = "SHA256SUMS"
# Of the checkout's dataset/ what readers of the published one need beside the tables; annotation exports stay in the checkout.
PROSE = ("GUIDELINES.md", "DATASHEET.md", "CHANGELOG.md", "annotation/guidelines-0.1.md", "annotation/withdrawn.jsonl")


@dataclass(frozen=True)
class Tree:
    """A folder that holds exactly what is to be published."""

    folder: Path
    """Where it is."""
    name: str
    """The dataset's name."""
    version: str
    """Its version."""
    text_policy: str
    """none, quotes or full."""
    recoverable: float
    """Share of the articles' words that could be put together from it, 0..1."""
    claims_only: float
    """The part of that share which stands in the claims' own wording."""

    @property
    def files(self) -> dict[str, Path]:
        """Every file by its path in the repository."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path for path in found}


def articles(seeds: Path) -> dict[str, str]:
    """The articles' texts by id; raises InputError where there is none."""
    found = {path.stem: path.read_bytes().decode("utf-8") for path in sorted(seeds.glob("*.txt"))}
    if not found:
        raise InputError(
            f"{seeds} holds no article; expected the texts that the dataset was made from, to keep them back"
        )
    return found


def make(
    root: Path, out: Path, policy: str, *, repo: str | None = None, url: str | None = None, keep: Path | None = None
) -> Tree:
    """Make the tree of the checkout `root` in the empty folder `out`, and check it as a reader would.

    A table that the policy leaves as it is keeps its bytes. A Parquet file of `keep` (what is published already) is taken as it is where
    its table is equal, so that another version of the Parquet writer is no change. Raises InputError where an input is missing or the tree does not hold what it says.
    """
    if policy not in POLICIES:
        raise ConfigError(
            f"text_policy is {policy!r}; expected {', '.join(POLICIES)}, or null to go by where it is published"
        )
    ours, words = root / "dataset", ArticleWords(articles(root / "seeds"))
    settings = _settings(ours)
    of = about.read(ours / "source" / "about.json")
    name, version = str(settings["name"]), str(settings["version"])
    hide = words.withheld if policy == "none" else str
    for path in sorted((ours / "data").rglob("*.parquet")):
        kind, target = path.parent.name, out / path.relative_to(ours)
        built, shown = read_table(path), _shown(policy, kind, words.articles)
        changed = mapped(built, partial(_row, kind=kind, hide=hide, shown=shown))
        if changed.equals(built):
            # The same bytes, and so the same hash: runs on the published table are comparable with runs on the built one.
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        else:
            write_table(target, changed, canary=of.canary)
        old = keep / path.relative_to(ours) if keep else None
        if old is not None and old.is_file() and same_table(target, old):
            shutil.copyfile(old, target)
    write(out / "data" / "dataset.json", _json(settings | {"text_policy": policy, "canary": of.canary}))
    for prose in PROSE:
        if (ours / prose).is_file():
            write(out / prose, _hidden(prose, (ours / prose).read_text("utf-8"), hide))
    write(out / "LICENSE", (ours / "LICENSE").read_text("utf-8"))
    body = card.published((ours / "README.md").read_text("utf-8"), out, policy, repo, version)
    write(out / "README.md", hide(body))
    where = url or f"urn:veristance:{name}:{version}"
    write(out / "croissant.json", _json(croissant(out, of, name, version, where)))
    write(out / "CITATION.cff", citation_cff(of, version, url))
    write(out / SUMS, sums(out))
    read_back(out, name)
    told = [text for text in texts(out) if not (text.column == "text" and text.file.startswith("data/claims/"))]
    claims = [text.words for text in texts(out) if text.column == "text" and text.file.startswith("data/claims/")]
    return Tree(out, name, version, policy, words.share([*claims, *(t.words for t in told)]), words.share(claims))


def read_back(folder: Path, name: str) -> None:
    """Read the tree as its users will: every row of every split, and the card's front matter; raises InputError."""
    for split in sorted(path.stem for path in (folder / "data" / "claims").glob("*.parquet")):
        PublishedDataset(name, str(folder), split).load()
    front, _ = card.split((folder / "README.md").read_text("utf-8"))
    faults = lint(front, folder)
    if faults:
        raise InputError(f"README.md has {len(faults)} faults in its front matter: {'; '.join(faults)}")


def sums(folder: Path) -> str:
    """The lines of SHA256SUMS, as `sha256sum --check` reads them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files
    )


def _settings(ours: Path) -> dict[str, Any]:
    path = ours / "data" / "dataset.json"
    try:
        settings: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}); build the dataset first: `veristance build`") from error
    return settings


def _shown(policy: str, kind: str, texts_: Mapping[str, str]) -> Callable[[dict[str, Any]], str | None]:
    """The text that a passage is published with; `quotes` is how the dataset is built."""

    def shown(row: dict[str, Any]) -> str | None:
        if policy == "quotes":
            return None if row["text"] is None else str(row["text"])
        return texts_[row["article"]][row["start"] : row["end"]] if policy == "full" else None

    return shown if kind == "passages" else lambda row: row.get("text")


def _row(
    row: dict[str, Any], *, kind: str, hide: Callable[[str], str], shown: Callable[[dict[str, Any]], str | None]
) -> dict[str, Any]:
    kept = row.get("text")
    row = {key: _each(value, hide) for key, value in row.items()}
    if kind == "passages":
        row["text"] = shown(row | {"text": kept})
    elif kind == "claims":
        row["text"] = kept
    return row


def _each(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_each(child, hide) for child in value]
    return {key: _each(child, hide) for key, child in value.items()} if isinstance(value, dict) else value


def _hidden(name: str, text: str, hide: Callable[[str], str]) -> str:
    if not name.endswith(".jsonl"):
        return hide(text)
    return "".join(
        json.dumps(_each(json.loads(line), hide), ensure_ascii=False) + "\n" for line in text.split("\n") if line
    )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
