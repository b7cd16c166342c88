"""From a configuration to objects: one call, whose targets are held to an allowlist in code.

A `_target_` may name a class of ours or of scikit-learn. Other packages are allowed by `+allow=[package]` on the command line,
never by a file: a YAML from a stranger can make nothing that is not listed here.
"""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.errors import ConfigError, VeristanceError

ALLOWED = ("harness", "sklearn")


def resolved(config: Any) -> dict[str, Any]:
    """A composed configuration as plain dictionaries, interpolations filled in."""
    from omegaconf import MissingMandatoryValue, OmegaConf

    ours = OmegaConf.masked_copy(config, [key for key in config if key != "hydra"])
    try:
        plain: Any = OmegaConf.to_container(ours, resolve=True, throw_on_missing=True)
    except MissingMandatoryValue as error:
        raise ConfigError(f"{error.full_key} has no value; expected one: give it on the command line") from error
    return {str(key): value for key, value in plain.items()}


def make(config: Mapping[str, Any], allow: Sequence[str] = ()) -> dict[str, Any]:
    """Make every object of a resolved configuration; raises ConfigError naming the key that cannot be made."""
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate

    for key, node in targets(config):
        check(key, node, (*ALLOWED, *allow))
    try:
        made: dict[str, Any] = instantiate(dict(config), _convert_="all")
    except InstantiationException as error:
        if isinstance(error.__cause__, VeristanceError):  # our own sentence needs no words of Hydra's around it
            raise error.__cause__ from error
        raise ConfigError(f"{' '.join(str(error).split())}; {error.__cause__ or ''}".rstrip("; ")) from error
    return made


def targets(node: Any, key: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every mapping with a `_target_` below a node, with its dotted key."""
    if isinstance(node, Mapping):
        if "_target_" in node:
            yield key, node
        for name, child in node.items():
            yield from targets(child, f"{key}.{name}" if key else str(name))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for number, child in enumerate(node):
            yield from targets(child, f"{key}[{number}]")


def check(key: str, node: Mapping[str, Any], allowed: Sequence[str]) -> None:
    """Raise ConfigError unless the target is a class of an allowed package that takes these arguments."""
    name = node["_target_"]
    if not isinstance(name, str) or not _is_in(name, allowed):
        raise ConfigError(
            f"{key}._target_ is {name!r}; expected a class of {' or '.join(allowed)}: "
            f"a class of your own is allowed by '+allow=[{str(name).split('.', maxsplit=1)[0]}]' on the command line"
        )
    try:
        module, _, attribute = name.rpartition(".")
        target = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"{key}._target_ names {name}, which cannot be imported: {error}") from error
    # The name alone proves nothing: `harness.app.os.system` begins with an allowed package as well.
    if not inspect.isclass(target) or not _is_in(target.__module__, allowed):
        raise ConfigError(f"{key}._target_ names {name}, which is no class of {' or '.join(allowed)}")
    given = {k: v for k, v in node.items() if k not in {"_target_", "_convert_", "_recursive_"}}
    if "_args_" in given or "_partial_" in given:
        raise ConfigError(f"{key} holds _args_ or _partial_; expected the constructor's arguments by name")
    try:
        inspect.signature(target).bind(**given)
    except TypeError as error:
        raise ConfigError(f"{key} does not fit {name}: {error}; it takes {inspect.signature(target)}") from error
    bad = [k for k, v in given.items() if isinstance(v, float) and math.isnan(v)]
    if bad:
        raise ConfigError(f"{key}.{bad[0]} is not a number")


def _is_in(name: str, packages: Sequence[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
