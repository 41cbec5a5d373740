"""Dumps that are forgotten, and may come back until the next build: their rows lie in a schema of their own meanwhile.

What belongs here: setting them aside, bringing them back, and making it final. A build makes it final before it reads
anything; until then nothing else of the warehouse has changed, so that what comes back is what there was.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ..warehouse.tables import RAW_TABLES
from .texts import forget_texts

_SCHEMA = "forgotten"


def forget(connection: duckdb.DuckDBPyConnection, dump_ids: Sequence[str]) -> None:
    """Take dumps out of the raw tables. Their files are left alone, and their rows are kept until `make_final`."""
    ids = {"ids": list(dump_ids)}
    connection.execute(f"create schema if not exists {_SCHEMA}")
    for table in RAW_TABLES:
        aside = _aside(table)
        connection.execute(f"create table if not exists {aside} as select * from {table} limit 0")
        connection.execute(f"insert into {aside} by name select * from {table} where dump_id in $ids", ids)
        connection.execute(f"delete from {table} where dump_id in $ids", ids)


def bring_back(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    """Put back all that was forgotten since the last build; returns the dumps: id and file names."""
    if not _is_any(connection):
        return []
    dumps = connection.execute(f"select dump_id, file_names from {_aside('raw.dumps')} order by 1").fetchall()
    for table in RAW_TABLES:
        connection.execute(f"insert into {table} by name select * from {_aside(table)}")
    connection.execute(f"drop schema {_SCHEMA} cascade")
    return dumps


def make_final(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of what was forgotten, and of what was found in its texts; nothing where nothing was."""
    if _is_any(connection):
        connection.execute(f"drop schema {_SCHEMA} cascade")
        forget_texts(connection)


def _aside(table: str) -> str:
    return f"{_SCHEMA}.{table.removeprefix('raw.')}"


def _is_any(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "select 1 from duckdb_schemas() where database_name = current_database() and schema_name = ?", [_SCHEMA]
    )
    return bool(found.fetchall())
