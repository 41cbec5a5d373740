"""The raw tables: what the dumps say, as printed, and what became of every line.

What belongs here: choosing the files, skipping what is known, loading, and taking dumps out again. Reading bytes is
`pipelines.parsing`.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
from pydantic import Field

from pipelines import progress
from pipelines.assets.tables import materialize_tables, table_specs
from pipelines.budget import choose_budget, hold_dumps
from pipelines.intake import Left, Stock, find_changed, take_stock
from pipelines.overrides import KEYWORDS_FILE, OverrideError, read_keyword_overrides, replace_overrides
from pipelines.paper_overrides import PAPERS_FILE, read_paper_overrides
from pipelines.parsing import PARSER_VERSION, Parsed, find_files, hash_files, parse_dumps
from pipelines.parsing.dates import find_date_in_name
from pipelines.release.fingerprint import is_published
from pipelines.resources import OVERRIDE_TABLES, RAW_TABLES, TABLES, TEXT_TABLES, Warehouse, append
from pipelines.sample import write_sample
from pipelines.sidecar import record_sidecars, split_sidecars

#: The raw tables that parsing fills; the others say where dumps came from and what sidecars say of them.
PARSED_TABLES = ("raw.dumps", "raw.entries", "raw.rejects", "raw.line_spans")


class DumpPaths(dg.Config):
    """Which dumps to read: files and folders; empty means the inbox, and a generated sample where that is empty."""

    paths: list[str] = Field(default_factory=list)
    reject_budget: float | None = Field(
        default=None,
        description="Share of a dump's content that may be refused before it is held back; PAPERHOUSE_REJECT_BUDGET or "
        "0.5 where not given.",
    )


@dg.multi_asset(specs=table_specs("raw", (*RAW_TABLES, *OVERRIDE_TABLES)), can_subset=False)
def raw_tables(
    context: dg.AssetExecutionContext, config: DumpPaths, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult]:
    """Parse the dumps that are not loaded yet. With nothing new and nothing to publish, the run ends here."""
    # Inputs first: a warehouse without a file yet is what asks for the sample.
    files = find_files(choose_inputs(warehouse, [Path(path) for path in config.paths]))
    load_overrides(warehouse)
    load_dumps(warehouse, files, config.reject_budget)
    context.log.info(", ".join(f"{count:,} {name}" for name, count in progress.counts.items()))
    for note in progress.notes:
        context.log.warning(note)
    if is_published(warehouse):
        context.log.info("Nothing is new and the published release is current: nothing to build.")
        return
    yield from materialize_tables(warehouse, (*RAW_TABLES, *OVERRIDE_TABLES))


def load_overrides(warehouse: Warehouse) -> None:
    """Put what the override files say now in the place of what they said before."""
    try:
        keywords = read_keyword_overrides(warehouse.overrides / KEYWORDS_FILE)
        papers = read_paper_overrides(warehouse.overrides / PAPERS_FILE)
    except OverrideError as error:
        raise dg.Failure(description=str(error)) from error
    with warehouse.connect() as connection:
        replace_overrides(connection, "raw.keyword_overrides", keywords)
        replace_overrides(connection, "raw.paper_overrides", papers)


def choose_inputs(warehouse: Warehouse, paths: Sequence[Path]) -> list[Path]:
    """The paths given, else the inbox, else a generated sample where the inbox is empty and nothing else is loaded.

    Real dumps push the sample out: invented papers and real ones are never in one warehouse.
    """
    inputs = list(paths) or [warehouse.inbox]
    if paths or find_files(inputs):
        if warehouse.sample.exists():
            _push_out_sample(warehouse)
        return inputs
    if warehouse.database.exists() and not warehouse.sample.exists():
        return inputs
    progress.counts["sample papers"] = _renew_sample(warehouse)
    return [warehouse.sample]


def _renew_sample(warehouse: Warehouse) -> int:
    """Write the sample and return its papers. What an earlier version of the generator wrote leaves nothing behind."""
    before = _hash_sample(warehouse) if warehouse.sample.exists() else set()
    shutil.rmtree(warehouse.sample, ignore_errors=True)
    papers = write_sample(warehouse.sample).papers
    if before - _hash_sample(warehouse):
        _forget_sample(warehouse, before)
    return papers


def _hash_sample(warehouse: Warehouse) -> set[str]:
    return set(hash_files(find_files([warehouse.sample]))["dump_id"])


def _push_out_sample(warehouse: Warehouse) -> None:
    _forget_sample(warehouse, _hash_sample(warehouse))
    shutil.rmtree(warehouse.sample)
    shutil.rmtree(warehouse.sample_truth, ignore_errors=True)


def _forget_sample(warehouse: Warehouse, dump_ids: set[str]) -> None:
    """Invented papers leave nothing behind, no tombstones either: nobody is owed an answer about them."""
    forget_dumps(warehouse, sorted(dump_ids))
    with warehouse.connect() as connection:
        connection.execute("delete from quality.published_papers")


def load_dumps(warehouse: Warehouse, files: Sequence[Path], reject_budget: float | None = None) -> None:
    """Load the dumps among the files that the warehouse does not have, in one transaction.

    Sidecars among or beside them are heeded, dumps over the reject budget held back. Files that cannot be read, vanish
    or change meanwhile are left for the next run and said so.
    """
    budget = choose_budget(reject_budget)
    dump_files, sidecars = split_sidecars(files)
    with warehouse.connect() as connection:
        with progress.stage("hash", total=len(dump_files)) as advance:
            stock = take_stock(dump_files, connection.execute("select * from raw.files").pl(), advance)
        arrived = _gather_dumps(connection, stock.files)
        new = arrived.filter("is_new")
        with progress.stage("parse", total=new.height) as advance:
            for parsed in parse_dumps(new):
                append_parsed(connection, parsed)
                advance(parsed.dumps.height)
        left = stock.left + _take_back_changed(connection, new, stock)
        kept = stock.files.filter(~pl.col("path").is_in([file.path for file in left]))
        renamed = _add_names(connection, arrived, kept)
        _record_files(connection, kept)
        problems = record_sidecars(connection, files, sidecars)
        if hold_dumps(connection, budget):
            forget_stale_texts(connection)
        older = _find_older_readings(connection)
    progress.counts["files"] = len(dump_files)
    progress.counts["hashed files"] = stock.hashed_count
    progress.counts["new dumps"] = new.filter(~pl.col("path").is_in([file.path for file in left])).height
    progress.counts["unchanged dumps"] = arrived.height - new.height
    progress.counts["renamed dumps"] = renamed
    progress.notes += [f"Left for the next build: {file.path}: {file.reason}." for file in left]
    progress.notes += [f"Sidecar {problem}." for problem in problems]
    progress.notes += older


def append_parsed(
    connection: duckdb.DuckDBPyConnection, parsed: Parsed, name: Callable[[str], str] = lambda table: table
) -> None:
    """Load one batch of parsed dumps into the raw tables, or into the tables that `name` gives for them."""
    nothing = {name: pl.lit(None, pl.String) for name in ("source", "note", "held_reason")}
    frames = {
        "raw.dumps": parsed.dumps.with_columns(loaded_at=datetime.now(UTC), **nothing),
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


def forget_stale_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Start the text tables over where a text in them stands in no entry any more that reaches staging.

    Document frequencies are sums over batches, and cannot be taken back text by text.
    """
    stale = connection.execute(
        """
        select count(*) from text.texts
        where not exists (
            select 1 from raw.entries inner join raw.dumps on entries.dump_id = dumps.dump_id
            where entries.text_id = texts.text_id and dumps.status <> 'held'
        )
        """
    ).fetchall()[0][0]
    if stale:
        for table in TEXT_TABLES:
            connection.execute(f"delete from {table}")


def _find_older_readings(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """A line for the summary where loaded dumps were read by another version of the parser than this one."""
    versions = connection.execute(
        "select parser_version, count(*) from raw.dumps where parser_version <> ? group by 1 order by 1",
        [PARSER_VERSION],
    ).fetchall()
    if not versions:
        return []
    read = ", ".join(f"{count:,} by version {version}" for version, count in versions)
    return [
        f"Dumps read by another version of the parser (now {PARSER_VERSION}): {read}. "
        "`paperhouse replay` shows what reading them again would change, and changes nothing until you accept it."
    ]


def forget_dumps(warehouse: Warehouse, dump_ids: Sequence[str]) -> int:
    """Take dumps out of the raw tables; returns how many were there. Files are left alone.

    The text tables start over: document frequencies are sums over batches, and cannot be taken back text by text.
    """
    with warehouse.connect() as connection:
        ids = list(dump_ids)
        forgotten = connection.execute("select count(*) from raw.dumps where dump_id in $ids", {"ids": ids}).fetchall()
        if forgotten[0][0]:
            for table in RAW_TABLES:
                connection.execute(f"delete from {table} where dump_id in $ids", {"ids": ids})
            for table in TEXT_TABLES:
                connection.execute(f"delete from {table}")
    return int(forgotten[0][0])


def _add_text_ids(connection: duckdb.DuckDBPyConnection, entries: pl.DataFrame) -> pl.DataFrame:
    """Entries with the id of their text, so that a text delivered twice is worked on once."""
    texts = connection.from_arrow(entries.select("title", "abstract").to_arrow())
    ids = texts.select("md5(concat_ws(chr(31), coalesce(title, ''), coalesce(abstract, ''))) as text_id").pl()
    return entries.with_columns(ids)


def _add_names(connection: duckdb.DuckDBPyConnection, arrived: pl.DataFrame, kept: pl.DataFrame) -> int:
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
    redated = [parsed.dumps for parsed in parse_dumps(known.filter("is_redated")) if parsed.dumps.height]
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
