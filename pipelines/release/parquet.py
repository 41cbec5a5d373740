"""The marts of a release as Parquet: one file each, or one a month where a file would be very large.

What belongs here: writing the files and saying what is in them (`TableFile`). Same rows, same bytes: rows come in the
order of the mart's key, and the metadata of a file names the release by the digest of what it was made of, not by its
time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from ..warehouse.concurrency import run_concurrently
from ..warehouse.connections import literal

#: Rows of a Parquet row group: small enough that writing abstracts stays within bounded memory, and that a reader who
#: filters by key skips most of a file.
ROW_GROUP_SIZE = 20_480

#: Threads that write a file. Several write a last batch of up to 2,047 rows more than a group as one group or as two,
#: as it comes, so that the bytes would not be the same; and they take twice the time of the processor.
WRITING_THREADS = 1

#: A mart whose one file would have more bytes is split by month, so that a reader of a few months fetches only these.
SPLIT_BYTES = 256 * 2**20

#: The date that says into which month a row of a large mart goes. Marts that name a paper and no date of their own go
#: by the paper's; marts that have neither (keywords, pairs) stay whole.
MONTH_COLUMNS = {
    "papers": "published_on",
    "appearances": "listed_on",
    "vote_observations": "listed_on",
    "keyword_trends_by_day": "period_start_on",
    "keyword_trends_by_week": "period_start_on",
    "keyword_trends_by_month": "period_start_on",
    "keyword_trends_by_year": "period_start_on",
}


@dataclass(frozen=True)
class TableFile:
    """One Parquet file of a mart: its path in the release, bytes, sha256, rows, and the sha256 of its columns."""

    table: str
    path: str
    bytes: int
    sha256: str
    rows: int
    schema_sha256: str


def columns_of(connection: duckdb.DuckDBPyConnection, rows: str) -> dict[str, str]:
    """DuckDB's types of the columns of a table, or of a query in parentheses, in order."""
    # duckdb_columns() would bind every view of the pipeline's file, for each table.
    described = connection.execute(f"describe from {rows}").fetchall()
    return {name: dtype for name, dtype, *_ in described}


def hash_schema(columns: dict[str, str]) -> str:
    """sha256 of `name TYPE, name TYPE, ...`; verify.sql computes the same from a file."""
    return hashlib.sha256(", ".join(f"{name} {dtype}" for name, dtype in columns.items()).encode()).hexdigest()


def hash_file(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_tables(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, str],
    folder: Path,
    metadata: Mapping[str, str],
    split_bytes: int = SPLIT_BYTES,
) -> list[TableFile]:
    """Write marts into a release's folder.

    Args:
        connection: with the pipeline's own file as `warehouse`.
        tables: the rows of each mart by its bare name, in order: a table, or a query in parentheses.
        folder: the release's.
        metadata: key-value metadata of every file; the table's name is added.
        split_bytes: size of one file from which a mart is split by month.
    """
    jobs = [partial(_write_table, table, rows, folder, metadata, split_bytes) for table, rows in tables.items()]
    # Tables are in order, and are read through; queries are sorted, and two sorts would share the memory.
    at_a_time = 1 if any(rows.startswith("(") for rows in tables.values()) else 2
    return [file for files in run_concurrently(connection, jobs, at_a_time, WRITING_THREADS) for file in files]


def _write_table(
    table: str,
    rows: str,
    folder: Path,
    metadata: Mapping[str, str],
    split_bytes: int,
    connection: duckdb.DuckDBPyConnection,
) -> list[TableFile]:
    columns = columns_of(connection, rows)
    schema = hash_schema(columns)
    named = {**metadata, "paperhouse_table": f"marts.{table}"}
    whole = folder / f"{table}.parquet"
    write_rows(connection, rows, whole, named)
    month = _month_of(table, columns)
    if whole.stat().st_size <= split_bytes or month is None:
        return [_describe(connection, table, whole, folder, schema)]
    (folder / table).mkdir()
    files = []
    for label, part_rows in _split(connection, whole, month):
        part = folder / table / f"{label}.parquet"
        write_rows(connection, part_rows, part, named)
        files.append(_describe(connection, table, part, folder, schema))
    whole.unlink()
    return files


def write_rows(
    connection: duckdb.DuckDBPyConnection, rows: str, path: Path, metadata: Mapping[str, str] | None = None
) -> None:
    """Write a table, or a query in parentheses, as one file: groups of ROW_GROUP_SIZE rows, and a last one of the rest.

    The connection's DuckDB has WRITING_THREADS.
    """
    pairs = ", ".join(f"{name}: {literal(value)}" for name, value in sorted((metadata or {}).items()))
    form = f"format parquet, compression zstd, row_group_size {ROW_GROUP_SIZE}"
    form += f", kv_metadata {{{pairs}}}" if pairs else ""
    connection.execute(f"copy {rows} to {literal(path)} ({form})")


def _month_of(table: str, columns: dict[str, str]) -> str | None:
    """The expression of a row's date, or None for a mart that stays whole."""
    if table in MONTH_COLUMNS:
        return f"t.{MONTH_COLUMNS[table]}"
    if "paper_id" in columns:
        return "(select p.published_on from warehouse.marts.papers as p where p.paper_id = t.paper_id)"
    return None


def _split(connection: duckdb.DuckDBPyConnection, whole: Path, date: str) -> Iterator[tuple[str, str]]:
    """Label (`2025-03`, or `undated`) and query of each month, in order; rows stay in the order of the whole file.

    The mart is put in the order of its months once: to look for each month in all of it takes months times as long.
    """
    connection.execute(
        "create or replace temp table month_rows as "
        f"select t.*, coalesce(strftime({date}, '%Y-%m'), 'undated') as month_label "
        f"from read_parquet({literal(whole)}, file_row_number = true) as t order by month_label, t.file_row_number"
    )
    labels = connection.execute("select distinct month_label from month_rows order by 1").fetchall()
    for (label,) in labels:
        yield (
            label,
            "(select * exclude (month_label, file_row_number) from month_rows "
            f"where month_label = {literal(label)} order by file_row_number)",
        )
    connection.execute("drop table month_rows")


def _describe(connection: duckdb.DuckDBPyConnection, table: str, path: Path, folder: Path, schema: str) -> TableFile:
    rows = connection.execute(f"select count(*) from read_parquet({literal(path)})").fetchall()[0][0]
    return TableFile(table, path.relative_to(folder).as_posix(), path.stat().st_size, hash_file(path), rows, schema)
