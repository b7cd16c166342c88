"""Logs of other harnesses on our questions, as answers: id, the messages, and what the model said, word for word.

lm_eval      samples_<task>_<time>.jsonl (--log_samples)
inspect      a .json log, or an .eval archive
promptfoo    the JSON of `promptfoo eval --output results.json`; each test's vars hold the question's id as `id`
"""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import ConfigError, InputError
from harness.schema import Message

# The number of the method in a zip archive.
ZSTANDARD = 93


@dataclass(frozen=True)
class Answer:
    """What a model gave for one question."""

    id: str
    """The question's id."""
    dataset: str | None
    """The data that the question was exported from; `None` where the log does not say."""
    messages: tuple[Message, ...]
    """What was sent."""
    raw: str | None
    """The answer; `None` where asking failed or letters were scored."""
    log_probabilities: tuple[float, ...] | None = None
    """Of each label's letter, in the schema's order."""
    n_tokens_in: int | None = None
    """Prompt tokens."""
    n_tokens_out: int | None = None
    """Generated tokens."""
    cut_off: bool = False
    """Whether the answer ended at the token limit."""
    error: str | None = None
    """Why there is no answer."""


@dataclass(frozen=True)
class Log:
    """A log that was read."""

    model: str
    """The model's name, as the log says it."""
    answers: tuple[Answer, ...]
    """In the log's order."""


def read(kind: str, path: Path) -> Log:
    """Read a log of the harness `kind`; raises InputError where it is none, or answers a question twice."""
    if kind not in READERS:
        raise ConfigError(f"from is {kind!r}; expected {', '.join(READERS)}")
    try:
        log = READERS[kind](path)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error}); expected a log of {kind}") from error
    except (KeyError, TypeError, IndexError, AttributeError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path} is no log of {kind} on an exported task ({type(error).__name__}: {error}); expected {EXPECTED[kind]}"
        ) from error
    if not log.answers:
        raise InputError(f"{path} holds no answer; expected {EXPECTED[kind]}")
    seen: set[str] = set()
    for answer in log.answers:
        if answer.id in seen:
            raise InputError(
                f'{path} answers "{answer.id}" twice; expected one answer to each question: one model, one prompt, one epoch'
            )
        seen.add(answer.id)
    return log


def _lm_eval(path: Path) -> Log:
    answers = []
    for line in path.read_bytes().splitlines():
        row = json.loads(line)
        doc, first = row["doc"], row["arguments"]
        sent = first["gen_args_0"]["arg_0"] if isinstance(first, dict) else first[0][0]
        said, letters = row["resps"][0][0], None
        if not isinstance(said, str):  # a log-likelihood for each choice
            letters, said = tuple(float(choice[0][0]) for choice in row["resps"]), None
        answers.append(Answer(str(doc["id"]), doc.get("dataset"), _sent(sent), said, letters))
    # The model stands in the results beside the samples.
    stem = path.stem.rpartition("_")[2]
    beside = path.with_name(f"results_{stem}.json")
    model = json.loads(beside.read_text("utf-8")).get("model_name") if beside.is_file() else None
    return Log(str(model or path.parent.name or "lm_eval"), tuple(answers))


def _sent(value: Any) -> tuple[Message, ...]:
    """Chat messages as lm-eval keeps them: JSON in a list of one, or the bare prompt."""
    text = value[0] if isinstance(value, list) else value
    try:
        found = json.loads(text)
        return tuple(Message(role=message["role"], content=message["content"]) for message in found)
    except (ValueError, KeyError, TypeError):
        return (Message(role="user", content=str(text)),)


def _inspect(path: Path) -> Log:
    header, samples = _eval(path) if path.suffix == ".eval" else _whole(path)
    if len({sample.get("epoch", 1) for sample in samples}) > 1:
        raise ValueError("it has several epochs")
    return Log(str(header["eval"]["model"]), tuple(map(_sample, samples)))


def _whole(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    log = json.loads(path.read_text("utf-8"))
    return log, log["samples"]


def _eval(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        names = sorted(name for name in entries if name.startswith("samples/"))
        header, *samples = (json.loads(_unpacked(archive, entries[name])) for name in ("header.json", *names))
    return header, samples


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An entry's bytes; inspect packs them by Zstandard, which `zipfile` learns only in Python 3.14."""
    if entry.compress_type != ZSTANDARD:
        return archive.read(entry)
    import pyarrow as pa

    file = archive.fp
    if file is None:
        raise ValueError("the archive is closed")
    file.seek(entry.header_offset + 26)
    n_name, n_extra = struct.unpack("<HH", file.read(4))
    file.seek(n_name + n_extra, 1)
    packed = file.read(entry.compress_size)
    try:
        return bytes(pa.decompress(packed, decompressed_size=entry.file_size, codec="zstd", asbytes=True))
    except pa.ArrowException as error:
        raise ValueError(f"{entry.filename} cannot be unpacked: {error}") from error


def _sample(sample: dict[str, Any]) -> Answer:
    given, output = sample["input"], sample.get("output") or {}
    messages = [{"role": "user", "content": given}] if isinstance(given, str) else given
    choice = (output.get("choices") or [{}])[0]
    usage, error = output.get("usage") or {}, sample.get("error")
    return Answer(
        id=str(sample["id"]),
        dataset=(sample.get("metadata") or {}).get("dataset"),
        messages=tuple(Message(role=m["role"], content=_text(m["content"])) for m in messages),
        raw=_text(choice["message"]["content"]) if choice and not error else None,
        n_tokens_in=usage.get("input_tokens"),
        n_tokens_out=usage.get("output_tokens"),
        cut_off=choice.get("stop_reason") in {"max_tokens", "model_length"},
        error=str(error["message"]) if error else None,
    )


def _text(content: Any) -> str:
    """The words of a message; reasoning and pictures are no answer."""
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part.get("type") == "text")


def _promptfoo(path: Path) -> Log:
    rows = json.loads(path.read_text("utf-8"))["results"]
    rows = rows["results"] if isinstance(rows, dict) else rows
    models = {str(_provider(row)) for row in rows}
    if len(models) > 1:
        raise ValueError(f"it has {len(models)} providers: {', '.join(sorted(models))}")
    return Log(models.pop() if models else "promptfoo", tuple(map(_result, rows)))


def _provider(row: dict[str, Any]) -> Any:
    provider = row.get("provider")
    return provider.get("label") or provider.get("id") if isinstance(provider, dict) else provider


def _result(row: dict[str, Any]) -> Answer:
    response, variables = row.get("response") or {}, row.get("vars") or row["testCase"]["vars"]
    output, usage = response.get("output"), response.get("tokenUsage") or {}
    # promptfoo reads an answer that is JSON; it is put down as JSON again.
    raw = output if isinstance(output, str) or output is None else json.dumps(output)
    failed = response.get("error") or (row.get("error") if raw is None else None)
    return Answer(
        id=str(variables["id"]),
        dataset=variables.get("dataset"),
        messages=_sent(row["prompt"]["raw"]),
        raw=None if failed else raw,
        n_tokens_in=usage.get("prompt"),
        n_tokens_out=usage.get("completion"),
        cut_off=response.get("finishReason") == "length",
        error=str(failed) if failed else ("no output" if raw is None else None),
    )


READERS: dict[str, Callable[[Path], Log]] = {"inspect": _inspect, "lm_eval": _lm_eval, "promptfoo": _promptfoo}
EXPECTED = {
    "inspect": "a .json log or an .eval archive of a task that `veristance export to=inspect` wrote",
    "lm_eval": "the samples_*.jsonl that --log_samples writes, of a task that `veristance export to=lm_eval` wrote",
    "promptfoo": "the JSON of `promptfoo eval --output results.json`, with the question's id as the variable `id`",
}


def lines(answers: tuple[Answer, ...]) -> Iterator[str]:
    """The answers as JSON Lines, by id: what a run of them is made of."""
    for answer in sorted(answers, key=lambda answer: answer.id):
        row = {key: value for key, value in answer.__dict__.items() if key not in {"messages", "dataset"}}
        messages = [message.model_dump() for message in answer.messages]
        yield json.dumps(row | {"messages": messages}, sort_keys=True, ensure_ascii=False)
