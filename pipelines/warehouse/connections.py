"""How DuckDB files of a warehouse are opened: for writing, for reading, within which memory, and what it means if not.

What belongs here: connections and their settings. Which file is which is `folder`, what is in them `tables`.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from .errors import (
    WarehouseInUseError,
    WarehouseNotWritableError,
    WarehouseUnavailableError,
    WarehouseUnreadableError,
)
from .migrations import FORMAT, find_format, record_format, refuse_newer, upgrade, write_marker
from .settings import read_memory_limit

#: The pipeline itself only appends, copies and checks, next to Polars and Great Expectations in one process; dbt
#: aggregates. MB for warehouses of up to 100,000 papers or so; see `memory_limit` and `dbt_memory_limit`.
BASE_MEMORY, DBT_BASE_MEMORY = 250, 500
#: MB that are enough to copy and check files of any size; see `memory_limit`.
LARGE_MEMORY = 3_200
#: KB an entry that dbt's models cannot do without; see `dbt_memory_limit`.
ENTRY_MEMORY = 2.75
#: Seconds to wait for a process that has the pipeline's own file open.
HOLDER_PATIENCE = 30.0
#: MB that a question to a published file may take, where the machine has twice that.
READER_MEMORY = 1_000

#: Where Linux says how many bytes a container may take: control groups of version 2 and 1.
_CONTAINER_LIMITS = [Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")]

#: Characters of another process's command that are said.
COMMAND_CHARACTERS = 120

#: DuckDB's settings of a connection.
Settings = Mapping[str, str | bool | int | float | list[str]]


@contextmanager
def open_to_write(database: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The pipeline's own file with its tables, in one transaction: all of the block or nothing.

    One of an earlier format is upgraded before. Raises WarehouseInUseError where another process keeps the file open,
    NewerWarehouseError, and UpgradeError where that did not work.
    """
    # Not above: the tables are those of the parser and the text stage, which no question needs and which take a second.
    from .tables import create_tables

    connection = _wait_for(database, settings)
    while 0 < (found := _find_known_format(connection)) < FORMAT:
        connection.close()
        upgrade(database, found, lambda: _wait_for(database, settings))
        connection = _wait_for(database, settings)
    with connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("begin")
        try:
            create_tables(connection)
            if not found:
                record_format(connection)
            yield connection
        except BaseException:
            with contextlib.suppress(duckdb.Error):  # what went wrong is what is to be heard
                connection.execute("rollback")
            raise
        connection.execute("commit")
    with contextlib.suppress(OSError):  # it repeats what the file says; the next connection tries again
        write_marker(database.parent)


def _find_known_format(connection: duckdb.DuckDBPyConnection) -> int:
    """The format of an open file, which is closed where a newer version made it."""
    try:
        found = find_format(connection)
        refuse_newer(found)
    except BaseException:
        connection.close()
        raise
    return found


@contextmanager
def open_to_read(
    database: Path, limit: str | None = None, beside: Mapping[str, Path] | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, read-only and locked down: a query can read it, and nothing else on this machine.

    But for the files beside it, each attached under its name. External access is off, settings cannot be changed,
    nothing is written where memory is short; the limit of memory is the one given, else the environment's, else
    READER_MEMORY. Raises WarehouseUnreadableError where a file cannot be opened, WarehouseInUseError where a process
    has it open for writing, BadSettingError.
    """
    limit = read_memory_limit(limit) or read_memory_limit() or f"{min(READER_MEMORY, _machine_memory() // 2)}MB"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": limit,
        "temp_directory": "",
        "python_enable_replacements": "false",
    }
    refuse_odd(database)
    try:
        opened = duckdb.connect(str(database), read_only=True, config=settings)
    except duckdb.Error as error:
        raise _explain_unreadable(database, error) from None
    with opened as connection:
        tell_places(connection)
        # In one process, all connections to a file share its settings: whoever opens it again finds them locked.
        if connection.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]:
            yield connection
            return
        connection.execute("set global TimeZone = 'UTC'")
        for name, other in (beside or {}).items():
            try:
                connection.execute(f'attach {literal(other)} as "{name}" (read_only)')
            except duckdb.Error as error:
                raise _explain_unreadable(other, error) from None
        if places := tell_places(connection):
            connection.execute("set allowed_directories = $places", {"places": places})
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


def name_place(release_id: str) -> str:
    """DuckDB's variable by which the views of a release are told where its files lie, if not where it was published."""
    return f"paperhouse_{release_id.replace('-', '_')}"


def tell_places(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Tell views of files where those of their release lie; returns the folders of the attached releases with such."""
    rows = connection.execute(
        "select distinct path from duckdb_views() inner join duckdb_databases() using (database_name) "
        "where schema_name = 'marts' order by path"
    ).fetchall()
    folders = [Path(path).resolve().parent for (path,) in rows]
    for folder in folders:
        connection.execute(f"set variable {name_place(folder.name)} = {literal(folder)}")
    return [str(folder) for folder in folders]


def memory_limit(database: Path, base: int, share: float = 1 / 5) -> str:
    """DuckDB's memory limit: what the environment says, else `base` MB, or a share of the database file.

    DuckDB takes what it is given, needed or not, so it never is more than LARGE_MEMORY MB, nor than half of this
    machine's memory. Raises BadSettingError.
    """
    size = database.stat().st_size / 1_000_000 if database.exists() else 0
    return _limit_to(base, min(round(share * size), LARGE_MEMORY))


def dbt_memory_limit(database: Path) -> str:
    """The same for dbt, by the number of entries.

    DuckDB spills most of what does not fit, but not all of it, and that part grows with the corpus: of a million
    papers (1.2 million entries) the models fit into 3.2 GB and not into 2.6 (int_papers_terms__standing), those of
    100,000 into 0.5, with which they took the same CPU seconds as with 3.2. Two at a time of a million fit into 3.5,
    but for keyword_pairs, which is made alone then.
    """
    return _limit_to(DBT_BASE_MEMORY, round(ENTRY_MEMORY * _count_entries(database) / 1_000))


def _limit_to(base: int, needed: int) -> str:
    return read_memory_limit() or f"{max(base, min(needed, _machine_memory() // 2))}MB"


def _count_entries(database: Path) -> int:
    """About how many entries the pipeline's own file has; 0 where there is none, or where it cannot be read now."""
    if not database.is_file():
        return 0
    with contextlib.suppress(duckdb.Error), duckdb.connect(str(database), read_only=True) as connection:
        counted = connection.execute(
            "select estimated_size from duckdb_tables() where schema_name = 'raw' and table_name = 'entries'"
        ).fetchall()
        return int(counted[0][0]) if counted else 0
    return 0


def _machine_memory() -> int:
    """This machine's memory in MB, or what the container on it may take."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in _CONTAINER_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # no container, or none with a limit: `max`
            found.append(int(path.read_text()))
    return min(found) // 1_000_000


def _explain_unreadable(path: Path, error: duckdb.Error) -> WarehouseUnavailableError:
    """What DuckDB says of a file it cannot open, and the ways out. Nobody is told to part with a file."""
    said = str(error).splitlines()[0].removeprefix("IO Error: ")
    if "Could not set lock" in said:
        return explain_in_use(path, error)
    if "Permission denied" in said or "Read-only file system" in said:
        return WarehouseNotWritableError(
            f"{said}. Give yourself the right to read and write {path}, or choose another folder with --warehouse."
        )
    return WarehouseUnreadableError(
        f"{path} cannot be opened: {said} Where a newer version of Paperhouse or DuckDB made it, use that version. "
        "Where it is damaged: `paperhouse releases` lists what one can go back to with `paperhouse rollback`, and the "
        "dumps can be built again into another folder (`paperhouse build DUMPS --warehouse FOLDER`)."
    )


def refuse_odd(path: Path) -> None:
    """Raise WarehouseUnreadableError where a database's name is a pipe's or a device's: DuckDB would wait for ever."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise WarehouseUnreadableError(f"{path} is no regular file, and no database. Remove it, and build again.")


def explain_in_use(path: Path, error: duckdb.Error) -> WarehouseInUseError:
    """What DuckDB says of a file that another process has open, with who that is where the system tells."""
    return WarehouseInUseError(
        f"{path} is open elsewhere, by {name_holder(error)}. The file is whole: wait until "
        "that has ended, or end it; to read, open paperhouse.duckdb read-only, which any number may at any time."
    )


def name_holder(error: duckdb.Error) -> str:
    """Who keeps DuckDB from opening a file, by its own words."""
    found = re.search(r"PID (\d+)", str(error))
    return name_process(found[1] if found else None)


def name_process(number: str | None) -> str:
    """A process as a person finds it: its number, and its command where the system tells (`/proc`)."""
    if number is None or not number.isdigit():
        return "another process"
    with contextlib.suppress(OSError):
        words = Path("/proc", number, "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        command = " ".join(word.decode(errors="replace") for word in words)
        if command:
            return f"process {number} ({command[:COMMAND_CHARACTERS]})"
    return f"process {number}"


def literal(value: object) -> str:
    """A value's text as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def _wait_for(database: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the pipeline's own file, and wait for one who holds it: the dbt of a build that was killed ends soon."""
    refuse_odd(database)
    give_up_at = time.monotonic() + HOLDER_PATIENCE
    while True:
        try:
            return duckdb.connect(str(database), config=dict(settings))
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise _explain_unreadable(database, error) from None
            if time.monotonic() > give_up_at:
                raise explain_in_use(database, error) from None
            time.sleep(0.2)
        except duckdb.Error as error:
            raise _explain_unreadable(database, error) from None
