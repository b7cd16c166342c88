"""`dataset/source/about.json`: what is said of the dataset as a whole, by hand, for Croissant, citation and archive."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from harness.errors import InputError
from harness.record import Record, in_words

Words = Annotated[str, Field(min_length=1)]


class About(Record):
    """The file's fields."""

    title: Words
    """The title in citations."""
    description: Words
    """A paragraph."""
    keywords: tuple[Words, ...]
    """Search words."""
    creators: Annotated[tuple[Words, ...], Field(min_length=1)]
    """Who made it, as they want to be cited."""
    published_on: date
    """The day of this version."""
    licence_url: Words
    """The licence of labels and claims; LICENSE says what it does not cover."""
    canary: Words
    """A string that no training data should hold."""
    rai: dict[str, Words | tuple[Words, ...]]
    """Fields of Croissant's RAI vocabulary 1.0, without their prefix."""


def read(path: Path) -> About:
    """The file; raises InputError naming it and the field."""
    try:
        return About.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"{path} is missing; expected title, description, creators, ... of the dataset") from None
    except ValidationError as error:
        raise InputError(f"{path} {in_words(error)}") from error
