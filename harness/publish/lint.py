"""The hub's rules for a card's front matter, checked without the hub: what it would refuse, and what its viewer would not show.

Terms are those of the hub's documentation of dataset cards (November 2026); a term that it adds later is told as unknown, and is
added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.publish.card import infos, size_category
from harness.publish.rows import read_table


def _words(of: str) -> frozenset[str]:
    return frozenset(of.split())


LICENCES = _words(
    "apache-2.0 mit openrail bigscience-openrail-m bsd bsd-2-clause bsd-3-clause c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 "
    "cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 "
    "cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl epl-1.0 epl-2.0 "
    "eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc mpl-2.0 odc-by odbl pddl unlicense zlib other unknown"
)
TASKS = _words(
    "text-classification token-classification table-question-answering question-answering zero-shot-classification translation "
    "summarization feature-extraction text-generation fill-mask sentence-similarity text-retrieval text-ranking multiple-choice "
    "table-to-text tabular-classification tabular-regression other"
)
TASK_IDS = _words(
    "acceptability-classification entity-linking-classification fact-checking intent-classification language-identification "
    "multi-class-classification multi-label-classification multi-input-text-classification natural-language-inference "
    "semantic-similarity-classification sentiment-classification topic-classification semantic-similarity-scoring sentiment-scoring "
    "sentiment-analysis hate-speech-detection text-scoring document-retrieval fact-checking-retrieval entity-linking-retrieval "
    "utterance-retrieval closed-domain-qa open-domain-qa multiple-choice-qa extractive-qa"
)
MADE_BY = _words("found crowdsourced expert-generated machine-generated no-annotation other")
SOURCES = re.compile(r"original|extended(\|.+)?")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|multilingual|code")
SPLIT = re.compile(r"\w+(\.\w+)*")
CONFIG = re.compile(r"[\w.-]+")
VOCABULARIES = {
    "task_categories": TASKS, "task_ids": TASK_IDS, "annotations_creators": MADE_BY, "language_creators": MADE_BY,
}  # fmt: skip


def lint(front: Mapping[str, Any], folder: Path) -> list[str]:
    """What is wrong with the front matter of the card of `folder`, one sentence each; empty where nothing is."""
    return [*_terms(front), *_licence(front, folder), *_configs(front, folder), *_sizes(front, folder)]


def _terms(front: Mapping[str, Any]) -> Iterator[str]:
    for key in ("language", "license", "pretty_name", "size_categories", "task_categories", "configs", "dataset_info"):
        if not front.get(key):
            yield f"{key} is missing; the hub finds and shows a dataset by it"
    for language in _list(front.get("language")):
        if not isinstance(language, str) or not LANGUAGE.fullmatch(language):  # YAML reads a bare `no` as false
            yield f"language has {language!r}; expected an ISO 639 code such as en (in quotes, where YAML reads it otherwise)"
    for key, known in VOCABULARIES.items():
        for term in _list(front.get(key)):
            if term not in known:
                yield f"{key} has {term!r}; expected terms of the hub: {', '.join(sorted(known))}"
    for source in _list(front.get("source_datasets")):
        if not SOURCES.fullmatch(str(source)):
            yield f"source_datasets has {source!r}; expected original or extended|<dataset>"
    for tag in _list(front.get("tags")):
        if not isinstance(tag, str) or not tag.strip():
            yield f"tags has {tag!r}; expected words (in quotes, where YAML reads it otherwise)"


def _licence(front: Mapping[str, Any], folder: Path) -> Iterator[str]:
    for licence in _list(front.get("license")):
        if licence not in LICENCES:
            yield f"license has {licence!r}; expected an id of the hub's list, or other with license_name and license_link"
        if licence == "other":
            if not re.fullmatch(r"[a-z0-9.-]+", str(front.get("license_name", ""))):
                yield "license is other without a license_name of small letters, digits, dots and hyphens"
            link = str(front.get("license_link", ""))
            if not link.startswith("https://") and not (link and (folder / link).is_file()):
                yield f"license_link is {link!r}, which is no file beside the card and no https address"


def _configs(front: Mapping[str, Any], folder: Path) -> Iterator[str]:
    configs, seen = _list(front.get("configs")), set[str]()
    read = set[Path]()
    for config in configs:
        name = config.get("config_name") if isinstance(config, dict) else None
        if not isinstance(name, str) or not CONFIG.fullmatch(name) or name in seen:
            yield f"configs has config_name {name!r}; expected a name of its own for each"
            continue
        seen.add(name)
        parts = config.get("data_files")
        if (
            not isinstance(parts, list)
            or not parts
            or not all(isinstance(p, dict) and {"split", "path"} <= p.keys() for p in parts)
        ):
            yield f"config {name} has no list of data_files with split and path"
            continue
        splits = [str(part["split"]) for part in parts]
        for part in parts:
            if not SPLIT.fullmatch(str(part["split"])) or splits.count(str(part["split"])) > 1:
                yield f"config {name} has split {part['split']!r}; expected a word of its own for each"
            files = [path for pattern in _list(part["path"]) for path in folder.glob(str(pattern))]
            read |= set(files)
            if not files:
                yield f"config {name}, split {part['split']}: {part['path']} matches no file"
    defaults = [c.get("config_name") for c in configs if isinstance(c, dict) and c.get("default")]
    if len(configs) > 1 and (len(defaults) != 1 or defaults[0] != configs[0].get("config_name")):
        yield f"default is {defaults}; expected the first config, and it alone: the viewer opens with it"
    for path in sorted(set(folder.rglob("*.parquet")) - read):
        yield f"{path.relative_to(folder).as_posix()} is in no config, so that nobody would read it"


def _sizes(front: Mapping[str, Any], folder: Path) -> Iterator[str]:
    n = sum(read_table(path).num_rows for path in folder.rglob("*.parquet"))
    if _list(front.get("size_categories")) != [size_category(n)]:
        yield f"size_categories is {front.get('size_categories')}; expected [{size_category(n)}] for {n} rows"
    if any(True for _ in _configs(front, folder)):
        return
    expected = (
        {info["config_name"]: info for info in infos(folder, _list(front["configs"]))} if front.get("configs") else {}
    )
    given = {str(info.get("config_name")): info for info in _list(front.get("dataset_info")) if isinstance(info, dict)}
    for name, info in expected.items():
        for key, value in info.items():
            if given.get(name, {}).get(key) != value:
                yield f"dataset_info of {name} has another {key} than its files"


def _list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]
