"""The readers' database of a release: marts in the order of their keys, what became of every line, comments.

What belongs here: filling a new database file from the pipeline's own. Where an engine has made the marts, they are not
copied into it: `views` of the release's Parquet are in it instead. Its macros are `macros`; what else lies in a release
and when readers see it is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ..warehouse.connections import literal
from ..warehouse.folder import Warehouse
from .dictionary import load_dictionary

#: The search index, made from views when it is published, and the order of its rows: postings of a term lie together.
SEARCH_KEYS: Mapping[str, tuple[str, ...]] = {
    "terms": ("term_id",),
    "postings": ("term_id", "paper_number"),
}


@contextmanager
def attach(warehouse: Warehouse, database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the pipeline's file as `warehouse` (read-only) and the new readers' file as `target`.

    The pipeline's file keeps the name that the views in it use.
    """
    with duckdb.connect(":memory:", config=warehouse.database_settings) as connection:
        connection.execute("set TimeZone = 'UTC'")
        # Looking for what texts have in common takes a fourteenth of the time of copying, and saves 1 % of the file.
        connection.execute("set disabled_compression_methods = 'fsst'")
        connection.execute(f"attach {literal(warehouse.database)} as warehouse (read_only)")
        connection.execute(f"attach {literal(database)} as target")
        yield connection


def sort_marts(connection: duckdb.DuckDBPyConnection, keys: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The query of each mart of the pipeline's own file by its bare name, rows in the order of its key.

    Raises KeyError for a mart that has no sort key.
    """
    marts = connection.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = 'warehouse' and table_schema = 'marts' order by 1"
    ).fetchall()
    return {mart: f"(from warehouse.marts.{mart} order by {', '.join(keys[mart])})" for (mart,) in marts}


def copy_marts(connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> dict[str, str]:
    """Make a table of each mart's rows; returns their names."""
    connection.execute("create schema target.marts")
    for mart, rows in queries.items():
        connection.execute(f"create table target.marts.{mart} as {rows}")
    return {mart: f"target.marts.{mart}" for mart in queries}


def copy_operational(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
    """Copy tables of the pipeline's own file as they are."""
    for schema in sorted({table.partition(".")[0] for table in tables}):
        connection.execute(f"create schema target.{schema}")
    for table in tables:
        connection.execute(f"create table target.{table} as from warehouse.{table}")


def write_releases(connection: duckdb.DuckDBPyConnection, manifests: Sequence[Mapping[str, Any]]) -> None:
    """Fill quality.releases from manifests: the one of the release that is made, then those of the others, if any."""
    own = manifests[0]["release_id"]
    connection.execute(
        "create table target.quality.releases (release_id varchar, release_number integer, made_at timestamp, "
        "is_this_release boolean, paper_count bigint, keyword_count bigint, dump_count bigint, "
        "project_version varchar, parser_version varchar, text_version varchar, code_sha256 varchar)"
    )
    for manifest in manifests:
        versions, tables = manifest["versions"], manifest.get("tables", {})
        connection.execute(
            "insert into target.quality.releases values "
            "(?, ?, cast(? as timestamptz) at time zone 'UTC', ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                manifest["release_id"],
                manifest.get("number"),
                manifest["made_at"],
                manifest["release_id"] == own,
                *(tables.get(table, {}).get("rows") for table in ("papers", "keywords", "dumps")),
                *(versions.get(name) for name in ("project", "parser", "text", "code_sha256")),
            ],
        )


def write_search(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the search index from the views of the dbt project."""
    connection.execute("create schema target.search")
    # A view finds the tables of its own file, whatever that is called, where it names no file.
    connection.execute("use target")
    connection.execute(
        "create view search.numbered_papers as "
        "select rowid as paper_index, paper_id, title, arxiv_id, published_on, code_url from marts.papers"
    )
    connection.execute("use warehouse")
    for table, key in SEARCH_KEYS.items():
        connection.execute(
            f"create table target.search.{table} as select * from warehouse.search.{table} order by {', '.join(key)}"
        )


def write_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every published table and column its description as a DuckDB comment."""
    dictionary = load_dictionary()
    published = connection.execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() "
        "where database_name = 'target' group by all order by 1"
    ).fetchall()
    views = {
        name
        for (name,) in connection.execute(
            "select schema_name || '.' || view_name from duckdb_views() where database_name = 'target' and not internal"
        ).fetchall()
    }
    # One transaction: of their own, each of the hundreds would wait for the disk.
    connection.execute("begin")
    for table, columns in published:
        entry = dictionary[table]
        kind = "view" if table in views else "table"
        connection.execute(f"comment on {kind} target.{table} is {literal(entry.description)}")
        for column in columns:
            text = literal(entry.columns.get(column, ""))
            connection.execute(f'comment on column target.{table}."{column}" is {text}')
    connection.execute("commit")
