"""Asks a GGUF model inside this process, through llama.cpp: no server to start, no network, no torch.

    LlamaCpp("model.gguf").complete([Message(role="user", content="...")], answer_schema(labels))

Answers do not depend on what was asked before: temperature 0 or a seed, one slot, and the prompt cache is off, since llama.cpp does
not promise the same bits from a prefix that it restores.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness.client import ClientError, Completion, LabelScores
from harness.errors import InputError
from harness.packaged_model import PackagedModel
from harness.schema import Message

N_FIRST_LOOK = 1000  # tokens that are listed with their log-probabilities: 2,000 cost nothing that can be measured
N_WHOLE_VOCABULARY = 10_000_000  # all 49,152 of SmolLM2 cost a second


@dataclass(frozen=True)
class LlamaCpp:
    """One model in memory, loaded at the first question and freed with this object.

    One thread, because llama.cpp's threads spin while they wait: on a busy machine two are slower. `context` and `max_tokens` are
    in tokens; llama.cpp rounds the context up to a multiple of 256.
    """

    model: str | PackagedModel
    context: int = 2048
    threads: int = 1
    seed: int = 0
    max_tokens: int = 256
    """Of a generated answer, which its schema ends much sooner."""
    temperature: float = 0
    """0 takes the likeliest token; above it, tokens are drawn, by `seed` and the number of the sample."""

    @property
    def name(self) -> str:
        """The model file's name."""
        return Path(self.model.file if isinstance(self.model, PackagedModel) else self.model).stem

    def fingerprint(self) -> dict[str, Any]:
        """All that an answer depends on besides the request itself: what the cache goes by."""
        if isinstance(self.model, PackagedModel):
            file: Any = self.model.sha256
        else:
            stat = self._path.stat()
            file = [str(self._path.resolve()), stat.st_size, stat.st_mtime_ns]
        parameters = {
            "context": self.context,
            "threads": self.threads,
            "seed": self.seed,
            "max_tokens": self.max_tokens,
        } | ({"temperature": self.temperature} if self.temperature else {})
        return {"provider": "llama_cpp", "version": version("xllamacpp"), "model": file} | parameters

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], sample: int = 0) -> Completion:
        """An answer, token by token, that the schema allows; raises ClientError, and InputError without a model."""
        form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema), "strict": True}}
        drawn = {"temperature": self.temperature, "seed": self.seed + sample}
        reply, seconds = self._ask(messages, max_tokens=self.max_tokens, response_format=form, **drawn)
        return Completion(**_common(reply), seconds=seconds)

    def score_labels(self, messages: Sequence[Message], labels: Sequence[str]) -> LabelScores:
        """The exact log-probability of each label as the first token; each must be one token, such as a letter.

        A label that is not among the likeliest tokens is looked up in the whole vocabulary. Raises InputError if it is not there.
        """
        reply, seconds = self._ask(messages, max_tokens=1, n_probs=N_FIRST_LOOK)
        found = _log_probabilities(reply, labels)
        if len(found) < len(labels):
            reply, again = self._ask(messages, max_tokens=1, n_probs=N_WHOLE_VOCABULARY)
            found, seconds = _log_probabilities(reply, labels), seconds + again
        if missing := [label for label in labels if label not in found]:
            raise InputError(
                f"{self._path} has no single token for {', '.join(missing)}; expected one each: use answer=json"
            )
        return LabelScores(**_common(reply), seconds=seconds, log_probabilities=found)

    def _ask(self, messages: Sequence[Message], **options: Any) -> tuple[dict[str, Any], float]:
        """The server's reply and the seconds that it took."""
        server = self._server  # loaded before the clock starts
        chat = [message.model_dump() for message in messages]
        fixed = {"temperature": 0, "seed": self.seed, "cache_prompt": False}
        start = time.perf_counter()
        try:
            reply: dict[str, Any] = server.handle_chat_completions({"messages": chat, **fixed, **options})
        except (ValueError, RuntimeError) as error:
            raise ClientError(f"llama.cpp refused the request: {error}") from error
        if "error" in reply:
            raise ClientError(f"llama.cpp gave no answer: {reply['error']['message']}")
        return reply, time.perf_counter() - start

    @cached_property
    def _path(self) -> Path:
        path = self.model.path() if isinstance(self.model, PackagedModel) else Path(self.model)
        if not path.is_file():
            raise InputError(f"{path} is no file; expected a model in GGUF: set client.model to its path")
        with path.open("rb") as file:
            if (start := file.read(4)) != b"GGUF":
                raise InputError(f"{path} starts with {start!r}; expected a model in GGUF, which starts with b'GGUF'")
        return path

    @cached_property  # writes to __dict__, which a frozen dataclass allows; it is no field, so equality and repr ignore it
    def _server(self) -> Any:
        try:
            import xllamacpp
        except ImportError as error:
            raise InputError("xllamacpp is not installed; run `pip install 'veristance[embedded]'`") from error
        try:
            server = self._load(xllamacpp, verbosity=0)
        except RuntimeError as error:
            raise InputError(f"{self._path} cannot be loaded: {self._reason(xllamacpp)}") from error
        # A server that is freed before its loop runs waits for ever; an answer shows that the loop runs.
        server.handle_completions({"prompt": ".", "max_tokens": 1})
        return server

    def _load(self, xllamacpp: Any, verbosity: int) -> Any:
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(self._path)
        parameters.n_ctx = self.context
        parameters.n_parallel = 1
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = self.threads
        parameters.cache_ram_mib = 0
        parameters.fit_params = False  # it would shrink the context where memory is short, without a word
        parameters.verbosity = verbosity
        # xllamacpp opens a port on the loopback interface, unasked; nobody knows this key, so nobody else can use it.
        parameters.api_keys = [secrets.token_hex()]
        return xllamacpp.Server(parameters)

    def _reason(self, xllamacpp: Any) -> str:
        """Why loading failed: llama.cpp tells its log alone, so it tries again while C code writes into a file that we read."""
        kept = os.dup(2)
        with tempfile.TemporaryFile("w+", errors="replace") as log:
            os.dup2(log.fileno(), 2)
            try:
                self._load(xllamacpp, verbosity=1)
            except RuntimeError:
                time.sleep(0.1)  # the log is written by another thread
            finally:
                os.dup2(kept, 2)
                os.close(kept)
            log.seek(0)
            return next((line.partition(" E ")[2].strip() for line in log if " E " in line), "no reason given")


def _common(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that every answer has."""
    choice, usage = reply["choices"][0], reply["usage"]
    return {
        "raw": choice["message"]["content"] or "",
        "n_tokens_in": usage["prompt_tokens"],
        "n_tokens_out": usage["completion_tokens"],
        "finish_reason": choice["finish_reason"],
    }


def _log_probabilities(reply: Mapping[str, Any], labels: Sequence[str]) -> dict[str, float]:
    """Those of the labels that are listed: of "A" and " A" the likelier, whichever way the model writes a first word."""
    listed: dict[str, float] = {}
    for token in reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]:  # the likeliest first
        listed.setdefault(token["token"].strip(), token["logprob"])
    return {label: listed[label] for label in labels if label in listed}
