"""Whether two engines' tables hold the same rows: content digests, whatever the order and the writer."""

from pathlib import Path

import duckdb

#: Digits after the first: doubles are equal to 10.
_DIGITS = 9


def differing(database: duckdb.DuckDBPyConnection, schema: str, name: str, lake: Path) -> list[str]:
    """What differs between a table of a database and its Parquet in the lake.

    Args:
        database: connection to DuckDB's tables.
        schema: schema of the table, and the folder in the lake.
        name: name of the table, and the folder in that.
        lake: folder of the lake.

    Returns: what `compare_tables` returns.
    """
    ours, theirs = f"{schema}.{name}", f"read_parquet('{lake}/{schema}/{name}/**/*.parquet')"
    if not any((lake / schema / name).rglob("*.parquet")):  # an engine may write no file for no rows
        count = database.execute(f"select count(*) from {ours}").fetchall()[0][0]
        return [f"rows 0 instead of {count}"] if count else []
    return compare_tables(database, ours, theirs)


def compare_tables(database: duckdb.DuckDBPyConnection, ours: str, theirs: str) -> list[str]:
    """What differs between two tables that a connection sees, of the types of the first.

    Returns:
        Nothing where all rows are equal; else the columns whose values differ as multisets, or `rows` with both counts,
        `columns` where the names differ, `pairing of values` where every column is equal by itself.
    """
    types = dict(_columns(database, ours))
    others = dict(_columns(database, theirs))
    if types.keys() != others.keys():
        return [f"columns {', '.join(sorted(types.keys() ^ others.keys()))}"]
    texts = {column: _text(column, type) for column, type in types.items()}
    counts = [database.execute(f"select count(*) from {table}").fetchall()[0][0] for table in (ours, theirs)]
    if counts[0] != counts[1]:
        return [f"rows {counts[1]} instead of {counts[0]}"]
    if _digests(database, ours, [_row(texts)]) == _digests(database, theirs, [_row(texts)]):
        return []
    pairs = zip(
        texts,
        _digests(database, ours, list(texts.values())),
        _digests(database, theirs, list(texts.values())),
        strict=True,
    )
    return [column for column, mine, other in pairs if mine != other] or ["pairing of values"]


def compare_marts(ours: Path, theirs: Path) -> dict[str, list[str]]:
    """What differs of each mart between two files of a pipeline (`warehouse.duckdb`), as `compare_tables` has it.

    One after the other is attached by the name that its views know it by.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{ours}' as warehouse (read_only); create schema ours")
        found = connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = 'warehouse' and table_schema = 'marts' order by all"
        ).fetchall()
        for (mart,) in found:
            connection.execute(f"create table ours.{mart} as from warehouse.marts.{mart}")
        connection.execute(f"detach warehouse; attach '{theirs}' as warehouse (read_only)")
        return {mart: compare_tables(connection, f"ours.{mart}", f"warehouse.marts.{mart}") for (mart,) in found}


def _columns(database: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    return [(name, type) for name, type, *_ in database.execute(f"describe from {table}").fetchall()]


def _text(column: str, type: str) -> str:
    """A value as text: null, and what is of another type, as a character of no text; nought without sign."""
    value = f'try_cast("{column}" as {type})'
    shown = f"format('{{:.{_DIGITS}e}}', {value} + 0.0)" if type in ("DOUBLE", "FLOAT") else f"cast({value} as varchar)"
    return f"coalesce({shown}, chr(1))"


def _row(texts: dict[str, str]) -> str:
    return "concat_ws(chr(2), " + ", ".join(texts[column] for column in sorted(texts)) + ")"


def _digests(database: duckdb.DuckDBPyConnection, table: str, texts: list[str]) -> tuple[object, ...]:
    sums = ", ".join(f"sum(md5_number_lower({text})::hugeint)" for text in texts)
    return tuple(database.execute(f"select {sums} from {table}").fetchall()[0])
