"""`veristance publish`: the dataset to a hub, a folder or an archive."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from harness import paths
from harness.errors import ConfigError, InputError
from harness.instantiate import resolved
from harness.publish.hub import Hub
from harness.publish.place import put_archive, put_folder
from harness.publish.release import checked, policy_for, publish

TARGETS = ("hub", "folder", "archive")


def job(config: Any) -> None:
    """Check, show, ask, send; prints what was done."""
    plain = resolved(config)
    root = Path(plain["root"]) if plain["root"] else paths.checkout()
    needs(plain)
    if plain["check"]:
        _check(root)
    if plain["target"] != "hub":
        _put(plain, root)
        return
    dry = plain["dry_run"] if plain["dry_run"] is not None else not sys.stdin.isatty()
    hub = Hub(str(plain["repo"]))
    made = publish(
        root,
        hub,
        text_policy=plain["text_policy"],
        private=plain["private"],
        dry_run=dry,
        limit_mb=plain["limit_mb"],
        say=print,
        confirm=lambda question: plain["yes"] or ask(question),
    )
    if made.commit and made.done != "unchanged":
        print(f"{made.done}: {hub.url}/tree/{made.version} ({made.n_uploaded} files, commit {made.commit[:8]})")
    elif made.done == "declined":
        print("nothing was sent")


def needs(plain: dict[str, Any]) -> None:
    """Raise ConfigError where the target and what it needs do not fit."""
    target = plain["target"]
    if target not in TARGETS:
        raise ConfigError(f"target is {target!r}; expected {', '.join(TARGETS)}")
    key = "repo" if target == "hub" else "out"
    if not plain[key]:
        raise ConfigError(
            f"target={target} needs {key}=...; expected {'owner/name' if key == 'repo' else 'a directory'}"
        )
    try:
        import datasets  # noqa: F401
        import huggingface_hub  # noqa: F401
    except ImportError as error:
        raise InputError(f'publishing needs {error.name}; install it: pip install "veristance[hub]"') from error


def _check(root: Path) -> None:
    from harness.dataset import build

    print("building the dataset anew, to check it (a minute or two; check=false leaves it out)")
    found = build.check(root)
    print(
        f"dataset/ is what its inputs give; {sum(c.passed for c in found)} of {len(found)} checks hold, the others say why"
    )


def _put(plain: dict[str, Any], root: Path) -> None:
    archive = plain["target"] == "archive"
    policy = policy_for(plain["text_policy"], public=archive)
    with tempfile.TemporaryDirectory() as scratch:
        tree = checked(root, Path(scratch), policy, plain["limit_mb"], print)
        out = Path(plain["out"])
        if plain["dry_run"]:
            print(f"dry run: nothing was written to {out}")
            return
        for path in put_archive(tree, out, root) if archive else put_folder(tree, out):
            print(path)


def ask(question: str) -> bool:
    """Ask at the terminal; anything but yes is no."""
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
