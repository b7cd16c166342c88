"""Where the shipped configurations and the shipped dataset are: in a wheel under `_shipped/`, else in the checkout."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError

PACKAGE = Path(__file__).resolve().parent
# A wheel carries both folders inside the package; an editable install and a checkout have them beside it.
SHIPPED = PACKAGE / "_shipped" if (PACKAGE / "_shipped").is_dir() else PACKAGE.parent


def configs() -> Path:
    """The absolute path of the shipped `configs/`."""
    return SHIPPED / "configs"


def dataset() -> Path:
    """The absolute path of the shipped `dataset/`."""
    return SHIPPED / "dataset"


def checkout() -> Path:
    """The root of the checkout, which alone holds `seeds/` and `dataset/source/`.

    Raises InputError in an install from a wheel.
    """
    if SHIPPED != PACKAGE.parent:
        raise InputError(
            f"{SHIPPED} is an installed package and holds no seeds/; expected a checkout of the project: "
            "run this command in a clone of it"
        )
    return SHIPPED
