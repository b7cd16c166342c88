"""A verb as a Hydra app: overrides, sweeps and launchers are Hydra's; errors become one sentence and an exit code."""

from __future__ import annotations

import importlib
import json
import logging
import os
import re
import sys
import tempfile
import traceback
from pathlib import Path

from harness import paths
from harness.errors import ConfigError, VeristanceError

# A job of a sweep may run in another process; it tells the sweep what it made by one line in the file named here.
JOURNAL = "VERISTANCE_SWEEP_JOURNAL"

log = logging.getLogger(__name__)


def run(verb: str, overrides: list[str]) -> int:
    """Run `configs/<verb>.yaml` with overrides; gives the exit code and prints errors to standard error."""
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    job = importlib.import_module(f"harness.command.{verb}").job
    debug = "debug=true" in overrides
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises, and we do the telling.
    os.environ["PYTHONHASHSEED"] = os.environ.get("PYTHONHASHSEED", "0")
    if any(override.startswith("+allow=") for override in overrides):
        sys.path.insert(0, os.getcwd())  # noqa: PTH109 - a user's own system lies where the user stands
    sys.argv = [f"veristance {verb}", *overrides]
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ[JOURNAL] = str(Path(folder, "journal.jsonl"))
            hydra.main(version_base="1.3", config_path=str(paths.configs()), config_name=verb)(job)()
    except VeristanceError as error:
        return _told(error, debug, str(error), error.exit_code)
    except (HydraException, OmegaConfBaseException) as error:
        return _told(error, debug, _one_sentence(error), ConfigError.exit_code)
    except KeyboardInterrupt:
        print("veristance: interrupted; the same command goes on where it stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the outermost edge: no traceback reaches a user unasked
        what = f"{type(error).__name__}: {_one_sentence(error)}"
        return _told(error, debug, f"this is a fault of ours ({what}); debug=true shows where, please report it", 1)
    return 0


def note_sweep(runs_dir: Path, folder: Path) -> None:
    """Add the run of a sweep's job to `runs_dir/last-sweep.json`; outside a sweep it does nothing."""
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from harness.run import write

    if HydraConfig.get().mode is not RunMode.MULTIRUN:
        return
    journal = Path(os.environ[JOURNAL])
    with journal.open("a", encoding="utf-8") as file:
        file.write(
            json.dumps({"job": HydraConfig.get().job.num, "run": folder.relative_to(runs_dir).as_posix()}) + "\n"
        )
    entries = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    write(
        runs_dir / "last-sweep.json",
        json.dumps(sorted(entries, key=lambda e: e["job"]), indent=2, sort_keys=True) + "\n",
    )


def _told(error: BaseException, debug: bool, sentence: str, exit_code: int) -> int:
    if debug:
        traceback.print_exception(error)
    print(f"veristance: {sentence}", file=sys.stderr)
    return exit_code


def _one_sentence(error: BaseException) -> str:
    text = str(error)
    if error.__cause__ is not None and str(error.__cause__) not in text:
        text = f"{text}: {error.__cause__}"
    text = re.sub(r"\s*\n\s*(full_key|object_type|reference_type)[^\n]*", "", text)
    text = re.sub(r"\s*Config search path:.*", "", text, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "; ", re.sub(r":?\s*\n\t", ", ", re.sub(r"':\n\t", "': ", text.strip())))
