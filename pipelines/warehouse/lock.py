"""The lock that keeps two builds of one warehouse apart.

What belongs here: taking and giving back the lock. DuckDB's own lock covers a single connection; a build opens several,
and dbt's in between; and Dagster's run history, which is no DuckDB file, is written from the first moment. A second
lock is of the pipeline's own file alone: a backup takes it between two steps of a build, which then waits for the copy.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TextIO

from .connections import name_process
from .errors import WarehouseBusyError, WarehouseNotWritableError

#: Lock files that this very flow of control holds: a build holds its warehouse before its run asks for it.
_HELD: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())
#: Seconds within which whoever has just taken the lock has written its number into the file.
_NAMING_PATIENCE = 1.0


@contextmanager
def hold(file: Path, wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold a lock file for the length of the block; a block inside that asks for the same file has it already.

    Args: wait is told who has it, before the lock is waited for however long that takes.

    Raises WarehouseBusyError at once where another process has it and wait is not given, WarehouseNotWritableError
    where the file cannot be opened.
    """
    if file in _HELD.get():
        yield
        return
    with _open(file) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            busy = f"Another build is writing {file.parent}: {_read_holder(handle)}."
            if wait is None:
                raise WarehouseBusyError(
                    f"{busy} Wait for it to end (`paperhouse build --wait` does), or choose another folder with "
                    "--warehouse."
                ) from None
            wait(busy)
            fcntl.flock(handle, fcntl.LOCK_EX)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        token = _HELD.set(_HELD.get() | {file})
        try:
            yield
        finally:
            _HELD.reset(token)


@contextmanager
def using(file: Path) -> Iterator[None]:
    """Use what a lock file stands for, beside any number of others; waits while somebody has it alone."""
    with _open(file) as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


@contextmanager
def using_alone(file: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Keep all others from what a lock file stands for; wait is told once where it has to be waited for."""
    with _open(file) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def find_holder(file: Path) -> str:
    """Who holds a lock file now, in words; nothing where nobody does. Nothing is made, and nothing waited for."""
    try:
        if not file.is_file():
            return ""
        with file.open(encoding="ascii", errors="replace") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        with file.open(encoding="ascii", errors="replace") as handle:
            return _read_holder(handle)
    except OSError:
        pass
    return ""


def _open(file: Path) -> TextIO:
    try:
        if file.exists() and not file.is_file() and not file.is_dir():
            raise OSError(errno.EINVAL, "it is no regular file")
        return file.open("a+", encoding="ascii", errors="replace")
    except OSError as error:
        raise WarehouseNotWritableError(
            f"The lock {file} cannot be opened: {error.strerror}. It has to be a file that you may write; it holds "
            "nothing but the number of the process that has it."
        ) from None


def _read_holder(handle: TextIO) -> str:
    """The process that has the lock; it may be writing its number this moment."""
    give_up_at = time.monotonic() + _NAMING_PATIENCE
    while True:
        handle.seek(0)
        if (holder := handle.read().strip()).isdigit():
            return name_process(holder)
        if time.monotonic() > give_up_at:
            return name_process(None)
        time.sleep(0.02)
