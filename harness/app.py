"""A verb as a Hydra app: overrides, sweeps and launchers are Hydra's; errors become one sentence and an exit code."""

from __future__ import annotations

import difflib
import importlib
import json
import os
import re
import sys
import tempfile
import traceback
from itertools import islice
from pathlib import Path
from typing import Any

from harness import paths
from harness.errors import ConfigError, VeristanceError
from harness.jsonl import read_lines

# A job of a sweep may run in another process; it tells the sweep what came of it by one line in the file named here.
JOURNAL = "VERISTANCE_JOURNAL"
INTERRUPTED = 130
NOBODY_READS = 141  # as a shell tells of SIGPIPE
WITH_A_VALUE = {
    "--config-dir",
    "-cd",
    "--config-name",
    "-cn",
    "--config-path",
    "-cp",
    "--package",
    "-p",
    "--cfg",
    "-c",
    "--experimental-rerun",
}


def run(verb: str, overrides: list[str]) -> int:
    """Run `configs/<verb>.yaml` with overrides; gives the exit code and prints errors to standard error.

    A job that fails does not stop the other jobs of its sweep; the exit code is then the greatest of theirs.
    """
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    debug = "debug=true" in overrides
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises, and we do the telling.
    if any(override.startswith("+allow=") for override in overrides):
        sys.path.insert(0, str(Path.cwd()))  # A user's own system lies where the user stands.
    sys.argv = [f"veristance {verb}", *flags_first(overrides)]

    def job(config: Any) -> None:
        try:
            importlib.import_module(f"harness.command.{verb}").job(config)
        except BrokenPipeError:  # whoever read what we print has read enough: `veristance runs | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            _note({"exit_code": NOBODY_READS})
        except Exception as error:  # noqa: BLE001 - the outermost edge: no traceback reaches a user unasked
            _note({"exit_code": _told(error, debug)})

    with tempfile.TemporaryDirectory() as folder:
        os.environ[JOURNAL] = str(Path(folder, "journal.jsonl"))
        try:
            hydra.main(version_base="1.3", config_path=str(paths.configs()), config_name=verb)(job)()
        except (HydraException, OmegaConfBaseException) as error:
            return _told(ConfigError(_in_words(error, verb)), debug)
        except KeyboardInterrupt:
            print("veristance: interrupted; the same command goes on where it stopped", file=sys.stderr)
            return INTERRUPTED
        return max((int(entry.get("exit_code", 0)) for entry in _journal()), default=0)


def flags_first(words: list[str]) -> list[str]:
    """Hydra's flags, each with its value, before the settings: its parser takes no setting after a flag that follows a setting."""
    flags, settings, last, left = list[str](), list[str](), list[str](), iter(words)
    for word in left:
        if word in {"--info", "-i"}:  # it may have a value, and would take a setting for it
            last += [word]
        elif word in WITH_A_VALUE:
            flags += [word, *islice(left, 1)]
        else:
            (flags if word.startswith("-") else settings).append(word)
    return [*flags, *settings, *last]


def note_sweep(runs_dir: Path, folder: Path) -> None:
    """Add the run of a sweep's job to `runs_dir/last-sweep.json`; outside a sweep it does nothing."""
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from harness.run import write

    if HydraConfig.get().mode is not RunMode.MULTIRUN:
        return
    _note({"job": HydraConfig.get().job.num, "run": folder.relative_to(runs_dir).as_posix()})
    made = sorted((entry for entry in _journal() if "run" in entry), key=lambda entry: entry["job"])
    write(runs_dir / "last-sweep.json", json.dumps(made, indent=2, sort_keys=True) + "\n")


def _note(entry: dict[str, Any]) -> None:
    with Path(os.environ[JOURNAL]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def _journal() -> list[dict[str, Any]]:
    return read_lines(Path(os.environ[JOURNAL]))


def _told(error: Exception, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    if isinstance(error, VeristanceError):
        print(f"veristance: {error}", file=sys.stderr)
        return error.exit_code
    what = f"{type(error).__name__}: {_flat(str(error))}"
    print(f"veristance: this is a fault of ours ({what}); debug=true shows where, please report it", file=sys.stderr)
    return VeristanceError.exit_code


def _in_words(error: Exception, verb: str) -> str:
    """Hydra's message in one sentence; a key that is misspelt is told with the nearest that is not."""
    text = str(error)
    if error.__cause__ is not None and str(error.__cause__) not in text:
        text = f"{text}: {error.__cause__}"
    misspelt = re.search(r"Could not override '([\w.]+)'", text)
    if misspelt is None or misspelt[1] in _settings():
        return _flat(re.sub(r"\s*(Config search path:|See https?://).*", "", text, flags=re.DOTALL))
    near = difflib.get_close_matches(misspelt[1], _settings(), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "expected one of these:"
    return f"{misspelt[1]!r} is no setting of {verb}; {hint} `veristance {verb} --cfg job` prints them all"


def _settings() -> list[str]:
    files = [*paths.configs().glob("*.yaml"), *paths.configs().glob("*/*.yaml")]
    keys = {key for file in files for key in re.findall(r"^([a-z]\w*):", file.read_text("utf-8"), re.MULTILINE)}
    return sorted(keys | {folder.name for folder in paths.configs().iterdir() if folder.is_dir()})


def _flat(text: str) -> str:
    """Several lines as one: a list by commas, other lines by semicolons."""
    text = re.sub(r"\s*\n\s*(full_key|object_type|reference_type)[^\n]*", "", text.strip())
    return re.sub(r"\s*\n\s*", "; ", re.sub(r"\n\t", ", ", re.sub(r"':\n\t", "': ", text)))
