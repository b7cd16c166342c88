"""A transformers model from a folder or a hub: weights as safetensors alone, no code of strangers, a revision that is pinned."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import ConfigError, InputError

PICKLED = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Checkpoint:
    """A model and its tokenizer."""

    model: str
    """A folder, or an id of the hub such as `organisation/name`."""
    revision: str | None = None
    """The commit of the hub's repository, 40 hexadecimal digits: a branch or a tag may move. `None` for a folder."""

    def __post_init__(self) -> None:
        if Path(self.model).is_dir():
            self._folder(Path(self.model))
        elif not HUB_ID.fullmatch(self.model):
            raise InputError(
                f"there is no folder {self.model}; expected one with config.json and model.safetensors, or a hub id"
            )
        elif not re.fullmatch("[0-9a-f]{40}", self.revision or ""):
            raise ConfigError(
                f"{self.model} is no folder here, and its revision on the hub is {self.revision!r}; "
                "expected the commit, 40 hexadecimal digits, so that the weights cannot change"
            )

    @staticmethod
    def _folder(folder: Path) -> None:
        if not (folder / "config.json").is_file():
            raise InputError(f"{folder} has no config.json; expected the folder of a transformers model")
        if not any(folder.glob("*.safetensors")):
            pickled = sorted(file.name for kind in PICKLED for file in folder.glob(kind))
            raise InputError(
                f"{folder} has {f'pickled weights ({pickled[0]}) and ' if pickled else ''}no *.safetensors; "
                "expected weights as safetensors, since loading a pickle runs whatever code is in it"
            )

    @classmethod
    def content_hash(cls, model: str, revision: str | None = None) -> str:
        """The sha256 of a folder's configuration, tokenizer and weights; of id and revision for the hub."""
        cls(model, revision)
        digest = hashlib.sha256(f"{model}@{revision}".encode() if not Path(model).is_dir() else b"")
        for file in sorted(Path(model).glob("*")) if Path(model).is_dir() else []:
            if file.suffix in {".safetensors", ".json", ".txt", ".model"}:
                with file.open("rb") as stream:
                    digest.update(f"{file.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
        return digest.hexdigest()

    def tokenizer(self) -> Any:
        """The tokenizer."""
        return self._load("AutoTokenizer")

    def weights(self, kind: str, **settings: Any) -> Any:
        """The model by a class of transformers (`AutoModel`, `AutoModelForSequenceClassification`), ready to predict."""
        return self._load(kind, use_safetensors=True, **settings).eval()

    def _load(self, kind: str, **settings: Any) -> Any:
        transformers = imported()
        try:
            return getattr(transformers, kind).from_pretrained(
                self.model, revision=self.revision or "main", trust_remote_code=False, **settings
            )
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self.model} cannot be loaded as {kind}: {' '.join(str(error).split())[:300]}; expected a transformers model "
                "with safetensors and no code of its own, in a folder, or on the hub while there is a network"
            ) from error


def imported() -> Any:
    """The module transformers; raises InputError where it or torch is not installed."""
    try:
        import torch
        import transformers
    except ImportError as error:
        raise InputError(
            f'{error.name} is not installed, and this system needs it: pip install "veristance[transformers]"'
        ) from error
    assert torch  # noqa: S101 - transformers imports without it, and then has no models
    module: Any = transformers
    module.logging.set_verbosity_error()
    module.utils.logging.disable_progress_bar()
    return module


def label_ids(config: Any, wanted: Mapping[str, tuple[str, ...]], model: str) -> dict[str, int]:
    """The column of each wanted label, found by its names in the model's `id2label`, whatever their order.

    Raises ConfigError where a name is missing, as it is in a head that only has LABEL_0, LABEL_1.
    """
    known = {str(name).lower().replace("-", "_"): int(k) for k, name in config.id2label.items()}
    found = {label: next((known[n] for n in names if n in known), None) for label, names in wanted.items()}
    if missing := [label for label, k in found.items() if k is None]:
        raise ConfigError(
            f"{model} has the labels {', '.join(map(str, config.id2label.values()))} and none of them is {missing[0]}; "
            "expected a model whose config names its labels: map them by system.names, such as "
            f"'system.names={{{missing[0]}: [LABEL_0]}}', if you know what they mean"
        )
    return {label: k for label, k in found.items() if k is not None}
