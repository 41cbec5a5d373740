"""Commands in processes that are forked with the frameworks loaded, so that starting one costs a second, not ten.

Forked from a process that has imported Dagster, dbt, Great Expectations and DuckDB, and neither Polars nor anything of
ours: Polars starts threads where it is imported, which a fork would lose. What belongs here: starting such a command,
and what may befall it from inside: a signal at one of its steps, a limit on the size of its files.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

_PRELOADED = ["dagster", "dagster_dbt", "dbt.cli.main", "dbt.adapters.duckdb", "great_expectations", "typer", "rich"]
#: What changes the names in a folder, as Python tells its hooks. DuckDB's and SQLite's own files are not among them.
_STEPS = ("os.rename", "os.symlink", "os.link", "os.remove", "os.mkdir", "os.rmdir")

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(_PRELOADED)


def start(
    arguments: list[str],
    log: Path,
    steps: Path | None = None,
    stop: tuple[int, int] | None = None,
    most_bytes: int | None = None,
) -> BaseProcess:
    """Start `paperhouse` with arguments, in a session of its own; what it says is added to the log.

    Args: steps is a file that gets a byte per step; stop is a signal and the number of the step before which the
    process sends it to itself; most_bytes is the size beyond which no file of it can grow.
    """
    process = _context.Process(target=_run, args=(arguments, log, steps, stop, most_bytes))
    process.start()
    return process


def _run(
    arguments: list[str], log: Path, steps: Path | None, stop: tuple[int, int] | None, most_bytes: int | None
) -> None:
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(written, 1)
    os.dup2(written, 2)
    if most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    if steps or stop:
        _watch(steps, stop)
    sys.argv = ["paperhouse", *arguments]
    from paperhouse.commands import door

    door.main()


def _watch(steps: Path | None, stop: tuple[int, int] | None) -> None:
    told = os.open(steps, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if steps else None
    count = 0

    def hear(event: str, _: object) -> None:
        nonlocal count
        if event in _STEPS:
            if stop and count == stop[1]:
                os.kill(os.getpid(), stop[0])
            if told is not None:
                os.write(told, b".")
            count += 1

    sys.addaudithook(hear)
