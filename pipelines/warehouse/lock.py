"""The lock that keeps two builds of one warehouse apart.

What belongs here: taking and giving back the lock. DuckDB's own lock covers a single connection; a build opens several,
and dbt's in between; and Dagster's run history, which is no DuckDB file, is written from the first moment.
"""

from __future__ import annotations

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


def _open(file: Path) -> TextIO:
    try:
        return file.open("a+", encoding="ascii", errors="replace")
    except OSError as error:
        raise WarehouseNotWritableError(
            f"The lock {file} cannot be opened: {error.strerror}. It has to be a file that you may write; it holds "
            "nothing but the number of the process that builds."
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
