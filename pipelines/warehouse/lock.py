"""The lock that keeps two builds of one warehouse apart.

What belongs here: taking and giving back the lock. DuckDB's own lock covers a single connection; a build opens several,
and dbt's in between.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import WarehouseBusyError


@contextmanager
def hold(file: Path) -> Iterator[None]:
    """Hold a lock file for the length of the block. Raises WarehouseBusyError at once where another process has it."""
    with file.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise WarehouseBusyError(
                f"Another build is writing {file.parent} (process {holder}). "
                "Wait for it to end, or choose another folder with --warehouse."
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
