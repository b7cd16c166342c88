"""What a configuration means, whatever its files are called: a path to something that answers depend on counts by its content.

A class that reads such a file has a classmethod `fingerprint`, which takes the constructor's arguments that it names (paths) and gives
a sha256. In the identity of a run these arguments give way to that hash.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from typing import Any

from harness.instantiate import ALLOWED


def fingerprinted(node: Any) -> Any:
    """A copy of a resolved configuration with every such path replaced by `sha256`; raises InputError where a file is not there."""
    if isinstance(node, list | tuple):
        return [fingerprinted(child) for child in node]
    if not isinstance(node, Mapping):
        return node
    made = {key: fingerprinted(child) for key, child in node.items()}
    target = str(node.get("_target_", ""))
    if target.split(".", maxsplit=1)[0] not in ALLOWED[:1]:
        return made
    module, _, name = target.rpartition(".")
    made_by: Any = getattr(importlib.import_module(module), name, None)
    # A client's `fingerprint` is what the cache goes by: a method of the object, and none of its class.
    if not isinstance(inspect.getattr_static(made_by, "fingerprint", None), classmethod):
        return made
    reader = made_by.fingerprint
    paths = [name for name in inspect.signature(reader).parameters if name in node]
    digest = reader(**{name: node[name] for name in paths})
    return {key: value for key, value in made.items() if key not in paths} | {"sha256": digest}
