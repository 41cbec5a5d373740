"""How DuckDB files of a warehouse are opened: for writing, for reading, within which memory, and what it means if not.

What belongs here: connections and their settings. Which file is which is `folder`, what is in them `tables`.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from .errors import WarehouseBusyError, WarehouseNotWritableError, WarehouseUnreadableError
from .settings import MEMORY_VARIABLE
from .tables import create_tables

#: The pipeline itself only appends, copies and checks, next to Polars and Great Expectations in one process; dbt
#: aggregates in a process of its own. MB for warehouses of up to 100,000 papers or so; see `memory_limit`.
BASE_MEMORY, DBT_BASE_MEMORY = 250, 600
#: Seconds to wait for a process that has the pipeline's own file open.
HOLDER_PATIENCE = 30.0

#: DuckDB's settings of a connection.
Settings = Mapping[str, str | bool | int | float | list[str]]


@contextmanager
def open_to_write(database: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The pipeline's own file with its tables, in one transaction: all of the block or nothing.

    Raises WarehouseBusyError where another process keeps the file open.
    """
    with _wait_for(database, settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("begin")
        try:
            create_tables(connection)
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")


@contextmanager
def open_to_read(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, read-only. External access is off, so a query can read it and nothing else on this machine.

    Raises WarehouseUnreadableError where it cannot be opened.
    """
    try:
        opened = duckdb.connect(str(database), read_only=True)
    except duckdb.Error as error:
        raise _explain_unreadable(database, error) from None
    with opened as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_external_access = false")
        yield connection


def memory_limit(database: Path, base: int, share: float = 1 / 3) -> str:
    """DuckDB's memory limit: what the environment says, else `base` MB, or a share of the database file.

    DuckDB spills most of what does not fit, but not all of it, and that part grows with the corpus: a million papers, a
    file of 5 GB, do not fit into 600 MB. It never is more than half of this machine's memory.
    """
    size = round(share * database.stat().st_size) if database.exists() else 0
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    grown = min(size, machine // 2) // 1_000_000
    return os.environ.get(MEMORY_VARIABLE, f"{max(base, grown)}MB")


def _explain_unreadable(path: Path, error: duckdb.Error) -> WarehouseUnreadableError | WarehouseNotWritableError:
    """What DuckDB says of a file it cannot open, and the ways out."""
    said = str(error).splitlines()[0].removeprefix("IO Error: ")
    if "Permission denied" in said or "Read-only file system" in said:
        return WarehouseNotWritableError(
            f"{said}. Give yourself the right to read and write {path}, or choose another folder with --warehouse."
        )
    return WarehouseUnreadableError(
        f"{path} cannot be opened: {said} Where a newer version of Paperhouse or DuckDB made it, use that version; "
        "where it is damaged, move it away and build again from the dumps."
    )


def literal(value: object) -> str:
    """A value's text as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def _wait_for(database: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the pipeline's own file, and wait for one who holds it: the dbt of a build that was killed ends soon."""
    give_up_at = time.monotonic() + HOLDER_PATIENCE
    while True:
        try:
            return duckdb.connect(str(database), config=dict(settings))
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise _explain_unreadable(database, error) from None
            if time.monotonic() > give_up_at:
                holder = re.search(r"PID (\d+)", str(error))
                raise WarehouseBusyError(
                    f"Process {holder[1] if holder else 'unknown'} has {database} open. End it, or wait for "
                    "it; to read, open paperhouse.duckdb beside it, which anybody may at any time."
                ) from None
            time.sleep(0.2)
