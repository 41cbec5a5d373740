"""Units of systemd and files for containers, ready to use: webserver, daemon, and a timer that builds.

What belongs here: filling the templates beside this module, and having systemd judge what came of it.
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from string import Template

from ..files import write_whole
from ..warehouse.folder import Warehouse
from ..warehouse.settings import PAGES_VARIABLE, WAREHOUSE_VARIABLE

_TEMPLATES = Path(__file__).with_name("templates")
#: What a manager of a user's own needs to confine a service, and what only the system's can do beside.
_MORE = {
    True: "PrivateUsers=yes",
    False: "CapabilityBoundingSet=\nPrivateDevices=yes\nProtectClock=yes\nProtectHostname=yes\n"
    "ProtectKernelLogs=yes\nProtectKernelModules=yes\nProtectProc=invisible",
}
_STAYS = "Type=exec\nRestart=on-failure\nRestartSec=10"


class ServiceError(RuntimeError):
    """Units could not be made, or systemd does not take them; the message says why."""


def write_units(warehouse: Warehouse, target: Path, is_user: bool, calendar: str, port: int) -> list[Path]:
    """Write the units for a warehouse into a folder: of a user's own manager, or of the system's.

    Args: calendar is when to build, as OnCalendar= takes it; port is the webserver's, on loopback; the one behind it
    shows reports and check pages.

    Raises ServiceError for a folder that no unit can name, OSError where the target cannot be written.
    """
    folder = str(warehouse.folder)
    if not folder.isprintable() or '"' in folder or "\\" in folder:
        raise ServiceError(f"{folder!r} cannot be named in a unit; move the warehouse to a plainer path.")
    goes_on = f"\n[Install]\nWantedBy={'default' if is_user else 'multi-user'}.target"
    address = ["-h", "127.0.0.1", "-p", str(port)]
    services = {
        "webserver": (
            "the UI on 127.0.0.1",
            _STAYS,
            ["dagster-webserver", "-m", "paperhouse.definitions", *address],
            goes_on,
        ),
        "daemon": (
            "sensors, schedules and queued runs",
            _STAYS,
            ["dagster-daemon", "run", "-m", "paperhouse.definitions"],
            goes_on,
        ),
        "build": ("one build", "Type=oneshot", ["paperhouse", "build", "--wait"], ""),
    }
    written = {}
    for name, (what, kind, command, install) in services.items():
        begin = [sys.executable, "-P", "-m", "paperhouse.upkeep.begin", *command]
        values = {
            "what": what,
            "kind": kind,
            "command": " ".join(_quote(word).replace("$", "$$") for word in begin),
            "folder": _quote(folder),
            "folder_plain": folder.replace("%", "%%"),
            "environment": _quote(f"{WAREHOUSE_VARIABLE}={folder}"),
            "pages": f"{PAGES_VARIABLE}=http://127.0.0.1:{port + 1}",
            "tmp": "no" if warehouse.folder.is_relative_to(tempfile.gettempdir()) else "yes",
            "owner": "" if is_user else f"User={getpass.getuser()}",
            "more": _MORE[is_user],
            "install": install,
        }
        written[f"paperhouse-{name}.service"] = _fill("unit.ini", values)
    written["paperhouse-build.timer"] = _fill("timer.ini", {"calendar": calendar})
    return _write(target, written)


def write_container_files(target: Path, port: int) -> list[Path]:
    """Write a Containerfile and a compose file into a folder. Raises OSError where it cannot be written."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    files = {
        "Containerfile": _fill("Containerfile", {"python": python}),
        "compose.yaml": _fill("compose.yaml", {"port": str(port), "pages": str(port + 1)}),
    }
    return _write(target, files)


def judge_units(units: list[Path], is_user: bool) -> str:
    """What `systemd-analyze verify` says of units, in one sentence. Raises ServiceError where it does not take them."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return "They were not checked: systemd-analyze is not here."
    command = [program, *(["--user"] if is_user else []), "--man=no", "verify", *map(str, units)]
    # A manager of a user's own asks for a folder that is there while somebody is logged in; any will do to read units.
    environment = {"XDG_RUNTIME_DIR": tempfile.gettempdir(), **os.environ}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    # It loads what the machine has beside them; only what it says of ours counts.
    names = [unit.name for unit in units]
    said = [line for line in (done.stdout + done.stderr).splitlines() if any(name in line for name in names)]
    if said:
        raise ServiceError(f"systemd-analyze does not take them: {' '.join(said[:3])}")
    if done.returncode:
        return f"They could not be checked: {' '.join((done.stderr or done.stdout).split()) or 'no reason was given'}"
    return "systemd-analyze verify: nothing to say against them."


def _fill(name: str, values: Mapping[str, str]) -> str:
    text = Template((_TEMPLATES / name).read_text(encoding="utf-8")).substitute(values)
    lines = text.splitlines()
    # What was filled with nothing leaves no blank line behind another.
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line.strip() or before.strip()]
    return "\n".join(kept).strip() + "\n"


def _write(target: Path, files: Mapping[str, str]) -> list[Path]:
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        write_whole(target / name, text.encode())
    return [target / name for name in files]


def _quote(word: str) -> str:
    """A word as a unit's line takes it: no specifier, and one word whatever blanks it has."""
    word = word.replace("%", "%%")
    return f'"{word}"' if any(character.isspace() or character in ";'" for character in word) else word
