"""The readers' database of a release: marts in the order of their keys, what became of every line, comments, macros.

What belongs here: filling a new database file from the pipeline's own. What is made of it later (Parquet, documents)
and when readers see it is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ..warehouse.connections import literal
from ..warehouse.folder import Warehouse
from .dictionary import load_dictionary

#: The search index, made from views when it is published, and the order of its rows: postings of a term lie together.
SEARCH_KEYS: Mapping[str, tuple[str, ...]] = {
    "terms": ("term_id",),
    "postings": ("term_id", "paper_number"),
}

_MACROS = Path(__file__).with_name("macros.sql")


@contextmanager
def attach(warehouse: Warehouse, database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the pipeline's file as `warehouse` (read-only) and the new readers' file as `target`.

    The pipeline's file keeps the name that the views in it use.
    """
    with duckdb.connect(":memory:", config=warehouse.database_settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(warehouse.database)} as warehouse (read_only)")
        connection.execute(f"attach {literal(database)} as target")
        yield connection


def copy_tables(
    connection: duckdb.DuckDBPyConnection, keys: Mapping[str, tuple[str, ...]], operational: Sequence[str]
) -> dict[str, int]:
    """Copy marts (sorted by key) and operational tables; returns the rows of each mart by its bare name.

    Raises KeyError for a mart that has no sort key.
    """
    marts = [
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'warehouse' and schema_name = 'marts' order by 1"
        ).fetchall()
    ]
    counts = {}
    for schema in ("marts", "raw", "quality"):
        connection.execute(f"create schema target.{schema}")
    for mart in marts:
        order = ", ".join(keys[mart])
        connection.execute(f"create table target.marts.{mart} as select * from warehouse.marts.{mart} order by {order}")
        counts[mart] = connection.execute(f"select count(*) from target.marts.{mart}").fetchall()[0][0]
    for table in operational:
        connection.execute(f"create table target.{table} as select * from warehouse.{table}")
    return counts


def write_search(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the search index from the views of the dbt project."""
    connection.execute("create schema target.search")
    for table, key in SEARCH_KEYS.items():
        connection.execute(
            f"create table target.search.{table} as select * from warehouse.search.{table} order by {', '.join(key)}"
        )


def write_macros(connection: duckdb.DuckDBPyConnection, prefix: str = "") -> None:
    """Create the macros of macros.sql whose names begin so, each with the comment above it as its own."""
    connection.execute("use target")
    connection.execute("begin")
    for remark, name, kind, statement in list_macros():
        if name.startswith(prefix):
            connection.execute(statement)
            connection.execute(f"comment on macro {kind} {name} is {literal(remark)}")
    connection.execute("commit")
    connection.execute("use warehouse")


def list_macros() -> Iterator[tuple[str, str, str, str]]:
    """Comment, name, kind (`table` or nothing) and statement of each macro."""
    for part in _MACROS.read_text().split(";\n"):
        found = re.search(
            r"((?:^-- .*\n)+)(create macro (\w+)\((?:.|\n)*?\) as( table)?\s(?:.|\n)*)", part, re.MULTILINE
        )
        if found:
            remark = " ".join(line.removeprefix("-- ") for line in found[1].splitlines())
            yield remark, found[3], (found[4] or "").strip(), found[2]


def write_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every published table and column its description as a DuckDB comment."""
    dictionary = load_dictionary()
    published = connection.execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() "
        "where database_name = 'target' group by all order by 1"
    ).fetchall()
    # One transaction: of their own, each of the hundreds would wait for the disk.
    connection.execute("begin")
    for table, columns in published:
        entry = dictionary[table]
        connection.execute(f"comment on table target.{table} is {literal(entry.description)}")
        for column in columns:
            text = literal(entry.columns.get(column, ""))
            connection.execute(f'comment on column target.{table}."{column}" is {text}')
    connection.execute("commit")
