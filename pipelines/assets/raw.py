"""The raw tables: what the dumps say, as printed, and what became of every line.

What belongs here: choosing the files, skipping what is known, loading, and taking dumps out again. Reading bytes is
`pipelines.parsing`.
"""

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
from pydantic import Field

from pipelines import progress
from pipelines.assets.tables import materialize_tables, table_specs
from pipelines.overrides import KEYWORDS_FILE, OverrideError, read_keyword_overrides, replace_overrides
from pipelines.paper_overrides import PAPERS_FILE, read_paper_overrides
from pipelines.parsing import find_files, hash_files, parse_dumps
from pipelines.release.fingerprint import is_published
from pipelines.resources import OVERRIDE_TABLES, RAW_TABLES, TEXT_TABLES, Warehouse, append
from pipelines.sample import write_sample


class DumpPaths(dg.Config):
    """Which dumps to read: files and folders; empty means the inbox, and a generated sample where that is empty."""

    paths: list[str] = Field(default_factory=list)


@dg.multi_asset(specs=table_specs("raw", (*RAW_TABLES, *OVERRIDE_TABLES)), can_subset=False)
def raw_tables(
    context: dg.AssetExecutionContext, config: DumpPaths, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult]:
    """Parse the dumps that are not loaded yet. With nothing new and nothing to publish, the run ends here."""
    load_overrides(warehouse)
    load_dumps(warehouse, find_files(choose_inputs(warehouse, [Path(path) for path in config.paths])))
    context.log.info(", ".join(f"{count:,} {name}" for name, count in progress.counts.items()))
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
            forget_dumps(warehouse, hash_files(find_files([warehouse.sample]))["dump_id"].to_list())
            shutil.rmtree(warehouse.sample)
            shutil.rmtree(warehouse.sample_truth, ignore_errors=True)
        return inputs
    if warehouse.database.exists() and not warehouse.sample.exists():
        return inputs
    progress.counts["sample papers"] = write_sample(warehouse.sample).papers
    return [warehouse.sample]


def load_dumps(warehouse: Warehouse, files: Sequence[Path]) -> None:
    """Load the dumps among the files that the warehouse does not have, in one transaction."""
    hashed = hash_files(files)
    dumps = hashed.group_by("dump_id", maintain_order=True).agg(
        pl.exclude("file_name").first(), pl.col("file_name").first(), file_names=pl.col("file_name").unique().sort()
    )
    with warehouse.connect() as connection:
        known = pl.col("dump_id").is_in(connection.execute("select dump_id from raw.dumps").pl()["dump_id"].implode())
        new = dumps.filter(~known)
        renamed = _add_names(connection, dumps.filter(known))
        with progress.stage("parse", total=new.height) as advance:
            for parsed in parse_dumps(new):
                append(connection, "raw.dumps", parsed.dumps.with_columns(loaded_at=datetime.now(UTC)))
                append(connection, "raw.entries", _add_text_ids(connection, parsed.entries))
                append(connection, "raw.rejects", parsed.rejects)
                append(connection, "raw.line_spans", parsed.line_spans)
                advance(parsed.dumps.height)
    progress.counts["files"] = hashed.height
    progress.counts["new dumps"] = new.height
    progress.counts["unchanged dumps"] = dumps.height - new.height
    progress.counts["renamed dumps"] = renamed


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


def _add_names(connection: duckdb.DuckDBPyConnection, known: pl.DataFrame) -> int:
    """Record names a known dump had not come under before; returns how many dumps gained one."""
    connection.register("named", known.select("dump_id", "file_names").to_arrow())
    changed = connection.execute(
        """
        update raw.dumps set file_names = list_sort(list_distinct(list_concat(dumps.file_names, named.file_names)))
        from named
        where dumps.dump_id = named.dump_id and not list_has_all(dumps.file_names, named.file_names)
        """
    ).fetchone()
    connection.unregister("named")
    return changed[0] if changed else 0
