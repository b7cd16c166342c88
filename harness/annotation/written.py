"""Claims that were written on the server, as rows of `claims.jsonl`: extracted claims with the words that state them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.annotation.campaign import Campaign
from harness.annotation.exchange import write_lines
from harness.annotation.interface import CLAIMS
from harness.annotation.label_studio import Server
from harness.dataset.source import Source
from harness.errors import InputError
from harness.jsonl import read_lines
from harness.label import Content, Form, Origin


def gather(server: Server, campaign: Campaign) -> list[dict[str, Any]]:
    """The claims of the round's projects as new rows of `claims.jsonl`; one whose text is there already is left out. Nothing is written."""
    source, projects = campaign.source(), server.projects()
    rows = read_lines(_path(campaign))
    texts = {row["text"].casefold() for row in rows}
    number = max((int(m[1]) for row in rows if (m := re.fullmatch(r"vc-(\d+)", row["id"]))), default=0)
    added = []
    for _, _, title in campaign.among(list(projects)):
        if not title.endswith(f"-{CLAIMS}"):
            continue
        for claim in claims(title, server.export(projects[title], title), source):
            if claim["text"].casefold() in texts:
                continue
            texts.add(claim["text"].casefold())
            number += 1
            added.append({"id": f"vc-{number:04d}"} | claim)
    return added


def add(campaign: Campaign, made: Sequence[Mapping[str, Any]]) -> None:
    """Write new claims behind those of `claims.jsonl`."""
    if made:
        write_lines(_path(campaign), [*read_lines(_path(campaign)), *made])


def _path(campaign: Campaign) -> Path:
    return campaign.root / "dataset" / "source" / "claims.jsonl"


def claims(title: str, exported: Sequence[Mapping[str, Any]], source: Source) -> list[dict[str, Any]]:
    """The claims of one project, without ids; raises InputError for a mark without a claim, or one that does not fit its passage."""
    found = []
    for entry in sorted(exported, key=lambda e: str(e["data"].get("item"))):
        where, passage = f'project "{title}" task {entry.get("id")}', source.passages.get(entry["data"].get("item"))
        if passage is None or passage.text != entry["data"].get("text"):
            raise InputError(
                f"{where} is on another wording than seeds/ has; expected the same passage: push and write anew"
            )
        for annotation in entry["annotations"]:
            if not annotation.get("was_cancelled"):
                found += _written(where, passage.id, entry["data"]["text"], annotation["result"])
    return found


def _written(where: str, id_: str, text: str, parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    regions: dict[str, dict[str, Any]] = {}
    for part in parts:
        regions.setdefault(str(part.get("id")), {})[part["from_name"]] = part["value"]
    made = []
    for values in sorted(regions.values(), key=lambda v: v.get("form", {}).get("start", 0)):
        mark, words = values.get("form", {}), " ".join(values.get("claim", {}).get("text", ())).strip()
        form, content = (mark.get("labels") or [None])[0], (values.get("content", {}).get("choices") or [None])[0]
        if form not in set(Form) or content not in set(Content) or not words:
            raise InputError(
                f'{where} has a mark in "{id_}" with form {form!r}, content {content!r} and claim {words[:40]!r}; expected all three: choose and write them'
            )
        quote = text[mark["start"] : mark["end"]]
        if not quote or quote != mark.get("text", quote):
            raise InputError(
                f'{where} marks {str(mark.get("text"))[:60]!r} in "{id_}", where it does not stand; mark it again'
            )
        made.append(
            {
                "text": words, "origin": Origin.EXTRACTED.value, "edit": None, "parent": None, "form": form, "content": content,
                "spans": [{"passage": id_, "quote": quote.strip()}], "conflict_point": None,
            }
        )  # fmt: skip
    return made
