"""The readers' database where an engine has made the marts: views of the release's own Parquet, in a small file.

What belongs here: telling such a build from one by DuckDB, those views, and the index of search as Parquet beside them.
A view names its files by the folder in which they are published, and by a variable of DuckDB before that: whoever opens
the release elsewhere (`paperhouse`, always) says by it where they lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import duckdb

from ..warehouse.concurrency import run_concurrently
from ..warehouse.connections import literal, name_place
from .database import SEARCH_KEYS
from .parquet import WRITING_THREADS, write_rows

#: The folder of the index in a release.
SEARCH_FOLDER = "search"


def are_in_lake(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the marts of the pipeline's own file, attached as `warehouse`, are views of what an engine has made."""
    kinds = connection.execute(
        "select distinct table_type from information_schema.tables "
        "where table_catalog = 'warehouse' and table_schema = 'marts'"
    ).fetchall()
    return kinds == [("VIEW",)]  # DuckDB makes one of them a view, too


class PartViews:
    """Views of a release's files in its database, attached as `target`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, staging: Path, published: Path) -> None:
        """Have the connection see the files where they are made; who reads them later finds them in another folder."""
        self._connection, self._variable, self._published = connection, name_place(published.name), published
        connection.execute(f"set variable {self._variable} = {literal(staging)}")

    def write(self, schema: str, files: Mapping[str, Iterable[str]]) -> None:
        """A view of each table by its name, of files by their paths in the release."""
        self._connection.execute(f"create schema target.{schema}")
        folder = f"coalesce(getvariable('{self._variable}'), {literal(self._published)})"
        for table, paths in files.items():
            listed = ", ".join(f"{folder} || {literal(f'/{path}')}" for path in paths)
            self._connection.execute(f"create view target.{schema}.{table} as from read_parquet([{listed}])")


def write_search_files(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, list[str]]:
    """Write the index of search into a release's folder, from the views of the dbt project; a file for each table."""
    rows = {
        "numbered_papers": "select row_number() over (order by paper_id) - 1 as paper_index, "
        "paper_id, title, arxiv_id, published_on, code_url from warehouse.marts.papers order by paper_id",
        **{table: f"from warehouse.search.{table} order by {', '.join(key)}" for table, key in SEARCH_KEYS.items()},
    }
    (folder / SEARCH_FOLDER).mkdir()
    files = {table: [f"{SEARCH_FOLDER}/{table}.parquet"] for table in rows}

    def write(table: str, cursor: duckdb.DuckDBPyConnection) -> None:
        write_rows(cursor, f"({rows[table]})", folder / files[table][0])

    list(run_concurrently(connection, [partial(write, table) for table in rows], 1, WRITING_THREADS))
    return files
