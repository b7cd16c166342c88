"""A version of the dataset by its name: a folder here, or `owner/name@revision` on the hub."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError
from harness.publish.hub import Hub


def opened(name: str, scratch: Path) -> Path:
    """A folder with the version's files: the folder itself, or a download into `scratch`; raises InputError where there is neither."""
    folder = Path(name)
    if folder.is_dir():
        if not (folder / "data").is_dir():
            raise InputError(f"{folder} holds no data/; expected the folder of a built or published dataset")
        return folder
    repo, _, revision = name.partition("@")
    if repo.count("/") != 1 or repo.startswith((".", "/")):
        raise InputError(f"{name!r} is no folder here; expected one, or owner/name@revision on the hub")
    hub = Hub(repo)
    there = hub.look(revision or None)
    if there is None:
        raise InputError(f"{repo} is not on {hub.url.rpartition('/datasets/')[0]}, or this token may not see it")
    return hub.fetch(there.sha, scratch)
