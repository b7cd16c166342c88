"""A Label Studio of one's own on 127.0.0.1: installed in an environment of its own, started, found again, stopped.

    serve(Path(".label-studio"), port=8321, command=None, install=True)

Label Studio's packages never meet ours. Its SQLite file, media and secret key lie in the folder that the user names; nothing is sent to its makers.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError

from harness import paths
from harness.errors import InputError
from harness.run import write

log = logging.getLogger(__name__)

RELEASE = "1.23.2"
HOST = "127.0.0.1"
# The first start makes the database: 86 s on two busy cores.
START_S, STOP_S, ASK_S = 600.0, 20.0, 5.0
QUIET = {
    "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
    "COLLECT_ANALYTICS": "false",
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_DEBUG": "false",
}


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    account: str | None
    """The first account's address, where this start made it."""
    password: str | None
    """Its password, where this start chose it: shown once and written nowhere."""


def serve(folder: Path, port: int, command: str | None = None, install: bool = False) -> Served:
    """Start Label Studio with its data in `folder`; one that runs there already is left as it is.

    The first account's address and password come from LABEL_STUDIO_USERNAME and LABEL_STUDIO_PASSWORD; without the latter one is drawn.
    Raises InputError where the port is taken, nothing is installed, or the server does not come up.
    """
    folder = folder.resolve()
    url = f"http://{HOST}:{port}"
    running = _state(folder)
    if running is not None and _alive(running):
        if running["port"] != port:
            raise InputError(
                f"{folder} is served at port {running['port']} already; expected one server a folder: stop it with do=stop"
            )
        return Served(url, None, None)
    _free(port)
    program = _program(command, install)
    fresh = not (folder / "label_studio.sqlite3").is_file()
    account = os.environ.get("LABEL_STUDIO_USERNAME", "admin@example.org") if fresh else None
    given = os.environ.get("LABEL_STUDIO_PASSWORD")
    password = (given or secrets.token_urlsafe(12)) if fresh else None
    environment = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("LABEL_STUDIO_USER", "LABEL_STUDIO_PASS", "LABEL_STUDIO_API"))
    }
    environment |= QUIET | {"LABEL_STUDIO_BASE_DATA_DIR": str(folder)}
    if account and password:
        environment |= {"LABEL_STUDIO_USERNAME": account, "LABEL_STUDIO_PASSWORD": password}
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = [str(program), "start", "--no-browser", "--internal-host", HOST, "--port", str(port)]
    with (folder / "server.log").open("ab") as file:
        process = subprocess.Popen(  # noqa: S603 - a program that the user installed
            words, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    write(folder / "server.json", json.dumps({"pid": process.pid, "port": port}) + "\n")
    log.info("Label Studio starts at %s (the first start makes its database, a minute or two)", url)
    _wait(process, url, folder)
    return Served(url, account, None if given else password)


def stop(folder: Path) -> bool:
    """End the server of a folder; gives whether one ran."""
    state = _state(folder.resolve())
    if state is None:
        return False
    ran = _alive(state)
    if ran:
        os.killpg(state["pid"], signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        while _alive(state) and time.monotonic() < deadline:
            time.sleep(0.1)
        if _alive(state):
            os.killpg(state["pid"], signal.SIGKILL)
    (folder / "server.json").unlink(missing_ok=True)
    return ran


def cache() -> Path:
    """Where the server's environment is kept, outside of any project."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "veristance"


def environment() -> Path:
    """The environment that `install` makes."""
    return cache() / f"label-studio-{RELEASE}-py{sys.version_info.major}.{sys.version_info.minor}"


def installed() -> Path:
    """Install Label Studio into `environment()` unless it is there; gives its program."""
    target = environment()
    program = target / "bin" / "label-studio"
    if (target / ".installed").is_file() and program.is_file():
        return program
    log.info("installing Label Studio %s into %s (1 GB, some minutes)", RELEASE, target)
    pins = paths.PACKAGE.parent / "requirements" / "label-studio.txt"
    constraints = ["-c", str(pins)] if pins.is_file() else []
    install = [
        str(target / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-input",
    ]
    for words in (
        [sys.executable, "-m", "venv", "--clear", str(target)],
        [*install, *constraints, f"label-studio=={RELEASE}"],
    ):
        made = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if made.returncode:
            last = (made.stderr.strip().splitlines() or ["no message"])[-1]
            raise InputError(
                f"Label Studio {RELEASE} could not be installed into {target} ({last[:300]}); install it yourself and name it: server=path/to/label-studio"
            )
    (target / ".installed").touch()
    return program


def _program(command: str | None, install: bool) -> Path:
    if command:
        found = shutil.which(command)
        if found is None:
            raise InputError(f"server={command} is no program; expected the path of label-studio")
        return Path(found)
    if (environment() / ".installed").is_file() or install:
        return installed()
    found = shutil.which("label-studio")
    if found is None:
        raise InputError(
            "Label Studio is not installed; do=serve install=true installs it into an environment of its own (1 GB), or name yours: server=path/to/label-studio"
        )
    return Path(found)


def _free(port: int) -> None:
    """Label Studio would move to the next port in silence."""
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65536:
        raise InputError(f"port is {port!r}; expected a whole number from 1 to 65535, such as port=8321")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(
                f"port {port} of {HOST} cannot be had ({error}); expected a free one: end what runs there, or choose another with port="
            ) from None


def _wait(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    deadline = time.monotonic() + START_S
    while not _up(url):
        code = process.poll()
        if code is not None or time.monotonic() > deadline:
            what = f"ended with code {code}" if code is not None else f"did not come up in {START_S:.0f} s"
            if code is None:
                stop(folder)
            raise InputError(f"Label Studio {what}; {folder / 'server.log'} says why")
        time.sleep(0.5)


def _up(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by a proxy: it is this machine
    try:
        with opener.open(f"{url}/health", timeout=ASK_S) as answer:
            return bool(json.loads(answer.read()).get("status") == "UP")
    except (URLError, OSError, ValueError):
        return False


def _state(folder: Path) -> dict[str, Any] | None:
    path = folder / "server.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def _alive(state: dict[str, Any]) -> bool:
    """Whether the process is there and is a Label Studio, for a number may be another program's after a restart.

    Asked of /proc where there is one, since slim containers have no `ps`; the command line of a process that has ended is empty there.
    """
    if Path("/proc/self/cmdline").is_file():
        try:
            return b"label-studio" in Path(f"/proc/{state['pid']}/cmdline").read_bytes()
        except OSError:
            return False
    shown = subprocess.run(  # noqa: S603
        ["ps", "-o", "stat=,command=", "-p", str(state["pid"])],  # noqa: S607
        capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    return "label-studio" in shown and not shown.startswith("Z")
