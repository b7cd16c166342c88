"""What must not leave this machine: secrets, personal data, and the text of articles beyond what the policy allows.

Patterns find what looks like a secret or a person's address or number; they cannot find all of it, and what they find is told by kind
and place, never in full.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.publish.article_words import ArticleWords, strings
from harness.publish.rows import read_rows

# Formats that their issuers document, so that a match is hardly ever anything else.
SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "a hub token": re.compile(r"\bhf_[A-Za-z0-9]{30,}\b"),
    "an OpenAI key": re.compile(r"\bsk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,}"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    "an AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a signed token (JWT)": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "a password in a URL": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@[\w.-]+"),
    "a key that is set": re.compile(
        r"(?i)\b(?:api[_-]?key|secret|passwd|password|access[_-]?token)\b[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9+/_-]{16,}"
    ),
}
PERSONAL = {
    "an e-mail address": re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"),
    "a telephone number": re.compile(r"(?<![\w.-])\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){6,12}(?![\w-])"),
    "an account number (IBAN)": re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    "an address on the internet (IP)": re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w.])"),
    "a card number": re.compile(r"(?<![\w-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?![\w-])"),
    "a social security number": re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"),
}  # fmt: skip
# An address of four digits and three dots; nothing that is looked for is shorter.
SHORTEST_FINDING = 7


@dataclass(frozen=True)
class Text:
    """A text that would be published, and where it stands."""

    file: str
    """The file's path in the repository."""
    where: str
    """Row and column, or line."""
    column: str
    """The column, or empty in a text file."""
    words: str
    """The text."""


def texts(folder: Path) -> Iterator[Text]:
    """Every text of a tree that is to be published; of a table cell by cell."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet":
            for row in read_rows(path):
                for column, value in row.items():
                    for words in strings(value):
                        yield Text(name, f"row {row.get('id') or row.get('item')!r}, {column}", column, words)
        else:
            yield Text(name, "its text", "", path.read_text("utf-8"))


def findings(folder: Path, words: ArticleWords, *, withheld: bool) -> list[str]:
    """What must not leave, one sentence each; `withheld` says that no eight words of an article may stand outside claims' texts."""
    found = []
    for text in texts(folder):
        if len(text.words) < SHORTEST_FINDING:
            continue
        for what, pattern in (*SECRETS.items(), *PERSONAL.items()):
            match = pattern.search(text.words)
            if match and _meant(what, match[0]):
                found.append(f"{text.file}, {_place(text, match.start())}: {what} ({match[0][:4]}...)")
        if withheld and not is_claim_text(text):
            runs = words.repeated(text.words)
            if runs:
                found.append(
                    f"{text.file}, {_place(text, runs[0].start)}: words of {runs[0].article}, {runs[0].at} to {runs[0].until}"
                )
    return found


def is_claim_text(text: Text) -> bool:
    """Whether it is the wording of a claim, which is ours however close it is to the article's."""
    return text.column == "text" and text.file.startswith("data/claims/")


def _place(text: Text, at: int) -> str:
    return text.where if text.column else f"line {text.words.count(chr(10), 0, at) + 1}"


def _meant(what: str, found: str) -> bool:
    """Whether what has the form is the thing: a card number has its check digit, and an address is one that a person may have."""
    if what == "an address on the internet (IP)":
        return ipaddress.ip_address(found).is_global
    return what != "a card number" or _luhn(found)


def _luhn(number: str) -> bool:
    digits = [int(c) for c in number if c.isdigit()][::-1]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0
