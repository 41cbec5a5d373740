"""Commands in, wall time, CPU time and peak memory out. Which commands, and what they are compared for, is not here."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: The project's root: every command is run from here.
ROOT = Path(__file__).resolve().parent.parent
_LAUNCH = Path(__file__).with_name("launch.py")
#: Lines of a failed command's output that are shown.
_TAIL = 30


class CommandFailed(RuntimeError):
    """A measured command ended with an exit code other than 0; the message carries the end of its output."""


@dataclass(frozen=True)
class Usage:
    """What one command used: seconds on the clock, CPU seconds, and bytes of its largest process at its peak."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


def measure(
    command: Sequence[str],
    repeat: int = 1,
    before: Callable[[], None] | None = None,
    after: Callable[[Usage], None] | None = None,
) -> Usage:
    """Run a command one or more times, each time in a process of its own.

    Args:
        command: program and arguments.
        repeat: how often; the run of median wall time is returned.
        before: called before each run, unmeasured.
        after: called after each run with what it used.

    Raises:
        CommandFailed: a run ended with an exit code other than 0.
    """
    runs = []
    for _ in range(repeat):
        if before:
            before()
        runs.append(_run_once(command))
        if after:
            after(runs[-1])
    return sorted(runs, key=lambda usage: usage.wall_seconds)[(repeat - 1) // 2]


def _run_once(command: Sequence[str]) -> Usage:
    # Compiled modules may be kept, as on anybody's machine: without, every import costs its compilation.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory(prefix="paperhouse-measure-") as folder:
        report, log = Path(folder, "report.json"), Path(folder, "log.txt")
        launcher = [sys.executable, "-I", "-S", str(_LAUNCH), str(report), str(log), *command]
        exit_code = subprocess.run(launcher, cwd=ROOT, env=environment, check=False).returncode
        if exit_code != 0:
            shown = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            tail = "\n".join(shown.splitlines()[-_TAIL:])
            raise CommandFailed(f"{' '.join(command[:6])} ... ended with exit code {exit_code}:\n{tail}")
        measured = json.loads(report.read_text(encoding="utf-8"))
    del measured["exit_code"]
    return Usage(**measured)
