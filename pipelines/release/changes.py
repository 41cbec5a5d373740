"""What is different between two releases, row by row: added, changed, merged into another paper, removed, and why.

What belongs here: comparing tables by key in SQL, and telling new data from new rules. Both a build (`changes.parquet`)
and `paperhouse diff` ask here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

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
    return {table: f"read_parquet([{', '.join(found)}])" for table, found in paths.items()}


def compare(
    connection: duckdb.DuckDBPyConnection,
    old: Mapping[str, str],
    new: Mapping[str, str],
    keys: Mapping[str, Sequence[str]],
    cause: str,
    old_dumps: Sequence[str],
) -> None:
    """Fill the temporary table `changes` (columns of COLUMNS) with every row that is not the same in both releases.

    Args:
        connection: any; it can read what old and new name.
        old: for each table the expression that reads the older release's rows.
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
    shared = [column for column in next(iter(sides.values())) if all(column in found for found in sides.values())]
    values = ", ".join(f'"{column}"' for column in shared)
    keys = "[" + ", ".join(f'cast("{column}" as varchar)' for column in key) + "]"
    # Most rows are the same in both: they are left out by one number each, before any key is looked at.
    hashes = {side: f"select hash({values}) from {source}" for side, source in (("old", old), ("new", new)) if source}
    rows = " union all ".join(
        f"select {keys} as key, {side == 'new'} as is_new from {source}"
        + (f" where hash({values}) not in ({hashes[other]})" if other in hashes else "")
        for side, other, source in (("old", "new", old), ("new", "old", new))
        if source
    )
    connection.execute(
        f"""
        insert into changes
        select
            {literal(table)},
            key,
            case when not bool_or(is_new) then 'removed' when bool_and(is_new) then 'added' else 'changed' end,
            null,
            {literal(cause)}
        from ({rows})
        group by key
        """
    )


def _columns(connection: duckdb.DuckDBPyConnection, rows: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe select * from {rows}").fetchall()]


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
