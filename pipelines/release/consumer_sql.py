"""`load.sql` and `verify.sql`: what a consumer with nothing but DuckDB needs, offline.

What belongs here: writing the two scripts from files, columns and keys. Both name files relative to the release's
folder and run there: `duckdb my.duckdb -f load.sql`, `duckdb -f verify.sql`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..warehouse.connections import literal
from .dictionary import TableEntry, find_references
from .parquet import TableFile

_CHECKS = "paperhouse_checks"


def write_load_sql(
    release_id: str,
    tables: Mapping[str, Mapping[str, str]],
    files: Sequence[TableFile],
    marts: Mapping[str, TableEntry],
) -> str:
    """SQL that makes every table of the release, with its comments, in the schema `marts`."""
    lines = [
        f"-- Loads release {release_id} into the schema marts. Run it in the release's folder, offline:",
        "--     duckdb my.duckdb -f load.sql",
        "create schema if not exists marts;",
    ]
    for table in tables:
        lines.append(f"create or replace table marts.{table} as select * from {_read(table, files)};")
    for table, columns in tables.items():
        lines.append(f"comment on table marts.{table} is {literal(marts[table].description)};")
        lines += [
            f'comment on column marts.{table}."{column}" is {literal(marts[table].columns[column])};'
            for column in columns
        ]
    return "\n".join(lines) + "\n"


def write_verify_sql(
    release_id: str, tables: Sequence[str], files: Sequence[TableFile], marts: Mapping[str, TableEntry]
) -> str:
    """SQL that checks hashes, columns, row counts, keys and references, and ends with an error where one fails."""
    references = find_references(dict(marts))
    lines = [
        f"-- Checks release {release_id} with plain DuckDB, offline. Run it in the release's folder:",
        "--     duckdb -bail -f verify.sql",
        "-- Every check is a row: what was promised, what is there. Where they differ, the script ends with an error.",
        f"create or replace temp table {_CHECKS} (rule varchar, subject varchar, promised varchar, found varchar);",
    ]
    for file in files:
        path = literal(file.path)
        lines += [
            _check("sha256 of the file", file.path, file.sha256, f"(select sha256(content) from read_blob({path}))"),
            _check(
                "sha256 of the columns",
                file.path,
                file.schema_sha256,
                "(select sha256(string_agg(column_name || ' ' || column_type, ', ')) "
                f"from (describe select * from read_parquet({path})))",
            ),
            _check("rows", file.path, str(file.rows), f"(select count(*) from read_parquet({path}))"),
        ]
    lines += _verdict(release_id)  # what follows could not be read, or not be trusted
    for table in tables:
        key = ", ".join(marts[table].key)
        lines.append(
            _check(
                "keys that occur twice",
                f"{table} ({key})",
                "0",
                f"(select count(*) from (select {key} from {_read(table, files)} group by all having count(*) > 1))",
            )
        )
        for column, owner in references[table].items():
            owner_key = marts[owner].key[0]
            lines.append(
                _check(
                    "references to no row",
                    f"{table} ({column}) to {owner} ({owner_key})",
                    "0",
                    f"(select count(*) from {_read(table, files)} as t where t.{column} is not null and not exists "
                    f"(select 1 from {_read(owner, files)} as o where o.{owner_key} = t.{column}))",
                )
            )
    return "\n".join(lines + _verdict(release_id)) + "\n"


def _verdict(release_id: str) -> list[str]:
    """A statement that says so where every check until now has passed, and is an error naming each that has not."""
    failed = "rule || ', ' || subject || ': promised ' || promised || ', found ' || coalesce(found, 'nothing')"
    return [
        "select case when count(*) = 0",
        f"    then (select count(*) || ' checks passed: this is release {release_id}.' from {_CHECKS})",
        f"    else error('This is not release {release_id} as it was published: ' || string_agg({failed}, '; '))",
        f"    end as verdict from {_CHECKS} where promised is distinct from found;",
    ]


def _check(rule: str, subject: str, promised: str, found: str) -> str:
    return f"insert into {_CHECKS} values ({literal(rule)}, {literal(subject)}, {literal(promised)}, {found});"


def _read(table: str, files: Sequence[TableFile]) -> str:
    """The rows of all of a table's files, in order."""
    paths = [literal(file.path) for file in files if file.table == table]
    return f"read_parquet({paths[0]})" if len(paths) == 1 else f"read_parquet([{', '.join(paths)}])"
