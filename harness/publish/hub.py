"""A dataset repository on a hub, through its own client: what is there, one commit, one tag, and every refusal in a sentence.

The endpoint is `HF_ENDPOINT`'s, the token that of the environment (`HF_TOKEN`) or of the client's own login (`hf auth login`); no
setting takes one.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.errors import InputError, VeristanceError

NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
AGAIN = "run the same command again: it finds what is there and does the rest"


class HubError(VeristanceError):
    """The hub, or the way to it, failed: nothing that the user gave is wrong."""


@dataclass(frozen=True)
class Remote:
    """What a revision of the repository holds."""

    sha: str
    """The commit."""
    files: Mapping[str, tuple[str, int]]
    """Path to identity (of an LFS file its sha256, of another git's blob id) and bytes."""
    tags: Mapping[str, str]
    """Tag to commit."""
    private: bool
    """Whether the repository is private."""

    def holds(self, path: str, data: bytes) -> bool:
        """Whether the revision has this file with these bytes."""
        there = self.files.get(path)
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        return there is not None and there[0] in {hashlib.sha256(data).hexdigest(), blob}


@dataclass(frozen=True)
class Hub:
    """A repository by name."""

    repo: str
    """owner/name."""
    endpoint: str | None = None
    """The hub; `None` is that of `HF_ENDPOINT`, or the public one."""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.repo):
            raise InputError(f"repo is {self.repo!r}; expected owner/name")

    @cached_property
    def _api(self) -> Any:
        try:
            from huggingface_hub import HfApi
        except ImportError as error:
            raise InputError(
                'publishing needs huggingface_hub and datasets; install them: pip install "veristance[hub]"'
            ) from error
        from huggingface_hub.utils import disable_progress_bars

        if not sys.stderr.isatty():
            disable_progress_bars()
        for name in ("httpx", "httpx2"):  # which would tell every request
            logging.getLogger(name).setLevel(logging.WARNING)
        return HfApi(endpoint=self.endpoint or os.environ.get("HF_ENDPOINT"), library_name="veristance")

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"{self._api.endpoint}/datasets/{self.repo}"

    def need_token(self) -> None:
        """Raise InputError where there is no token."""
        from huggingface_hub import get_token

        if not get_token():
            raise InputError(
                f"there is no token for {self._api.endpoint}; expected HF_TOKEN in the environment, or a login: `hf auth login`"
            )

    def look(self, revision: str | None = None) -> Remote | None:
        """The revision, or `None` where there is no such repository (or none that this token may see)."""
        from huggingface_hub import get_token
        from huggingface_hub.errors import RepositoryNotFoundError

        with self._told("looking at"):
            try:
                info = self._api.dataset_info(self.repo, revision=revision)
            except RepositoryNotFoundError as error:
                # To a stranger the hub says 401 of what is not there as well.
                if error.response is not None and error.response.status_code == 401 and get_token():
                    raise
                return None
            files = {
                entry.path: (entry.lfs.sha256 if entry.lfs else entry.blob_id, entry.size)
                for entry in self._api.list_repo_tree(self.repo, repo_type="dataset", revision=info.sha, recursive=True)
                if hasattr(entry, "blob_id")
            }
            refs = self._api.list_repo_refs(self.repo, repo_type="dataset")
        return Remote(info.sha, files, {tag.name: tag.target_commit for tag in refs.tags}, bool(info.private))

    def fetch(self, sha: str, folder: Path, patterns: Sequence[str] | None = None) -> Path:
        """Download a revision's files into `folder`."""
        with self._told("reading"):
            self._api.snapshot_download(
                self.repo, repo_type="dataset", revision=sha, local_dir=folder, allow_patterns=patterns
            )
        return folder

    def create(self, *, private: bool) -> Remote:
        """Make the repository; gives its first revision."""
        with self._told("making"):
            self._api.create_repo(self.repo, repo_type="dataset", private=private, exist_ok=True)
        there = self.look()
        if there is None:
            raise HubError(f"{self.repo} was made and cannot be seen; the token may write and not read: use another")
        if any(name.startswith("data/") for name in there.files):
            raise InputError(
                f"{self.repo} was made by somebody else meanwhile; run the same command again and look at the new plan"
            )
        return there

    def commit(self, parent: str, files: Mapping[str, Path], deleted: Sequence[str], message: str) -> str:
        """One commit on top of `parent`, which must still be the newest; gives its id."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        operations: list[Any] = [
            CommitOperationAdd(path_in_repo=name, path_or_fileobj=path) for name, path in sorted(files.items())
        ]
        operations += [CommitOperationDelete(path_in_repo=name) for name in deleted]
        with self._told("uploading to"):
            made = self._api.create_commit(
                self.repo, operations, commit_message=message, repo_type="dataset", parent_commit=parent
            )
        return str(made.oid)

    def tag(self, tag: str, sha: str, message: str) -> None:
        """Tag a commit; a tag that is there is left to the caller to have looked at."""
        with self._told("tagging"):
            self._api.create_tag(
                self.repo, tag=tag, revision=sha, tag_message=message, repo_type="dataset", exist_ok=True
            )

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """The client's errors in a sentence, by status."""
        from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled

        where = f"{doing} {self.repo} at {self._api.endpoint}"
        try:
            yield
        except HfHubHTTPError as error:
            raise self._in_words(error, where) from error
        except LocalTokenNotFoundError as error:
            raise InputError(f"{where}: no token; set HF_TOKEN or run `hf auth login`") from error
        except OfflineModeIsEnabled as error:
            raise InputError(f"{where}: HF_HUB_OFFLINE is set; unset it to publish") from error
        except (OSError, RuntimeError) as error:  # connections that break, and what the client makes of them
            if isinstance(error.__cause__, HfHubHTTPError):
                raise self._in_words(error.__cause__, where) from error
            cause = f" ({_flat(error.__cause__)})" if error.__cause__ else ""
            raise HubError(f"{where}: {_flat(error)}{cause}; {AGAIN}") from error
        except ValueError as error:  # the hub's verdict on the card, and files that it does not take
            raise InputError(f"{where}: {_flat(error)}") from error
        except Exception as error:
            if type(error).__module__.split(".", maxsplit=1)[0] in {"httpx", "httpx2", "httpcore", "httpcore2"}:
                raise HubError(f"{where}: {type(error).__name__} {_flat(error)}; {AGAIN}") from error
            raise

    def _in_words(self, error: Any, where: str) -> VeristanceError:
        status = error.response.status_code if error.response is not None else 0
        said = _flat(getattr(error, "server_message", None) or error)
        if status == 401:
            return InputError(
                f"{where}: the hub does not know the token (401: {said}); set HF_TOKEN to one that is valid"
            )
        if status == 403:
            return InputError(
                f"{where}: the token may not do that (403: {said}); use one that may write to {self.repo.partition('/')[0]}'s repositories"
            )
        if status in {409, 412}:
            return InputError(
                f"{where}: somebody else changed it meanwhile ({status}: {said}); nothing was written; run the same command again and look at the new plan"
            )
        if status in {400, 404, 413, 422}:
            what = (
                "there is no such thing; expected a revision that is there"
                if status == 404
                else "the hub refuses what was sent"
            )
            return InputError(f"{where}: {what} ({status}: {said})")
        if status == 429:
            wait = error.response.headers.get("Retry-After")
            return HubError(
                f"{where}: too many requests (429); wait {f'{wait} s' if wait else 'a few minutes'}, then {AGAIN}"
            )
        return HubError(f"{where}: the hub failed ({status}: {said}); {AGAIN}")


def _flat(error: object) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
