"""A first guess at the map of a file: how it is written, which column is what, which label is which. It is there to be mended."""

from __future__ import annotations

import codecs
import csv
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.dataset.column import AbsentError, column, plain, whole
from harness.dataset.mapping import OURS
from harness.dataset.rows import Format, opened, rows
from harness.errors import InputError
from harness.label import Task
from harness.record import in_words

LOOKED_AT = 1 << 17  # bytes that the form is guessed from
N_ROWS = 2000  # rows that the columns are guessed from
MOST_LABELS = 12
# Names that published datasets give their columns, the likeliest first.
NAMES = {
    "claim": (
        "claim",
        "claim_text",
        "statement",
        "claimheadline",
        "headline",
        "hypothesis",
        "target",
        "sentence",
        "text",
        "title",
    ),
    "gold": (
        "gold",
        "label",
        "gold_label",
        "verdict",
        "stance",
        "veracity",
        "rating",
        "claim_label",
        "truth",
        "class",
        "target",
        "answer",
    ),
    "id": ("id", "claim_id", "claimid", "uid", "example_id", "index"),
    "cluster": ("cluster", "topic", "event", "claimid", "claim_id", "story"),
    "split": ("split", "fold", "partition", "subset"),
    "date": ("claim_date", "date", "published_on", "published"),
}
TEXTS = (
    "evidence",
    "passage",
    "articlebody",
    "body",
    "premise",
    "context",
    "document",
    "abstract",
    "evidencetext",
    "sourcetext",
    "articletext",
    "article",
    "articleheadline",
    "answer",
    "text",
)
MEANT = {
    Task.VERACITY: {
        "supported": r"(mostly[-_ ]?)?true|support(s|ed)?|correct|entail(s|ed|ment)?|yes|real|verified",
        "refuted": r"(barely|mostly)?[-_ ]?(true|false)|refute[sd]?|contradict(s|ed|ion)?|no|fake|pants[-_ ]?(on[-_ ]?)?fire|incorrect|debunked",
        "conflicting": r"half[-_ ]?true|mixed|mixture|disputed|conflicting.*|partly[-_ ]?(true|false)|misleading",
        "not_enough_evidence": r"nei|not[-_ ]?enough[-_ ]?(info|information|evidence)|unknown|neutral|unverified|unproven|no[-_ ]?evidence",
    },
    Task.STANCE: {
        "agree": r"agree[sd]?|for|favou?r|support(s|ing|ed)?|pro|entail(s|ment)?",
        "disagree": r"disagree[sd]?|against|den(y|ies)|refute[sd]?|con|contradict(s|ion)?",
        "discuss": r"discuss(es|ed)?|observing|comment|query|neutral|none|neither",
        "unrelated": r"unrelated|irrelevant|not[-_ ]?enough[-_ ]?info",
    },
}


def form(file: Path, given: Mapping[str, Any]) -> Format:
    """How the file is written: what is given, and for the rest what its beginning looks like."""
    told = {name: value for name, value in given.items() if value is not None}
    try:
        base = Format.model_validate(told)
        codecs.lookup(base.encoding)
    except ValidationError as error:
        raise InputError(f"format {in_words(error)}") from error
    except LookupError as error:
        raise InputError(f"format.encoding is {told['encoding']!r}; expected one that Python knows") from error
    if base.delimiter is not None and len(base.delimiter) != 1:
        raise InputError(f"format.delimiter is {base.delimiter!r}; expected a single character")
    kind = base.of(file)
    if kind not in {"csv", "tsv"}:
        return base
    try:
        with opened(file) as stream:
            start = stream.read(LOOKED_AT)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"path is {file}, which cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from error
    guessed: dict[str, Any] = {"encoding": told.get("encoding") or _encoding(start)}
    text = start.decode(guessed["encoding"], errors="replace")
    first = text.split("\n", maxsplit=1)[0]
    usual = "\t" if kind == "tsv" else ","
    if "delimiter" not in told and not first.count(usual):
        best = max((";", "\t", "|", ","), key=first.count)
        guessed["delimiter"] = best if first.count(best) else None
    made = base.model_copy(update=guessed)
    if "quoting" not in told and _merges(text, made.delimiter or usual):
        made = made.model_copy(update={"quoting": "none"})
    return made


def _encoding(start: bytes) -> str:
    for cut in range(4):  # the last character may be cut in two
        try:
            start[: len(start) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    return "latin-1"


def _merges(text: str, delimiter: str) -> bool:
    """Whether reading quotes swallows rows that stand apart, each with all its cells, when quotes are taken as they are."""
    lines = text.splitlines()[:-1]
    apart = [len(cells) for cells in csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)]
    return bool(apart) and len(set(apart)) == 1 and sum(1 for _ in csv.reader(lines, delimiter=delimiter)) < len(apart)


def columns(names: Sequence[str], given: Mapping[str, Any]) -> dict[str, str | None]:
    """Which column is what, each at most once; raises InputError where there is none for the claim or the gold."""
    made: dict[str, str | None] = {what: name for what, name in given.items() if name is not None}
    by_name = {re.sub(r"[^a-z_]", "", name.lower().replace(" ", "_")): name for name in reversed(names)}
    for what in ("gold", "claim", "id", "cluster", "split", "date"):
        free = [by_name[name] for name in NAMES[what] if name in by_name and by_name[name] not in made.values()]
        made.setdefault(what, free[0] if free else None)
    for what in ("claim", "gold"):
        if made[what] is None:
            raise InputError(
                f"no column looks like the {what}; expected columns.{what}=NAME with one of {', '.join(names)}"
            )
        if "." not in str(made[what]) and made[what] not in names:
            raise InputError(f"columns.{what} is {made[what]!r}; expected one of {', '.join(names)}")
    return made


def evidence(sample: Sequence[Mapping[str, Any]], taken: Sequence[str | None]) -> dict[str, Any] | None:
    """The layout of the evidence: a column of words, or the first nested list of objects or words."""
    row: dict[str, Any] = {}
    for one in sample:
        row |= {name: value for name, value in one.items() if value not in (None, "", [])}
    for name, value in row.items():
        if name in taken or not isinstance(value, list):
            continue
        if isinstance(value[0], str) and len(plain(value[0]).split()) > 2:
            return {"each": f"{name}[]", "text": "_"}
        if isinstance(value[0], Mapping):
            inner = value[0]
            lists = [n for n, v in inner.items() if isinstance(v, list) and v and isinstance(v[0], Mapping)]
            deep = dict(inner) | dict(inner[lists[0]][0] if lists else {})
            words = [n for n, v in deep.items() if isinstance(v, str) and n.lower() in {"question", *TEXTS}]
            if words:
                each = f"{name}[]" + (f".{lists[0]}[]" if lists else "")
                return {"each": each, "text": words[0] if len(words) == 1 else words}
    known = {name.lower().replace(" ", "").replace("_", ""): name for name in row if name not in taken}
    found = next((known[name] for name in TEXTS if name in known), None)
    return None if found is None else {"text": found}


def date_format(values: Sequence[str]) -> str | None:
    """How the dates are written: "" for ISO, `None` where no form fits all of them."""
    for form_ in ("", "%d-%m-%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%B %d, %Y"):
        try:
            for value in values:
                datetime.strptime(value, form_) if form_ else date.fromisoformat(value[:10])  # noqa: DTZ007 - a day, no time
        except ValueError:
            continue
        return form_
    return None


def labels(values: Sequence[str], task: Task, given: Mapping[Any, Any] | None) -> dict[str, str | None]:
    """Ours for each of the file's labels; `None` where a guess would be one."""
    told = {str(name): to for name, to in dict(given or {}).items()}
    return {value: told[value] if value in told else _ours(value, task) for value in values}


def _ours(value: str, task: Task) -> str | None:
    if value in OURS[task]:
        return value
    return next((ours for ours, words in MEANT[task].items() if re.fullmatch(words, value, re.IGNORECASE)), None)


def counted(file: Path, form_: Format, gold: str) -> tuple[Counter[str], list[dict[str, Any]], list[str]]:
    """How often each label occurs in the whole file, the first rows, and what is wrong with others. Raises InputError for too many."""
    get, counts = column(gold), Counter[str]()
    sample: list[dict[str, Any]] = []
    faults: list[str] = []
    for line, row in rows(file, form_):
        if isinstance(row, str):
            faults.append(f"{file} line {line} {row}")
            continue
        try:
            counts[whole(plain(get(row)))] += 1
        except AbsentError:
            counts[""] += 1
        if len(sample) < N_ROWS:
            sample.append(row)
        if len(counts) > MOST_LABELS * 20:
            break
    if len(counts) > MOST_LABELS * 2:
        raise InputError(f"column {gold!r} has more than {len(counts) - 1} different values, such as {', '.join(islice(counts, 3))}; "
                         "expected labels: give their column by columns.gold=NAME")  # fmt: skip
    return counts, sample, faults


def first(file: Path, form_: Format) -> list[dict[str, Any]]:
    """The first rows that can be read; raises InputError where there is none."""
    found = [row for _, row in islice(rows(file, form_), 50) if isinstance(row, dict)]
    if not found:
        raise InputError(
            f"{file} has no row that can be read; expected rows of columns: see format.* in `veristance map --help`"
        )
    return found
