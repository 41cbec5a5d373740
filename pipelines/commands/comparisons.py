"""Releases in a terminal: the list, what differs between two, how a verification ended, what was delivered.

What belongs here: words and tables. The facts come from the other modules of this folder.
"""

from __future__ import annotations

import duckdb
from rich.table import Table

from ..release.changed_columns import count_changed, list_changed
from ..release.changes import compare, find_cause, read_release
from ..release.delivery import Delivered
from ..release.history import Kept
from ..release.verification import Rebuilt
from ..showing.terminal import out, plain, print_rows

#: Columns of a table that are named as changed.
SHOWN_COLUMNS = 3

_CAUSES = {
    "data": "Inputs changed; code and settings are the same.",
    "method": "Code or settings changed; the inputs are the same.",
    "data or method": "Both the inputs and the code or settings changed.",
    "nothing": "Made of the same inputs by the same code and settings.",
}


def print_releases(releases: list[Kept]) -> None:
    """All releases, newest first; the one that readers see is marked."""
    table = Table("release", "", "papers", "dumps", "size", header_style="bold")
    table.columns[0].no_wrap = True
    for kept in releases:
        facts = kept.manifest
        papers = next((file["rows"] for file in facts["files"] if file["path"] == "papers.parquet"), None)
        papers = facts.get("tables", {}).get("papers", {}).get("rows", papers)
        table.add_row(
            plain(kept.release_id),
            "latest" if kept.is_latest else "",
            "" if papers is None else f"{papers:,}",
            f"{len(facts['inputs']):,}",
            f"{kept.bytes / 2**20:,.1f} MiB",
        )
    out.print(table)


def print_diff(old: Kept, new: Kept, table: str | None, limit: int) -> None:
    """What is different between two releases: numbers by table, or the rows of one table."""
    keys = {name: facts["key"] for name, facts in {**_tables(old), **_tables(new)}.items()}
    with duckdb.connect() as connection:
        cause = find_cause(old.manifest, new.manifest)
        dumps = [dump["sha256"] for dump in old.manifest["inputs"]]
        sides = [read_release(kept.folder, kept.manifest) for kept in (old, new)]
        compare(
            connection, sides[0], sides[1], {name: keys[name] for name in ([table] if table else keys)}, cause, dumps
        )
        out.print(f"From {plain(old.release_id)} to {plain(new.release_id)}. {_CAUSES[cause]}")
        if table:
            lines = list_changed(connection, table, sides, keys[table], limit)
            print_rows(["row", "change", "column", "was", "is"], lines)
            return
        rows = connection.execute(
            """
            select
                table_name,
                count(*) filter (where change = 'added'),
                count(*) filter (where change = 'changed'),
                count(*) filter (where change = 'merged'),
                count(*) filter (where change = 'removed'),
                string_agg(distinct cause, ', ' order by cause)
            from changes group by 1 order by 1
            """
        ).fetchall()
        columns = {name: _say_columns(connection, name, sides, keys[name]) for name, *_ in rows}
    if rows:
        print_rows(
            ["table", "added", "changed", "in", "merged", "removed"],
            [(name, added, changed, columns[name], merged, gone) for name, added, changed, merged, gone, _ in rows],
        )
        causes = sorted({cause for *_, told in rows for cause in told.split(", ")})
        if causes != [cause]:
            out.print(f"Of single rows the cause is: {', '.join(causes)} (changes.parquet has it of each).")
        out.print("`--table NAME` shows the rows of one, with each value before and after.")
    else:
        out.print("No row of any table is different.")


def _say_columns(connection: duckdb.DuckDBPyConnection, table: str, sides: list[dict[str, str]], key: list[str]) -> str:
    """The columns in which most of a table's changed rows differ: ranks that moved are told from new facts by it."""
    old, new = (side.get(table) for side in sides)
    if not old or not new:
        return ""
    found = count_changed(connection, table, old, new, key)
    shown = [f"{column} {count:,}" for column, count in found[:SHOWN_COLUMNS]]
    more = len(found) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def print_rebuilt(kept: Kept, result: Rebuilt) -> None:
    """How a release compares with one built anew."""
    if not result.differing:
        out.print(f"Built anew: all {result.files:,} files of {plain(kept.release_id)} are the same bytes again.")
        return
    names = {"inputs": "what is known of its dumps", "code_sha256": "the code", "settings_sha256": "the settings"}
    because = ", ".join(names.get(name, f"the version of {name}") for name in result.because)
    out.print(f"Built anew: {len(result.differing):,} of {result.files:,} files are other bytes.")
    if because:
        out.print(f"Not the same as when it was published: {plain(because)}.")
    if result.rows:
        print_rows(["table", "rows that differ"], list(result.rows.items()))
    else:
        out.print("Every row of every table is the same.")


def _tables(kept: Kept) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = kept.manifest.get("tables", {})
    return found


def print_delivered(done: Delivered) -> None:
    """What was written where, and what that proves."""
    where = f"{plain(done.release_id)} is whole in {plain(done.place)}: every file was read back."
    if not done.written and not done.removed:
        out.print(f"{where} Nothing had to be written.", soft_wrap=True)
        return
    there = f", {len(done.there):,} were there" if done.there else ""
    gone = f", {len(done.removed):,} of another release are gone" if done.removed else ""
    files = "file" if len(done.written) == 1 else "files"
    out.print(
        f"Wrote {len(done.written):,} {files} ({done.bytes / 1e6:,.1f} MB){there}{gone}. {where}",
        soft_wrap=True,
    )
