"""Asks any server that speaks OpenAI's API, over aiohttp with kept connections.

    OpenAI("http://127.0.0.1:8080/v1", "my-model", api_key_env="MY_KEY")

The configuration holds the name of the environment variable with the key. The key itself is read when the session opens, goes into
one header, and is taken out of whatever the server sends back, before anything can write it down.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import ValidationError

from harness.client import ClientError, Completion, FaultError, LabelScores, Request
from harness.client.logprobs import label_scores
from harness.errors import ConfigError, InputError
from harness.record import in_words

if TYPE_CHECKING:
    import aiohttp

REPEATABLE = {408, 409, 429}  # and 5xx; any other 4xx says that the request itself is wrong
N_LISTED = 20  # the most log-probabilities a step that OpenAI's API gives
KEY_TOO_SHORT = 8  # "none" or "EMPTY" is a placeholder of a local server; to blot it out would spoil answers
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HIDDEN = b"[key]"
CREDENTIALS = re.compile(r"//[^/@\s']*@")  # of an address: name and password


@dataclass(frozen=True)
class OpenAI:
    """One model on one server; `extra` is sent in the body as it is."""

    base_url: str
    model: str
    api_key_env: str | None = None
    api: Literal["chat", "completions"] = "chat"
    temperature: float | None = 0
    max_tokens: int | None = 256
    max_tokens_field: str = "max_tokens"
    seed: int | None = 0
    reasoning_effort: str | None = None
    structured: Literal["json_schema", "json_object", "none"] = "json_schema"
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.model:
            raise ConfigError("client.model is not set; expected the model as the server names it: client.model=NAME")
        if not re.match(r"https?://[^/@?#]+(/[^@?#]*)?$", self.base_url):
            raise ConfigError(
                "client.base_url is no address such as https://host/v1; a user name, a key or a query in it is refused, "
                "since it would be written into the run: name the key's variable in client.api_key_env"
            )
        # What is not a name may be the key itself, and is not repeated here.
        if self.api_key_env is not None and (
            not VARIABLE.fullmatch(self.api_key_env) or self.api_key_env.startswith("sk_")
        ):
            raise ConfigError(
                "client.api_key_env is no name of an environment variable; expected the name, such as OPENAI_API_KEY, "
                "and never the key"
            )
        for what, value, choices in (
            ("api", self.api, ("chat", "completions")),
            ("structured", self.structured, ("json_schema", "json_object", "none")),
        ):
            if value not in choices:
                raise ConfigError(f'client.{what} is "{value}"; expected {" or ".join(choices)}')

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.base_url.rstrip('/')}/{'chat/completions' if self.api == 'chat' else 'completions'}"

    def key(self) -> str | None:
        """The key, from the environment; raises InputError where its variable is not set."""
        if self.api_key_env is None:
            return None
        key = os.environ.get(self.api_key_env, "").strip()
        if not key:
            raise InputError(
                f"the environment variable {self.api_key_env} is not set; expected the key of {self.base_url}: "
                f"export {self.api_key_env}=..., or set client.api_key_env to another name, or to null"
            )
        return key

    @asynccontextmanager
    async def session(self, timeout_s: float) -> AsyncIterator[OpenAISession]:
        """Open connections, kept from one request to the next; `timeout_s` is for one request."""
        try:
            import aiohttp
        except ImportError as error:
            raise InputError("aiohttp is not installed; run `pip install 'veristance[api]'`") from error
        key = self.key()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),  # the engine limits
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=30),
            headers=headers,
            proxy=_proxy(self.url),  # looked up once: `trust_env` does it in a thread for each request
        ) as http:
            yield OpenAISession(self, http, timeout_s, key.encode() if key and len(key) >= KEY_TOO_SHORT else None)

    def parameters(self) -> dict[str, Any]:
        """The body's fields that are the same for every request."""
        given = {
            "model": self.model,
            "temperature": self.temperature,
            self.max_tokens_field: self.max_tokens,
            "reasoning_effort": self.reasoning_effort,
        }
        return {name: value for name, value in given.items() if value is not None} | dict(self.extra)

    def fingerprint(self) -> dict[str, Any]:
        """All that an answer depends on besides the request itself: what the cache goes by."""
        return {
            "provider": "openai",
            "url": self.url,
            "seed": self.seed,
            "structured": self.structured,
        } | self.parameters()

    def body(self, request: Request) -> dict[str, Any]:
        """What is sent, without the key."""
        body = self.parameters()
        if self.seed is not None:
            body["seed"] = self.seed + request.sample
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        if self.api == "chat":
            body["messages"] = messages
        else:
            body["prompt"] = "\n\n".join(message["content"] for message in messages) + "\n"
        if request.labels is not None:
            body[self.max_tokens_field] = 1
            body |= {"logprobs": True, "top_logprobs": N_LISTED} if self.api == "chat" else {"logprobs": N_LISTED}
        elif request.schema is not None and self.structured == "json_schema":
            form = {"name": "answer", "schema": dict(request.schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        elif request.schema is not None and self.structured == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body


@dataclass(frozen=True)
class OpenAISession:
    """The open connections to one server."""

    client: OpenAI
    http: aiohttp.ClientSession
    timeout_s: float
    secret: bytes | None

    async def send(self, request: Request) -> Completion:
        """What came; raises FaultError, ClientError, or InputError for what fails every request."""
        body = json.dumps(self.client.body(request)).encode()
        start = time.perf_counter()
        status, headers, data = await self._exchange(body)
        if self.secret is not None and self.secret in data:
            data = data.replace(self.secret, HIDDEN)
        if status != 200:
            raise _refusal(status, headers, data, self.client)
        try:
            reply = json.loads(data)
            choice = reply["choices"][0]
            common = _common(reply, choice, time.perf_counter() - start)
            if request.labels is None:
                return Completion(**common)
            return LabelScores(**common, log_probabilities=label_scores(choice, request.labels))
        except ValidationError as error:
            raise FaultError(f"the server's answer is no completion: its {in_words(error)}") from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise FaultError(f"the server's answer is no completion ({type(error).__name__}: {error})") from error

    async def _exchange(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        from aiohttp import ClientError as BrokenConnection

        try:
            async with asyncio.timeout(self.timeout_s), self.http.post(self.client.url, data=body) as response:
                return response.status, response.headers, await response.read()
        except TimeoutError as error:
            raise FaultError(f"no answer within {self.timeout_s:g} s") from error
        except (BrokenConnection, OSError) as error:
            # The words may hold a proxy's address, and that a password.
            told = CREDENTIALS.sub("//", str(error))
            raise FaultError(f"the connection broke ({type(error).__name__}: {told})") from error


def _proxy(url: str) -> str | None:
    """The proxy that HTTPS_PROXY and its like name for an address."""
    split = urlsplit(url)
    if proxy_bypass(split.hostname or ""):
        return None
    return getproxies().get(split.scheme)


def _common(reply: Mapping[str, Any], choice: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The fields that every answer has."""
    message, usage = choice.get("message"), reply.get("usage") or {}
    text = choice["text"] if message is None else message.get("content")
    if not isinstance(text, str | None):
        raise TypeError("the content is no text")
    said = message or {}
    return {
        "raw": _text(text) or "",
        "n_tokens_in": usage.get("prompt_tokens"),
        "n_tokens_out": usage.get("completion_tokens"),
        "seconds": round(seconds, 4),
        "finish_reason": choice.get("finish_reason") or "unknown",
        # vLLM and DeepSeek call it reasoning_content, OpenRouter and Ollama reasoning.
        "reasoning": _text(said.get("reasoning_content") or said.get("reasoning")),
        "refusal": _text(said.get("refusal")),
    }


def _text(value: object) -> str | None:
    """A text that a file can hold: half a surrogate pair is no character, and can be in JSON all the same."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) and value else None


def _refusal(status: int, headers: Mapping[str, str], data: bytes, client: OpenAI) -> Exception:
    """What a status other than 200 means for this request, or for all of them."""
    said = _message(data)
    what = f"the server answered {status}" + (f" ({said})" if said else "")
    if status in {401, 403}:
        variable = client.api_key_env or "client.api_key_env, which names none"
        return InputError(f"{client.url}: {what}; expected a key that it takes: see {variable}")
    if status in {402, 404} or (status == 429 and b"insufficient_quota" in data):
        return InputError(f"{client.url}: {what}; see client.base_url, client.model, and the account")
    if status in REPEATABLE or status >= 500:
        return FaultError(what, after_s=_retry_after(headers), limited=status == 429)
    return ClientError(what)


def _message(data: bytes) -> str:
    """The error's own words, shortened."""
    try:
        error = json.loads(data)["error"]
        said = error if isinstance(error, str) else error["message"]
    except (ValueError, LookupError, TypeError):
        said = data[:200].decode(errors="replace")
    return " ".join((_text(str(said)) or "").split())[:200]


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `Retry-After` (seconds or a date, RFC 9110 section 10.2.3) or `retry-after-ms`."""
    if (exact := headers.get("retry-after-ms", "")).isdigit():
        return int(exact) / 1000
    given = headers.get("retry-after")
    if given is None:
        return None
    try:
        seconds = float(given)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
