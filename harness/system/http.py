"""A fact-checking service that answers our JSON over HTTP: docs/http/openapi.yaml describes it, docs/http/server.py is one.

    POST url {"questions": [{"id", "task", "claim", "holder", "evidence", "labels", "as_of"}, ...]}
    200      {"predictions": [{"id", "label", "probabilities", "rationale", "evidence", "outcome", "error"}, ...]}

Answers are joined by id. A question that gets none after finite repeats has failed, and the next run asks it again.
"""

from __future__ import annotations

import json
import logging
import os
import random
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from harness.errors import ConfigError, InputError
from harness.label import Outcome
from harness.schema import Prediction, Question
from harness.system.predictions import prediction

log = logging.getLogger(__name__)

AGAIN = {408, 425, 429, 500, 502, 503, 504}
FOR_ALL = {401, 403, 404, 405}  # what is refused so would be refused for every question
LONGEST_WAIT_S = 60.0
LARGEST = 64 * 2**20  # bytes of an answer; more is no answer to these questions


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: it would send questions and token to another place, and as a GET."""

    def redirect_request(self, *_: Any) -> None:
        return None


OPENER = urllib.request.build_opener(_Stays)


@dataclass(frozen=True)
class HttpService:
    """A service that answers questions as JSON over HTTP."""

    url: str
    """Where questions are posted; a run writes it down, so that no key may be in it."""
    batch: int = 8
    """Questions a request."""
    concurrency: int = 4
    """Requests at once."""
    timeout_s: float = 60.0
    """For one request."""
    n_retries: int = 4
    """Repeats after a fault of the network or of the server."""
    token_env: str | None = None
    """The environment variable that holds a bearer token; `None` sends none. The token itself is never configured or written."""

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")) or not self.url.isascii():
            raise ConfigError(
                f"system.url is {self.url!r}; expected one that begins with http:// or https://, other letters %-escaped"
            )
        if "@" in urlsplit(self.url).netloc:
            raise ConfigError(
                "system.url has a name or a password in it, which a run would write down; expected system.token_env"
            )
        if min(self.batch, self.concurrency) < 1 or self.n_retries < 0 or self.timeout_s <= 0:
            raise ConfigError(
                f"system has batch {self.batch}, concurrency {self.concurrency}, n_retries {self.n_retries} and timeout_s "
                f"{self.timeout_s}; expected 1 or more, 1 or more, 0 or more and above 0"
            )
        token = os.environ.get(self.token_env, "") if self.token_env else "-"
        if not token:
            raise ConfigError(f"the environment has no {self.token_env}; expected the service's token there")
        if not (token.isascii() and token.isprintable()):  # http.client would tell it in its error
            raise ConfigError(
                f"{self.token_env} has a line end or a letter that no header takes; expected the token alone"
            )

    @property
    def about(self) -> str:
        """What it is, for a reader of the report; without a query, which may hold a key."""
        return f"The service at {self.url.split('?', maxsplit=1)[0]}, asked zero-shot."

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give predictions in the questions' order, a few batches ahead; raises InputError where the service breaks the contract."""
        stream = iter(questions)
        with ThreadPoolExecutor(self.concurrency) as pool:
            pending: deque[Future[list[Prediction]]] = deque()
            try:
                while True:
                    while len(pending) < 2 * self.concurrency and (batch := list(islice(stream, self.batch))):
                        pending.append(pool.submit(self._ask, batch))
                    if not pending:
                        return
                    yield from pending.popleft().result()
            finally:
                for future in pending:
                    future.cancel()

    def _ask(self, batch: Sequence[Question]) -> list[Prediction]:
        body = json.dumps({"questions": [q.model_dump(mode="json") for q in batch]}).encode()
        began = time.monotonic()
        answer, fault = self._post(body)
        seconds = (time.monotonic() - began) / len(batch)
        if answer is None:
            return [Prediction(id=q.id, outcome=Outcome.FAILED, error=fault) for q in batch]
        rows = self._rows(answer, batch)
        made = []
        for question in batch:
            row = rows.get(question.id, {"outcome": "failed", "error": "the service gave no answer to this question"})
            found = prediction(question, row, f'{self._place}: the answer to "{question.id}"')
            made.append(found.model_copy(update={"seconds": seconds, "raw": json.dumps(row, sort_keys=True)}))
        return made

    @property
    def _place(self) -> str:
        return self.url.split("?", maxsplit=1)[0]

    def _rows(self, answer: bytes, batch: Sequence[Question]) -> dict[str, Mapping[str, Any]]:
        try:
            found = json.loads(answer)["predictions"]
            rows = [(str(row["id"]), row) for row in found]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f'{self._place} answered {answer[:80]!r}; expected JSON of the form {{"predictions": [{{"id": ..., "label": ...}}]}}'
            ) from error
        ids, asked = [id_ for id_, _ in rows], {question.id for question in batch}
        stray = [id_ for k, id_ in enumerate(ids) if id_ not in asked or id_ in ids[:k]]
        if stray:
            raise InputError(
                f'{self._place} answered "{stray[0]}", which it was not asked or has answered; expected one answer a question'
            )
        return dict(rows)

    def _post(self, body: bytes) -> tuple[bytes | None, str]:
        """The answer, or `None` and why there is none."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token_env:
            headers["Authorization"] = f"Bearer {os.environ[self.token_env]}"
        fault = ""
        for attempt in range(self.n_retries + 1):
            request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310 - http or https, checked above
            wait = min(LONGEST_WAIT_S, 0.5 * 2**attempt) * (0.5 + random.random() / 2)  # noqa: S311 - jitter
            try:
                with OPENER.open(request, timeout=self.timeout_s) as response:
                    answer = response.read(LARGEST + 1)
                    if len(answer) > LARGEST:
                        return None, f"{self._place} answered more than {LARGEST} bytes"
                    return answer, ""
            except urllib.error.HTTPError as error:
                fault = f"{self._place} answered {error.code} {error.reason}"
                if error.code in FOR_ALL:
                    raise InputError(
                        f"{fault}; expected a service that takes questions there: see system.url and system.token_env"
                    ) from error
                if error.code not in AGAIN:
                    return None, fault
                wait = max(wait, _retry_after(error.headers.get("Retry-After")))
            except (urllib.error.URLError, HTTPException, OSError) as error:
                fault = (
                    f"{self._place} gave no answer: {getattr(error, 'reason', None) or error or type(error).__name__}"
                )
            if attempt < self.n_retries:
                time.sleep(wait)
        return None, f"{fault} ({self.n_retries + 1} attempts)"


def _retry_after(value: str | None) -> float:
    """Seconds; 0 where the header is missing or is a date."""
    try:
        return min(LONGEST_WAIT_S, max(0.0, float(value or 0)))
    except ValueError:
        return 0.0
