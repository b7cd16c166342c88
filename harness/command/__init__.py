"""One module a verb: what Hydra calls with the composed configuration."""

from __future__ import annotations


def allowed() -> list[str]:
    """Packages that the command line allows by `+allow=[...]`; a file's own `allow` counts for nothing."""
    from hydra.core.hydra_config import HydraConfig
    from hydra.core.override_parser.overrides_parser import OverridesParser

    given = OverridesParser.create().parse_overrides(list(HydraConfig.get().overrides.task))
    values = [override.value() for override in given if override.key_or_group == "allow"]
    return [str(package) for value in values for package in (value if isinstance(value, list) else [value])]
