"""A Label Studio server, through its own SDK: projects by title, tasks in, exports out, and its faults in words.

The address and the token come from the environment, LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY; a personal access token and a
legacy token are both taken. The token is in no message of ours: a message tells status and reason and never a request.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from harness.errors import InputError

TOKEN = "LABEL_STUDIO_API_KEY"  # noqa: S105 - the name of a variable
BATCH = 100
"""Tasks a request."""
TIMEOUT_S = 60.0
OURS = re.compile(r"r\d+-")
"""How the title of a project of ours begins."""


@dataclass(frozen=True)
class Server:
    """A server that a token opens."""

    url: str
    client: Any

    def projects(self) -> dict[str, int]:
        """Ids of the projects by title, raises InputError where a title is there twice."""
        found: dict[str, int] = {}
        with _in_words(self.url):
            for project in self.client.projects.list(page_size=BATCH):
                title = project.title or ""
                if title in found and OURS.match(title):
                    raise InputError(
                        f'{self.url} has two projects "{title}" ({found[title]} and {project.id}); expected one: rename or delete one'
                    )
                found[title] = project.id
        return found

    def ensure(self, title: str, screen: str, instructions: str, prefilled: str | None) -> int:
        """Make the project, or bring its screen and instructions back to ours; gives its id."""
        wanted = {
            "label_config": screen,
            "expert_instruction": instructions,
            "show_instruction": bool(instructions),
            "show_collab_predictions": prefilled is not None,
            "model_version": prefilled or "",
            "maximum_annotations": 1,
            "show_skip_button": True,
        }
        known = self.projects().get(title)
        with _in_words(self.url, f'project "{title}"'):
            if known is None:
                return int(self.client.projects.create(title=title, **wanted).id)
            self.client.projects.update(known, **wanted)
            return known

    def add(self, project: int, tasks: Sequence[Mapping[str, Any]]) -> None:
        """Import tasks, a hundred a request."""
        from tqdm import tqdm

        starts = range(0, len(tasks), BATCH)
        with _in_words(self.url, f"project {project}"):
            for start in tqdm(starts, desc="push", unit="request", disable=None, leave=False):
                self.client.projects.import_tasks(project, request=[dict(t) for t in tasks[start : start + BATCH]])

    def export(self, project: int, title: str) -> list[dict[str, Any]]:
        """All tasks of a project with their annotations, by one request."""
        with _in_words(self.url, f'project "{title}"'):
            stream = self.client.projects.exports.download_sync(project, export_type="JSON", download_all_tasks=True)
            return tasks_of(b"".join(stream), title)


def connect(url: str) -> Server:
    """Open the server at `url` with the environment's token; raises InputError in words for whatever is amiss."""
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise InputError(
            f"the environment has no {TOKEN}; expected a token of {url}: make one there under Account & Settings, Personal Access Token"
        )
    try:
        import label_studio_sdk.client as sdk
    except ImportError as error:
        raise InputError(f'annotating needs {error.name}; install it: pip install "veristance[annotate]"') from error
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with _in_words(url):
        make: Any = sdk.LabelStudio
        client = make(base_url=url, api_key=token, timeout=TIMEOUT_S)
        client.users.whoami()
    return Server(url, client)


def tasks_of(data: bytes, title: str) -> list[dict[str, Any]]:
    """The tasks of an export; raises InputError where it was cut off or is something else."""
    try:
        tasks = json.loads(data)
    except ValueError as error:
        raise InputError(
            f'the export of "{title}" ends after {len(data)} bytes and is no whole JSON ({error}); nothing was written: pull again'
        ) from error
    if not isinstance(tasks, list) or not all(
        isinstance(t, dict) and "data" in t and "annotations" in t for t in tasks
    ):
        raise InputError(
            f'the export of "{title}" is no list of tasks with annotations; nothing was written: pull again'
        )
    return tasks


@contextmanager
def _in_words(url: str, what: str = "") -> Iterator[None]:
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    where = f"{url}{f', {what},' if what else ''}"
    try:
        yield
    except ApiError as error:
        raise InputError(f"{where} {_refusal(error)}") from None  # Its headers and body stay out of a traceback too.
    except (httpx.LocalProtocolError, UnicodeEncodeError):
        raise InputError(f"{TOKEN} holds characters that no token has; expected the token alone, on one line") from None
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise InputError(f"{url!r} is no address; expected one such as http://127.0.0.1:8321") from None
    except httpx.TimeoutException:
        raise InputError(f"{where} gave no answer in {TIMEOUT_S:.0f} s; nothing was written: try again") from None
    except httpx.RemoteProtocolError:
        raise InputError(f"{where} broke off in the middle of an answer; nothing was written: try again") from None
    except httpx.TransportError as error:
        raise InputError(
            f"{where} cannot be reached ({type(error).__name__}); expected a running Label Studio: start one with `veristance annotate do=serve`, or set LABEL_STUDIO_URL"
        ) from None


def _refusal(error: Any) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    detail = str(body.get("detail") or body.get("validation_errors") or "no reason given")[:300]
    if error.status_code == 401:
        return (
            f"does not take the token in {TOKEN} (401); it is wrong, expired or withdrawn, or legacy tokens are "
            "turned off: make a new one there under Account & Settings"
        )
    if error.status_code == 403:
        return f"refuses this to the token's account (403: {detail}); use an account that may manage projects"
    if error.status_code == 404:
        return "was not found (404); it was deleted meanwhile, or the address is not that of a Label Studio"
    return f"answered {error.status_code}: {detail}"
