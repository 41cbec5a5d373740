"""Dumps into the raw tables: what they say, as printed, and what became of every line.

What belongs here: skipping what is known, loading, and taking dumps out again. Reading bytes is `parsing/`, looking at
files from outside `intake`, what sidecars say of them `sidecars`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from ..parsing import NO_MAPPING, ColumnMapping, Left, Links, Parsed, name_version, read_dumps
from ..parsing.dates import find_date_in_name
from ..showing import progress
from ..warehouse.folder import Warehouse
from ..warehouse.tables import RAW_TABLES, TABLES, append
from .budget import choose_budget, hold_dumps
from .forgotten import make_final
from .intake import Stock, find_changed, take_stock
from .sidecars import NO_LINKS, find_left_sidecars, record_sidecars, split_sidecars
from .takedown import keep_out
from .texts import forget_stale_texts, forget_texts

#: Links named in a summary that were left.
SHOWN_LINKS = 10
#: Fields named in a summary that nothing takes.
SHOWN_FIELDS = 10
#: The raw tables that parsing fills; the others say where dumps came from and what sidecars say of them.
PARSED_TABLES = ("raw.dumps", "raw.entries", "raw.rejects", "raw.line_spans")


def load_dumps(
    warehouse: Warehouse,
    files: Sequence[Path],
    reject_budget: float | None = None,
    links: Links = NO_LINKS,
    own: ColumnMapping = NO_MAPPING,
    on_new: Callable[[], object] = lambda: None,
    read: Callable[[pl.DataFrame, ColumnMapping], Iterator[Parsed]] | None = None,
) -> None:
    """Load the dumps among the files that the warehouse does not have, in one transaction; own are names of columns.

    Sidecars among or beside them are heeded, dumps over the reject budget held back. Files that cannot be read, vanish
    or change meanwhile are left for the next run and said so; so are the links that the search for the files left.
    Where there is something to parse, `on_new` is called before: most of the time goes by in another process. `read` is
    who parses, where that is not this machine.
    """
    budget = choose_budget(reject_budget)
    dump_files, sidecars = split_sidecars(files, links)
    with warehouse.connect() as connection:
        make_final(connection)
        with progress.stage("hash", total=len(dump_files)) as advance:
            stock = take_stock(dump_files, connection.execute("select * from raw.files").pl(), advance, links.taken)
        arrived = _gather_dumps(connection, stock.files)
        new = arrived.filter("is_new")
        if new.height:
            on_new()
        with progress.stage("parse", total=new.height) as advance:
            for parsed in read(new, own) if read else read_dumps(new, own=own):
                append_parsed(connection, parsed)
                advance(parsed.dumps.height)
        left = stock.left + _take_back_changed(connection, new, stock)
        kept = stock.files.filter(~pl.col("path").is_in([file.path for file in left]))
        renamed = _add_names(connection, arrived, kept, own)
        _record_files(connection, kept)
        taken_down = keep_out(connection) if new.height else 0
        problems = record_sidecars(connection, files, sidecars)
        if hold_dumps(connection, budget):
            forget_stale_texts(connection)
        older = _find_older_readings(connection, name_version(own))
        ignored = _find_new_ignored(connection, new["dump_id"].to_list())
        ignored += _find_new_unread(connection, new["dump_id"].to_list())
    progress.counts["files"] = len(dump_files)
    progress.counts["hashed files"] = stock.hashed_count
    progress.counts["new dumps"] = new.filter(~pl.col("path").is_in([file.path for file in left])).height
    progress.counts["unchanged dumps"] = arrived.height - new.height
    progress.counts["renamed dumps"] = renamed
    progress.notes += [f"Left for the next build: {file.path}: {file.reason}." for file in left]
    progress.notes += _name_left_links([*links.left, *find_left_sidecars(files, links)])
    progress.notes += [f"Sidecar {problem}." for problem in problems]
    if taken_down:
        progress.notes.append(
            f"Entries of papers that were taken down: {taken_down:,}. They are rejects without their text (taken_down)."
        )
    progress.notes += older + ignored


def _name_left_links(left: Sequence[Left]) -> list[str]:
    """Lines for the summary on the links that were not gone after."""
    named = [f"Left: {link.path}: {link.reason}." for link in left[:SHOWN_LINKS]]
    more = len(left) - SHOWN_LINKS
    return [*named, f"Left: {more:,} more {'link' if more == 1 else 'links'}."] if more > 0 else named


def append_parsed(
    connection: duckdb.DuckDBPyConnection, parsed: Parsed, name: Callable[[str], str] = lambda table: table
) -> None:
    """Load one batch of parsed dumps into the raw tables, or into the tables that `name` gives for them."""
    nothing = {name: pl.lit(None, pl.String) for name in ("source", "note")}
    # One that was not read to its end comes held; all others are judged when everything is loaded.
    held_reason = pl.when(status="held").then("layout_reason")
    frames = {
        "raw.dumps": parsed.dumps.with_columns(loaded_at=datetime.now(UTC), held_reason=held_reason, **nothing),
        "raw.entries": _add_text_ids(connection, parsed.entries),
        "raw.rejects": parsed.rejects,
        "raw.line_spans": parsed.line_spans,
    }
    for table, frame in frames.items():
        append(connection, table, frame, into=name(table))


def _gather_dumps(connection: duckdb.DuckDBPyConnection, files: pl.DataFrame) -> pl.DataFrame:
    """The distinct dumps among the files, each with every name and folder it came under, now or before.

    One row per dump_id with the columns of hash_files, file_names, is_new, and is_redated: whether a name or folder is
    new to a known dump and carries a date, which may change what is known of the dump's date.
    """
    connection.register("hashed", files.select("dump_id").unique().to_arrow())
    before = connection.execute(
        """
        select
            dumps.dump_id,
            dumps.file_names as names_before,
            list_sort(list(distinct files.folder_name) filter (files.folder_name is not null)) as folders_before
        from raw.dumps
        inner join hashed on dumps.dump_id = hashed.dump_id
        left join raw.files on dumps.dump_id = files.dump_id
        group by all
        """
    ).pl()
    connection.unregister("hashed")
    dumps = (
        files.group_by("dump_id", maintain_order=True)
        .agg(
            pl.exclude("file_name", "folder_name", "stamp").first(),
            file_names=pl.col("file_name").unique().sort(),
            folders=pl.col("folder_name").drop_nulls().unique().sort(),
        )
        .join(before, on="dump_id", how="left", maintain_order="left")
        .with_columns(is_new=pl.col("names_before").is_null())
        .with_columns(pl.col("names_before", "folders_before").fill_null([]))
    )
    gained = pl.concat_list(
        pl.col("file_names").list.set_difference("names_before"),
        pl.col("folders").list.set_difference("folders_before"),
    )
    dumps = dumps.with_columns(
        gained=gained,
        file_names=pl.col("file_names").list.set_union("names_before").list.sort(),
        folders=pl.col("folders").list.set_union("folders_before").list.sort(),
    )
    # Row-wise, but only for dumps with something to choose from.
    is_dated = [
        not new and any(map(find_date_in_name, names)) for new, names in dumps.select("is_new", "gained").rows()
    ]
    folder = [choose_folder(folders) for folders in dumps["folders"]]
    return dumps.with_columns(
        is_redated=pl.Series(is_dated, dtype=pl.Boolean), folder_name=pl.Series(folder, dtype=pl.String)
    ).drop("names_before", "folders_before", "folders")


def choose_folder(folders: Sequence[str]) -> str | None:
    """The folder whose name may date a dump: one with a date, where all dates agree; else any without, or none.

    The choice is the same in whatever order the folders came.
    """
    if len(folders) == 1:
        return folders[0]
    days = {name: day for name in sorted(folders) if (day := find_date_in_name(name))}
    if days:
        return next(iter(days)) if len(set(days.values())) == 1 else None
    return min(folders, default=None)


def _take_back_changed(connection: duckdb.DuckDBPyConnection, new: pl.DataFrame, stock: Stock) -> list[Left]:
    """Take out again what was read from files that changed or vanished while they were parsed."""
    left = find_changed(new["path"].unique().sort().to_list(), stock)
    ids = new.filter(pl.col("path").is_in([file.path for file in left]))["dump_id"].to_list()
    if ids:
        for table in PARSED_TABLES:
            connection.execute(f"delete from {table} where dump_id in $ids", {"ids": ids})
    return left


def _record_files(connection: duckdb.DuckDBPyConnection, files: pl.DataFrame) -> None:
    """Remember where each content was read from and how the file looked; rows that are there already stay."""
    columns = list(TABLES["raw.files"])
    frame = files.with_columns(pl.lit(None, pl.String).alias(name) for name in columns if name not in files.columns)
    present = connection.execute("select path, stamp from raw.files").pl().unique()
    met = frame.join(present, on=["path", "stamp"], how="anti", maintain_order="left")
    if met.height:
        connection.execute("delete from raw.files where path in $paths", {"paths": met["path"].unique().to_list()})
        append(connection, "raw.files", met)


def _find_older_readings(connection: duckdb.DuckDBPyConnection, version: str) -> list[str]:
    """A line for the summary where loaded dumps were read by another version of the parser, or by other names."""
    versions = connection.execute(
        "select parser_version, count(*) from raw.dumps where parser_version <> ? group by 1 order by 1",
        [version],
    ).fetchall()
    if not versions:
        return []
    read = ", ".join(f"{count:,} by version {other}" for other, count in versions)
    names = " or by other column names" if "+" in version + read else ""
    return [
        f"Dumps read by another version of the parser{names} (now {version}): {read}. "
        "`paperhouse replay` shows what reading them again would change, and changes nothing until you accept it."
    ]


def _find_new_ignored(connection: duckdb.DuckDBPyConnection, dump_ids: Sequence[str]) -> list[str]:
    """A line for the summary on fields of these dumps that nothing takes and that no dump before them had."""
    fields = connection.execute(
        """
        with ignored as (
            select dump_id in $ids as is_new, unnest(ignored_fields, recursive := true) from raw.dumps
        )

        select field, sum("count")::bigint from ignored
        group by field having bool_and(is_new)
        order by 2 desc, 1
        """,
        {"ids": list(dump_ids)},
    ).fetchall()
    if not fields:
        return []
    named = ", ".join(f"{field} ({count:,})" for field, count in fields[:SHOWN_FIELDS])
    more = f" and {len(fields) - SHOWN_FIELDS:,} more" if len(fields) > SHOWN_FIELDS else ""
    return [
        f"Fields that nothing takes, with how often they held a value: {named}{more}. "
        "`paperhouse status` lists those of all dumps."
    ]


def _find_new_unread(connection: duckdb.DuckDBPyConnection, dump_ids: Sequence[str]) -> list[str]:
    """A line for the summary on values of these dumps that were left out: nobody can read them, or no column hold."""
    fields = connection.execute(
        """
        with flagged as (
            select unnest(flags) as flag from raw.entries where dump_id in $ids
        )

        select substr(flag, 8) as field, count(*) from flagged
        where flag like 'unread\\_%' escape '\\'
        group by field order by 2 desc, 1
        """,
        {"ids": list(dump_ids)},
    ).fetchall()
    if not fields:
        return []
    named = ", ".join(f"{field} ({count:,})" for field, count in fields)
    return [
        f"Values left out because nobody can read them or no paper can have them: {named}. "
        "The flags of raw.entries say of which entries."
    ]


def forget_dumps(warehouse: Warehouse, dump_ids: Sequence[str]) -> int:
    """Take dumps out of the raw tables for good, and what was found in their texts; returns how many were there.

    Files are left alone. What a person forgets may come back: `forgotten`.
    """
    with warehouse.connect() as connection:
        ids = list(dump_ids)
        forgotten = connection.execute("select count(*) from raw.dumps where dump_id in $ids", {"ids": ids}).fetchall()
        if forgotten[0][0]:
            for table in RAW_TABLES:
                connection.execute(f"delete from {table} where dump_id in $ids", {"ids": ids})
            forget_texts(connection)
    return int(forgotten[0][0])


def _add_text_ids(connection: duckdb.DuckDBPyConnection, entries: pl.DataFrame) -> pl.DataFrame:
    """Entries with the id of their text, so that a text delivered twice is worked on once."""
    texts = connection.from_arrow(entries.select("title", "abstract").to_arrow())
    ids = texts.select("md5(concat_ws(chr(31), coalesce(title, ''), coalesce(abstract, ''))) as text_id").pl()
    return entries.with_columns(ids)


def _add_names(
    connection: duckdb.DuckDBPyConnection, arrived: pl.DataFrame, kept: pl.DataFrame, own: ColumnMapping
) -> int:
    """Record names a known dump had not come under before, and the date they give it; returns how many gained one."""
    known = arrived.filter(~pl.col("is_new") & pl.col("dump_id").is_in(kept["dump_id"].implode()))
    connection.register("named", known.select("dump_id", "file_names").to_arrow())
    changed = connection.execute(
        """
        update raw.dumps set file_names = named.file_names
        from named
        where dumps.dump_id = named.dump_id and dumps.file_names <> named.file_names
        """
    ).fetchone()
    connection.unregister("named")
    redated = [parsed.dumps for parsed in read_dumps(known.filter("is_redated"), own=own) if parsed.dumps.height]
    if redated:
        _take_dates(connection, pl.concat(redated))
    return changed[0] if changed else 0


def _take_dates(connection: duckdb.DuckDBPyConnection, dumps: pl.DataFrame) -> None:
    """Give known dumps the dates that they have with all the names they came under; nothing else is read anew."""
    connection.register("redated", dumps.to_arrow())
    connection.execute("delete from raw.dump_dates where dump_id in (select dump_id from redated)")
    connection.execute(
        """
        update raw.dumps set
            captured_on = redated.captured_on,
            captured_on_source = redated.captured_on_source,
            captured_on_precision = redated.captured_on_precision,
            listed_on = redated.listed_on,
            listed_on_source = redated.listed_on_source
        from redated
        where dumps.dump_id = redated.dump_id
        """
    )
    connection.unregister("redated")
