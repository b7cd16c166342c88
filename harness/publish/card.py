"""The card as it is published: its YAML front matter with features and sizes, and words that depend on where it goes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.publish.rows import read_table

FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
MARKED = re.compile(r"(<!-- published: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
TEXT = {
    "none": (
        "Of the articles' text nothing is given here: passages have `text: null` with offsets and sha256, and where a justification, a vote or "
        "the guidelines repeat eight words or more, the place stands instead (`⟦a1:120-185⟧`, code points). With your own copy of the articles "
        "`veristance rehydrate path=<folder> articles=<folder>` fills it all in and checks every sentence.\n"
    ),
    "quotes": (
        "Text is given for passages that a claim, a pair\nor a label uses; any other has `text: null` with offsets and sha256.\n"
    ),
    "full": "Text is given for every passage.\n",
}


def split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter and body of a card; raises InputError where there is no front matter that can be read."""
    import yaml

    match = FRONT.match(text)
    if match is None:
        raise InputError(
            "README.md does not begin with YAML front matter between two lines of ---; expected the hub's card"
        )
    try:
        front = yaml.load(match[1], Loader=_Unique)  # noqa: S506 - a SafeLoader that also refuses a key that stands twice
    except yaml.YAMLError as error:
        raise InputError(f"README.md has front matter that is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(front, dict):
        raise InputError(f"README.md has front matter that is a {type(front).__name__}; expected keys and values")
    return front, text[match.end() :]


def published(text: str, folder: Path, policy: str, repo: str | None, version: str) -> str:
    """The card for a tree of data files in `folder`: features and sizes in front, words on text and loading by policy and place."""
    import yaml

    front, body = split(text)
    front = {
        key: value for key, value in front.items() if key not in {"dataset_info", "configs", "size_categories"}
    } | {
        "size_categories": [size_category(sum(_rows(folder)))],
        "configs": front.get("configs", []),
    }
    front["dataset_info"] = infos(folder, front["configs"])
    parts = {"text": TEXT[policy], "load": _load(repo, version)}

    def made(match: re.Match[str]) -> str:
        if match[2] not in parts:
            raise InputError(f"the card has a marker published: {match[2]!r}; expected one of {', '.join(parts)}")
        return f"{match[1]}{parts[match[2]]}{match[3]}"

    dumped = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{dumped}---\n{MARKED.sub(made, body)}"


def infos(folder: Path, configs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The hub's `dataset_info`: of each config its features, rows and bytes of each split."""
    from datasets import Features
    from datasets.info import DatasetInfo, DatasetInfosDict
    from datasets.splits import SplitDict, SplitInfo
    from huggingface_hub import DatasetCardData

    made = {}
    for config in configs:
        splits, size, features = SplitDict(), 0, None
        for part in config["data_files"]:
            files = sorted(folder.glob(part["path"]))
            tables = [read_table(file) for file in files]
            if not tables:
                continue
            size += sum(file.stat().st_size for file in files)
            features = Features.from_arrow_schema(tables[0].schema)
            n_bytes = sum(table.nbytes for table in tables)
            splits.add(SplitInfo(part["split"], num_bytes=n_bytes, num_examples=sum(t.num_rows for t in tables)))
        whole = sum(split.num_bytes for split in splits.values())
        made[config["config_name"]] = DatasetInfo(
            features=features, splits=splits, download_size=size, dataset_size=whole
        )
    data = DatasetCardData()
    DatasetInfosDict(made).to_dataset_card_data(data)
    found = data.to_dict().get("dataset_info", [])
    return [found] if isinstance(found, dict) else list(found)


def size_category(n: int) -> str:
    """The hub's category for a number of rows."""
    names = ["n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B"]
    return next((name for k, name in enumerate(names) if n < 10 ** (k + 3)), "n>1B")


def _rows(folder: Path) -> list[int]:
    return [read_table(path).num_rows for path in sorted(folder.rglob("*.parquet"))]


def _load(repo: str | None, version: str) -> str:
    where = f'"{repo}"' if repo else '"<folder>"'
    at = f', revision="{version}"' if repo else ""
    return (
        "```python\nfrom datasets import load_dataset\n\n"
        f'claims = load_dataset({where}, "claims", split="test"{at})  # and "pairs", "passages", "votes"\n'
        'claims.features["veracity"].names\n```\n'
    )


def _unique(loader: Any, node: Any) -> dict[str, Any]:
    import yaml

    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise yaml.YAMLError(f"the key {twice!r} stands twice")
    return dict(zip(keys, (loader.construct_object(value, deep=True) for _, value in node.value), strict=True))


def _loader() -> Any:
    import yaml

    loader = type("Unique", (yaml.SafeLoader,), {})
    loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique)  # type: ignore[attr-defined]
    return loader


_Unique: Any = _loader()
