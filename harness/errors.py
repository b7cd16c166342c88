"""The errors that a user may see, and the exit code that each one ends with.

VeristanceError                 anything that is ours to explain
├── InputError            (2)   what the user gave is wrong: a row, a file, a name, an override
│   └── ConfigError       (2)   a configuration that cannot be composed or made
├── BelowBarError         (3)   everything worked and the result is below the bar that was asked for
└── MissingRowsError      (4)   everything worked and some questions have no answer

The message is one sentence: what was found, where (file, line, id), what was expected, what to do.
"""

from __future__ import annotations

from typing import ClassVar


class VeristanceError(Exception):
    """An error of ours; its text is one sentence for a user."""

    exit_code: ClassVar[int] = 1


class InputError(VeristanceError):
    """What the user gave is wrong: a row, a file, a name, an override."""

    exit_code = 2


class ConfigError(InputError):
    """A configuration that cannot be composed, is not allowed, or does not fit its constructor."""


class BelowBarError(VeristanceError):
    """The result is below the bar that was asked for."""

    exit_code = 3


class MissingRowsError(VeristanceError):
    """Some questions ended without an answer; the same command asks them again."""

    exit_code = 4
