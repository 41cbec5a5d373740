"""Warehouse: the one place that knows where data lives and how it is opened.

What belongs here: the folder's layout, connections, the tables the pipeline itself writes, the lock that keeps two
builds apart. What does not: parsing, SQL that builds marts, and what is published (`pipelines.release`).
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipelines.overrides import KEYWORD_OVERRIDES
from pipelines.paper_overrides import PAPER_OVERRIDES
from pipelines.parsing import schema as raw_schema
from pipelines.text import schema as text_schema

#: Environment variable that names the warehouse folder, for Dagster and dbt.
WAREHOUSE_VARIABLE = "PAPERHOUSE_WAREHOUSE"
#: Environment variable for the keyword setting; dbt's macro keyword_setting says what each one means.
KEYWORDS_VARIABLE = "PAPERHOUSE_KEYWORDS"
#: Environment variable for DuckDB's memory limit, dbt's included; beyond it DuckDB spills to the warehouse folder.
MEMORY_VARIABLE = "PAPERHOUSE_MEMORY_LIMIT"
#: The pipeline itself only appends, copies and checks, next to Polars and Great Expectations in one process; dbt
#: aggregates in a process of its own. MB for warehouses of up to 100,000 papers or so; see Warehouse.memory_limit.
BASE_MEMORY, DBT_BASE_MEMORY = 250, 600

#: Environment variable for the reject budget: the share of a dump's content that may be refused before it is held back.
BUDGET_VARIABLE = "PAPERHOUSE_REJECT_BUDGET"

#: Seconds to wait for a process that has the pipeline's own file open.
HOLDER_PATIENCE = 30.0

#: Dagster's configuration. It names no folder, so that a warehouse can be moved.
#: An operator's own is left alone; what an earlier version wrote is renewed.
_EARLIER_DAGSTER_SETTINGS = """\
telemetry:
  enabled: false
nux:
  enabled: false
"""
_DAGSTER_SETTINGS = f"""\
{_EARLIER_DAGSTER_SETTINGS}\
event_log_storage:
  module: pipelines.run_history
  class: RunHistory
  config:
    home:
      env: DAGSTER_HOME
"""

#: What an operator's sidecar may add to a dump, and what the pipeline decides about it.
_DUMPS = {
    **raw_schema.DUMPS,
    "source": pl.String(),
    "note": pl.String(),
    "held_reason": pl.String(),
    "loaded_at": raw_schema.INSTANT,
}

#: One row per file (or member of an archive) that dumps were read from. Private: it names paths of this machine.
_FILES = {
    "path": pl.String(),
    "member": pl.String(),
    "dump_id": pl.String(),
    "file_name": pl.String(),
    "folder_name": pl.String(),
    "byte_count": pl.Int64(),
    "stamp": pl.String(),
}

#: One row per row of a sidecar. Private, like raw.files.
_SIDECARS = {
    "path": pl.String(),
    "line": pl.Int64(),
    "file_name": pl.String(),
    "dump_id": pl.String(),
    "captured_on": pl.Date(),
    "source": pl.String(),
    "note": pl.String(),
    "problem": pl.String(),
}

#: One row per dump: the capture date it carries itself, which a sidecar may overrule and give back. Private.
_DUMP_DATES = {
    name: raw_schema.DUMPS[name] for name in ("dump_id", "captured_on", "captured_on_source", "captured_on_precision")
}

_CHECK_RESULTS = {
    "run_id": pl.String(),
    "stage": pl.String(),
    "table_name": pl.String(),
    "rule": pl.String(),
    "status": pl.String(),
    "observed": pl.String(),
    "expected": pl.String(),
    "failing": pl.String(),
    "checked_at": raw_schema.INSTANT,
}

#: Every table the pipeline writes itself: name -> columns. dbt makes the others.
TABLES: Mapping[str, Mapping[str, pl.DataType]] = {
    "raw.dumps": _DUMPS,
    "raw.entries": {**raw_schema.ENTRIES, "text_id": pl.String()},
    "raw.rejects": raw_schema.REJECTS,
    "raw.line_spans": raw_schema.LINE_SPANS,
    "raw.files": _FILES,
    "raw.sidecars": _SIDECARS,
    "raw.dump_dates": _DUMP_DATES,
    "raw.keyword_overrides": KEYWORD_OVERRIDES,
    "raw.paper_overrides": PAPER_OVERRIDES,
    "text.texts": text_schema.TEXTS,
    "text.phrases": text_schema.PHRASES,
    "text.words": {**text_schema.WORDS, "batch_id": pl.String()},
    "text.links": text_schema.LINKS,
    "text.abbreviations": text_schema.ABBREVIATIONS,
    "text.fingerprints": text_schema.FINGERPRINTS,
    "text.results": text_schema.RESULTS,
    "text.methods": text_schema.METHODS,
    "text.given_keywords": text_schema.GIVEN_KEYWORDS,
    "text.background_words": text_schema.BACKGROUND_WORDS,
    "text.background_terms": text_schema.BACKGROUND_TERMS,
    "text.search_terms": text_schema.SEARCH_TERMS,
    "quality.check_results": _CHECK_RESULTS,
    "quality.published_papers": {"paper_id": pl.String(), "last_published_at": raw_schema.INSTANT},
}

OVERRIDE_TABLES = tuple(table for table in TABLES if table.endswith("_overrides"))
#: The tables that dumps fill.
RAW_TABLES = tuple(table for table in TABLES if table.startswith("raw.") and table not in OVERRIDE_TABLES)
TEXT_TABLES = tuple(table for table in TABLES if table.startswith("text."))


class WarehouseUnavailableError(RuntimeError):
    """The warehouse cannot be written now; the message says why and what to do. What is published is as it was."""


class WarehouseBusyError(WarehouseUnavailableError):
    """Another build is writing this warehouse."""


class WarehouseNotWritableError(WarehouseUnavailableError):
    """The warehouse's folder cannot be written: no permission, a read-only or a full disk."""


class WarehouseUnreadableError(WarehouseUnavailableError):
    """A file of the warehouse is damaged, or a newer version made it."""


class NothingPublishedError(RuntimeError):
    """The warehouse has no published database yet."""


@dataclass(frozen=True)
class Warehouse:
    """A warehouse folder. Making one touches nothing; `prepare` creates what is missing."""

    folder: Path

    @classmethod
    def from_environment(cls) -> Warehouse:
        """The warehouse that PAPERHOUSE_WAREHOUSE names, else `warehouse/` below the current folder."""
        return cls(Path(os.environ.get(WAREHOUSE_VARIABLE, "warehouse")).resolve())

    @property
    def inbox(self) -> Path:
        """Where dumps are dropped."""
        return self.folder / "inbox"

    @property
    def overrides(self) -> Path:
        """Where users correct by hand what the rules decide."""
        return self.folder / "overrides"

    @property
    def sample(self) -> Path:
        """Where the bundled sample is written when there is nothing else to build."""
        return self.folder / "sample"

    @property
    def sample_truth(self) -> Path:
        """What is true of the sample, written beside it."""
        return self.folder / "sample-truth"

    @property
    def database(self) -> Path:
        """The pipeline's own file: one writer, no readers while it writes."""
        return self.folder / "warehouse.duckdb"

    @property
    def published_database(self) -> Path:
        """The readers' file: a link to the database of the latest release, so that both move in one step."""
        return self.folder / "paperhouse.duckdb"

    @property
    def releases(self) -> Path:
        """One folder of Parquet per release, and `latest`."""
        return self.folder / "releases"

    @property
    def subscriptions(self) -> Path:
        """Who gets digests and what was sent: no build writes it, so nothing is lost when the rest is made anew."""
        return self.folder / "subscriptions.duckdb"

    @property
    def digests(self) -> Path:
        """Where digests are written to."""
        return self.folder / "digests"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history."""
        return self.folder / ".dagster"

    @property
    def dbt_target(self) -> Path:
        """What dbt compiles and logs."""
        return self.folder / ".dbt"

    @property
    def last_build(self) -> Path:
        """Outcome and stage times of the latest build started from the command line, as JSON."""
        return self.folder / "last_build.json"

    @property
    def database_settings(self) -> dict[str, str | bool | int | float | list[str]]:
        """DuckDB's limits for a writing connection: bounded memory, overflow inside the warehouse."""
        return {"memory_limit": self.memory_limit(BASE_MEMORY), "temp_directory": str(self.folder / ".spill")}

    def memory_limit(self, base: int, share: float = 1 / 3) -> str:
        """DuckDB's memory limit for the pipeline's own file; see the function of this name."""
        return memory_limit(self.database, base, share)

    def prepare(self) -> None:
        """Create the folder and Dagster's configuration in it where they are missing.

        Raises WarehouseNotWritableError where that is not possible.
        """
        try:
            for folder in (self.inbox, self.releases, self.dagster_home, self.dbt_target):
                folder.mkdir(parents=True, exist_ok=True)
            settings = self.dagster_home / "dagster.yaml"
            if not settings.exists() or settings.read_text() == _EARLIER_DAGSTER_SETTINGS:
                settings.write_text(_DAGSTER_SETTINGS)
            (self.folder / ".lock").touch()
        except OSError as error:
            raise WarehouseNotWritableError(
                f"The warehouse {self.folder} cannot be written: {error.strerror} ({error.filename}). "
                "Make room and give yourself the right to write there, or choose another folder with --warehouse."
            ) from None

    def set_environment(self) -> None:
        """Name this warehouse to Dagster and dbt, in this process and its children; telemetry off."""
        os.environ[WAREHOUSE_VARIABLE] = str(self.folder)
        os.environ["DAGSTER_HOME"] = str(self.dagster_home)
        os.environ["DO_NOT_TRACK"] = "1"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the warehouse for one build. Raises WarehouseBusyError at once where another build holds it.

        DuckDB's own lock covers a single connection; a build opens several, and dbt's in between.
        """
        self.prepare()
        with (self.folder / ".lock").open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.seek(0)
                holder = handle.read().strip() or "unknown"
                raise WarehouseBusyError(
                    f"Another build is writing {self.folder} (process {holder}). "
                    "Wait for it to end, or choose another folder with --warehouse."
                ) from None
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The pipeline's own file, open for writing, in one transaction: all of the block or nothing.

        Raises WarehouseBusyError where another process keeps the file open.
        """
        with self._open() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("begin")
            try:
                _create_tables(connection)
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")

    def _open(self) -> duckdb.DuckDBPyConnection:
        """Open the pipeline's own file, and wait for one who holds it: the dbt of a build that was killed ends soon."""
        give_up_at = time.monotonic() + HOLDER_PATIENCE
        while True:
            try:
                return duckdb.connect(str(self.database), config=self.database_settings)
            except duckdb.IOException as error:
                if "lock" not in str(error):
                    raise _explain_unreadable(self.database, error) from None
                if time.monotonic() > give_up_at:
                    holder = re.search(r"PID (\d+)", str(error))
                    raise WarehouseBusyError(
                        f"Process {holder[1] if holder else 'unknown'} has {self.database} open. End it, or wait for "
                        "it; to read, open paperhouse.duckdb beside it, which anybody may at any time."
                    ) from None
                time.sleep(0.2)

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The published file, read-only.

        External access is off, so a query can read the warehouse and nothing else on this machine. Raises
        NothingPublishedError where there is no such file yet, WarehouseUnreadableError where it cannot be opened.
        """
        if not self.published_database.exists():
            raise NothingPublishedError(
                f"Nothing is published in {self.folder} yet. Build it first: paperhouse build --warehouse {self.folder}"
            )
        try:
            opened = duckdb.connect(str(self.published_database), read_only=True)
        except duckdb.Error as error:
            raise _explain_unreadable(self.published_database, error) from None
        with opened as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("set enable_external_access = false")
            yield connection


def memory_limit(database: Path, base: int, share: float = 1 / 3) -> str:
    """DuckDB's memory limit: what the environment says, else `base` MB, or a share of the database file.

    DuckDB spills most of what does not fit, but not all of it, and that part grows with the corpus: a million papers, a
    file of 5 GB, do not fit into 600 MB. It never is more than half of this machine's memory.
    """
    size = round(share * database.stat().st_size) if database.exists() else 0
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    grown = min(size, machine // 2) // 1_000_000
    return os.environ.get(MEMORY_VARIABLE, f"{max(base, grown)}MB")


def _explain_unreadable(path: Path, error: duckdb.Error) -> WarehouseUnreadableError | WarehouseNotWritableError:
    """What DuckDB says of a file it cannot open, and the ways out."""
    said = str(error).splitlines()[0].removeprefix("IO Error: ")
    if "Permission denied" in said or "Read-only file system" in said:
        return WarehouseNotWritableError(
            f"{said}. Give yourself the right to read and write {path}, or choose another folder with --warehouse."
        )
    return WarehouseUnreadableError(
        f"{path} cannot be opened: {said} Where a newer version of Paperhouse or DuckDB made it, use that version; "
        "where it is damaged, move it away and build again from the dumps."
    )


def append(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame, into: str | None = None) -> None:
    """Add the rows of a frame to a table of TABLES, or to another table of the same columns.

    The frame is handed over as a relation: a registered view would keep it in memory until the transaction ends.
    """
    if not frame.is_empty():
        connection.from_arrow(frame.select(list(TABLES[table])).to_arrow()).insert_into(into or table)


def _create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table, columns in TABLES.items():
        connection.execute(f"create schema if not exists {table.split('.')[0]}")
        body = ", ".join(f'"{name}" {_sql_type(dtype)}' for name, dtype in columns.items())
        connection.execute(f"create table if not exists {table} ({body})")
    _add_missing_columns(connection)


def _add_missing_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the tables of a warehouse that an earlier version made the columns that have been added since."""
    present = set(
        connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where not internal and database_name = current_database()"
        ).fetchall()
    )
    unknown = sorted(f"{table}.{name}" for table, name in present if table in TABLES and name not in TABLES[table])
    if unknown:
        raise WarehouseUnreadableError(
            f"Another version of Paperhouse made this warehouse: this one does not know {', '.join(unknown[:3])}. Use "
            "that version, or build the dumps into another folder with --warehouse."
        )
    for table, columns in TABLES.items():
        for name, dtype in columns.items():
            if (table, name) not in present:
                connection.execute(f'alter table {table} add column "{name}" {_sql_type(dtype)}')


def _sql_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return f"{_sql_type(dtype.inner)}[]"  # type: ignore[arg-type]
    names = {
        pl.String: "varchar",
        pl.Int64: "bigint",
        pl.Float64: "double",
        pl.Date: "date",
        pl.Datetime: "timestamp",
        pl.Boolean: "boolean",
    }
    return names[type(dtype)]
