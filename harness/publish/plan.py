"""What publishing a tree to a repository would do: files, rows, labels, the version that they ask for, and what stands against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError
from harness.publish.difference import Bump, Difference, difference, larger, least, parse
from harness.publish.hub import Remote
from harness.publish.tree import Tree

# Folders of the repository that are wholly ours: what is there and not in the tree is deleted. All else is left alone.
OWNED = ("data/", "annotation/")


@dataclass(frozen=True)
class Plan:
    """What would be sent."""

    tree: Tree
    """What is to be published."""
    remote: Remote | None
    """What is there; `None` where the repository is yet to be made."""
    uploads: dict[str, Path]
    """Files that are new or other than there."""
    deleted: tuple[str, ...]
    """Files of ours that are gone."""
    rows: Difference | None
    """Rows against what is published; `None` where nothing is."""
    published: str | None
    """The version that is there."""
    tagged: bool
    """Whether the tag of this version is there, with this content."""

    @property
    def required(self) -> Bump:
        """The step that the change asks for."""
        by_file: Bump = "patch" if self.uploads or self.deleted else "none"
        return larger(by_file, self.rows.required if self.rows else "none")

    @property
    def nothing(self) -> bool:
        """Whether all of it is there already, tag and all."""
        return self.tagged and not self.uploads and not self.deleted

    def lines(self) -> Iterator[str]:
        """The plan for a terminal."""
        if self.remote is None:
            yield "the repository is not there, or cannot be seen; it is made"
        else:
            yield f"the repository is at {self.remote.sha[:8]}, version {self.published or 'none yet'}"
        for name, path in self.uploads.items():
            known = self.remote is not None and name in self.remote.files
            yield f"{'~' if known else '+'} {name} ({path.stat().st_size:,} bytes)"
        yield from (f"- {name}" for name in self.deleted)
        if self.rows is not None and (self.uploads or self.deleted):
            yield from self.rows.lines()
            yield f"version {self.published} -> {self.tree.version}; the change is {self.required}: {self.rows.why}"


def make(tree: Tree, remote: Remote | None, kept: Path | None, tagged: Remote | None) -> Plan:
    """The plan for a tree.

    `remote` is the newest revision and `kept` a folder with its `data/`; `tagged` is the revision that the tag of the tree's version
    names, if there is one. Raises InputError where the tag has other content, or the version is too low for the change.
    """
    parse(tree.version)
    files = {name: path.read_bytes() for name, path in tree.files.items()}
    uploads = {name: tree.files[name] for name, data in files.items() if remote is None or not remote.holds(name, data)}
    deleted = () if remote is None else _gone(remote, tree)
    same = (
        tagged is not None and all(tagged.holds(name, data) for name, data in files.items()) and not _gone(tagged, tree)
    )
    published = rows = None
    if kept is not None and (kept / "data" / "dataset.json").is_file():
        published = str(json.loads((kept / "data" / "dataset.json").read_text("utf-8"))["version"])
        rows = difference(kept, tree.folder)
    plan = Plan(tree, remote, uploads, deleted, rows, published, same)
    if tagged is not None and not same:
        raise InputError(
            f"the tag {tree.version} is there with other content ({_others(tagged, files)}); a published version is never changed: {_raise(plan)}"
        )
    if same and (uploads or deleted):
        raise InputError(
            f"version {tree.version} is published as its tag, and the newest revision is another (version {published}); expected a version above it in dataset/source/dataset.json"
        )
    if published is not None and (uploads or deleted) and parse(tree.version) < parse(least(published, plan.required)):
        raise InputError(
            f"the version is {tree.version} and {published} is published; the change is {plan.required} ({rows.why if rows else 'files'}), so {_raise(plan)}"
        )
    return plan


def _raise(plan: Plan) -> str:
    step = plan.required if plan.required != "none" else "patch"
    return (
        f"expected {least(plan.published or plan.tree.version, step)} or above: set it in dataset/source/dataset.json, "
        "write what changed into dataset/CHANGELOG.md, and run `veristance build`"
    )


def _gone(remote: Remote, tree: Tree) -> tuple[str, ...]:
    ours = [name for name in remote.files if name.startswith(OWNED)]
    return tuple(sorted(name for name in ours if name not in tree.files))


def _others(remote: Remote, files: dict[str, bytes]) -> str:
    names = [name for name, data in files.items() if not remote.holds(name, data)] or ["files that are gone here"]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
