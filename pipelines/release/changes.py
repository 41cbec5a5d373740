"""What is different between two releases, row by row: added, changed, merged into another paper, removed, and why.

What belongs here: comparing tables by key in SQL, and telling new data from new rules. Both a build (`changes.parquet`)
and `paperhouse diff` ask here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ..row_hashes import hashed_values
from ..warehouse.connections import literal

#: Columns of changes.parquet, with what they mean.
COLUMNS = {
    "table_name": ("varchar", "Table the row is in."),
    "key": ("varchar[]", "Its key as texts, in the order in which manifest.json names the key's columns."),
    "change": (
        "varchar",
        "added, changed, removed, merged: gone because its paper or keyword is now another one's, or taken_down: gone "
        "because its paper was taken down; whoever keeps a copy is asked to do so, too.",
    ),
    "merged_into": ("varchar", "The paper_id or keyword_id that stands for it now; null unless merged."),
    "cause": (
        "varchar",
        "data: inputs changed, rules did not, or the row's paper stands in a new dump; method: rules changed, inputs "
        "did not; data or method: both changed, and the row alone does not tell.",
    ),
}

_PARQUET = "read_parquet("
_NO_ROWS = "select 0::ubigint as row_hash, 0::bigint as place limit 0"


def find_cause(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What changed between two manifests: `data`, `method`, `data or method` (both), or `nothing`."""
    data = sorted(dump["sha256"] for dump in old["inputs"]) != sorted(dump["sha256"] for dump in new["inputs"])
    # What only one of two manifests states is left out: earlier versions stated less.
    data = data or ("inputs_sha256" in old and old["inputs_sha256"] != new.get("inputs_sha256"))
    method = any(old["versions"][name] != value for name, value in new["versions"].items() if name in old["versions"])
    return {(0, 0): "nothing", (1, 0): "data", (0, 1): "method", (1, 1): "data or method"}[(int(data), int(method))]


def read_release(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """For each table of a published release the SQL expression that reads it."""
    paths: dict[str, list[str]] = {}
    for file in manifest["files"]:
        # Manifests of the first versions do not name tables: one file is one table there.
        table = file.get("table", Path(file["path"]).stem)
        paths.setdefault(table, []).append(literal(folder / file["path"]))
    return {table: f"{_PARQUET}[{', '.join(found)}])" for table, found in paths.items()}


def compare(
    connection: duckdb.DuckDBPyConnection,
    old: Mapping[str, str],
    new: Mapping[str, str],
    keys: Mapping[str, Sequence[str]],
    cause: str,
    old_dumps: Sequence[str],
) -> None:
    """Fill the temporary table `changes` (columns of COLUMNS) with every row that is not the same in both releases.

    In the order of tables and keys.

    Args:
        connection: any; it can read what old and new name.
        old: for each table the name of it, or what read_release gives for it, in the older release.
        new: the same for the newer one.
        keys: for each table the columns of its key.
        cause: what changed between the two, as find_cause says it.
        old_dumps: dump ids that went into the older release.

    Columns that only one of the two has are left out of the comparison; a table that only one has is added or removed
    whole.
    """
    columns = ", ".join(f"{name} {dtype}" for name, (dtype, _) in COLUMNS.items())
    connection.execute(f"create or replace temp table changes ({columns})")
    for table in sorted(old.keys() | new.keys()):
        if table in keys:
            _compare_table(connection, table, old.get(table), new.get(table), keys[table], cause)
    if "paper_redirects" in new:
        _mark_merged(connection, new["paper_redirects"], keys)
    if "keywords" in old and {"keywords", "keyword_forms"} <= new.keys():
        _mark_merged_keywords(connection, old["keywords"], new["keywords"], new["keyword_forms"], keys)
    if cause == "data or method" and "appearances" in new:
        _mark_new_data(connection, new["appearances"], old_dumps, keys)


def _compare_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    old: str | None,
    new: str | None,
    key: Sequence[str],
    cause: str,
) -> None:
    sides = {name: _columns(connection, rows) for name, rows in (("old", old), ("new", new)) if rows}
    types = next(iter(sides.values()))
    shared = [column for column in types if all(column in found for found in sides.values())]
    # Keys are ids.
    values = ", ".join(f'"{name}"' if name in key else hashed_values(name, types[name]) for name in shared)
    names = [f"key_{number}" for number in range(len(key))]
    keys = ", ".join(f'cast("{column}" as varchar) as {name}' for column, name in zip(key, names, strict=True))
    # Most rows are the same in both. A number for each tells which are not, and its place finds them again: only of
    # these is the key looked at.
    for side, source in (("old", old), ("new", new)):
        rows = f"select hash({values}) as row_hash, {_place(source)} as place from {source}" if source else _NO_ROWS
        connection.execute(f"create or replace temp table {side}_rows as {rows}")
    connection.execute(
        """
        create or replace temp table lone_rows as
        select new_rows.place is not null as is_new, coalesce(new_rows.place, old_rows.place) as place
        from old_rows full outer join new_rows on old_rows.row_hash = new_rows.row_hash
        where old_rows.place is null or new_rows.place is null
        """
    )
    lone = " union all ".join(
        f"select {keys}, {is_new} as is_new from {source} "
        f"where {_place(source)} in (select place from lone_rows where is_new = {is_new})"
        for source, is_new in ((old, False), (new, True))
        if source
    )
    listed = ", ".join(names)
    # In order, table by table: to sort all of them by lists would take longer than all else here.
    connection.execute(
        f"""
        insert into changes
        select
            {literal(table)},
            [{listed}],
            case when not bool_or(is_new) then 'removed' when bool_and(is_new) then 'added' else 'changed' end,
            null,
            {literal(cause)}
        from ({lone})
        group by {listed}
        order by {listed}
        """
    )
    connection.execute("drop table old_rows; drop table new_rows; drop table lone_rows")


def _place(source: str) -> str:
    """The expression of a row's place in a table, or in the files that read_release names."""
    return "((file_index::bigint << 40) | file_row_number)" if source.startswith(_PARQUET) else "rowid"


def _columns(connection: duckdb.DuckDBPyConnection, rows: str) -> dict[str, str]:
    """Types by the names of the columns."""
    return {row[0]: row[1] for row in connection.execute(f"describe select * from {rows}").fetchall()}


def mark_taken_down(
    connection: duckdb.DuckDBPyConnection, paper_ids: Sequence[str], keys: Mapping[str, Sequence[str]]
) -> None:
    """Say in the table `changes` of rows that are gone with a paper that was taken down that this is why."""
    for table, position in _those_with("paper_id", keys) if paper_ids else []:
        connection.execute(
            f"update changes set change = 'taken_down', cause = 'data', merged_into = null "
            f"where table_name = {literal(table)} and change in ('removed', 'merged') and key[{position}] in $ids",
            {"ids": list(paper_ids)},
        )


def _mark_merged(connection: duckdb.DuckDBPyConnection, redirects: str, keys: Mapping[str, Sequence[str]]) -> None:
    for table, position in _those_with("paper_id", keys):
        connection.execute(
            f"""
            update changes set change = 'merged', merged_into = redirects.paper_id
            from {redirects} as redirects
            where
                changes.table_name = {literal(table)} and changes.change = 'removed'
                and redirects.paper_id is not null and changes.key[{position}] = redirects.old_paper_id
            """
        )


def _mark_merged_keywords(
    connection: duckdb.DuckDBPyConnection, old: str, new: str, forms: str, keys: Mapping[str, Sequence[str]]
) -> None:
    """A keyword that is gone, and whose name is a form of another one now, is merged into that one."""
    if not {"keyword_id", "keyword"} <= set(_columns(connection, old)):
        return
    connection.execute(
        f"""
        create or replace temp table merged_keywords as
        select gone.keyword_id, max_by(forms.keyword_id, (forms.paper_count, forms.keyword_id)) as stands_for_it
        from {old} as gone
        inner join {forms} as forms on lower(gone.keyword) = lower(forms.form)
        where gone.keyword_id not in (select keyword_id from {new})
        group by gone.keyword_id
        """
    )
    for table, position in _those_with("keyword_id", keys):
        connection.execute(
            f"""
            update changes set change = 'merged', merged_into = merged_keywords.stands_for_it
            from merged_keywords
            where
                changes.table_name = {literal(table)} and changes.change = 'removed'
                and changes.key[{position}] = merged_keywords.keyword_id
            """
        )


def _mark_new_data(
    connection: duckdb.DuckDBPyConnection, appearances: str, old_dumps: Sequence[str], keys: Mapping[str, Sequence[str]]
) -> None:
    connection.execute(
        f"create or replace temp table fresh_papers as select distinct paper_id from {appearances} "
        "where dump_id not in (select unnest($dumps::varchar[]))",
        {"dumps": list(old_dumps)},
    )
    for table, position in _those_with("paper_id", keys):
        connection.execute(
            f"update changes set cause = 'data' where table_name = {literal(table)} "
            f"and key[{position}] in (select paper_id from fresh_papers)"
        )


def _those_with(column: str, keys: Mapping[str, Sequence[str]]) -> list[tuple[str, int]]:
    """Tables whose key has a column, with the position of it in the key, from 1."""
    return [(table, list(key).index(column) + 1) for table, key in keys.items() if column in key]
