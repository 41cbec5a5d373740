"""The dbt models on another engine, beside what DuckDB made of the same texts: which run, and whose marts are equal."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.engine_digests import differing
from benchmarks.engine_functions import register_functions
from benchmarks.measure import ROOT, CommandFailed
from benchmarks.tables import format_table
from paperhouse.loading.mentions import search_texts
from paperhouse.orchestration.table_costs import CostMeter

#: What dbt reads and does not make; the seeds, which are the same for every engine, come beside it.
_SOURCES = "table_schema in ('raw', 'extracted') or table_name = 'published_papers'"
#: Models whose schema readers see; what others hold may differ between engines (numbers of texts).
_COMPARED = "marts"
_SHOWN = 150


@dataclass(frozen=True)
class ModelRun:
    """How one model did: its error if it did not run, what differs of a mart, CPU seconds of this process.

    `differs` is None where nothing was compared; `is_fed` says that a table it depends on was DuckDB's.
    """

    schema: str
    name: str
    error: str
    is_fed: bool
    cpu_seconds: float
    differs: list[str] | None = None


def run_engines(warehouse: Path, lake: Path, say: Callable[[str], None], engine: str | None = None) -> list[ModelRun]:
    """Run all models on another engine over the raw and text tables of a warehouse, and compare the marts.

    Args:
        warehouse: folder of a warehouse that DuckDB has built.
        lake: folder for the tables, new or empty.
        say: called with what is being done.
        engine: address of a Spark Connect server that sees the lake (`sc://127.0.0.1:15002`); none for an embedded
            Sail.

    Raises:
        CommandFailed: the extra is not installed, the folder is not empty, or dbt ended before any model ran.
    """
    if lake.exists() and any(lake.iterdir()):
        raise CommandFailed(f"{lake} is not empty.")
    lake = lake.resolve()
    with (
        duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as database,
        nullcontext(engine) if engine else _serve_sail() as address,
    ):
        os.environ |= {"PAPERHOUSE_ENGINE": address, "PAPERHOUSE_LAKE": str(lake)}
        within = _Lake(database, lake)
        try:
            runs = _run_models(within, say)
        finally:
            within.close()
        say("compare")
        return [
            replace(run, differs=differing(database, run.schema, run.name, lake))
            if run.schema == _COMPARED and not run.error
            else run
            for run in runs
        ]


@contextmanager
def _serve_sail() -> Iterator[str]:
    """The address of a Sail in this process, which ends with the block."""
    try:
        from pysail.spark import SparkConnectServer
    except ImportError as error:
        raise CommandFailed("Sail is not installed: make setup EXTRAS=spark") from error
    server = SparkConnectServer()
    server.start(background=True)
    try:
        address = server.listening_address
        if address is None:
            raise CommandFailed("Sail listens nowhere.")
        yield f"sc://127.0.0.1:{address[1]}"
    finally:
        server.stop()


class _Lake:
    """The folder and the engine's catalog, filled from a DuckDB warehouse."""

    def __init__(self, database: duckdb.DuckDBPyConnection, folder: Path) -> None:
        from pyspark.sql import SparkSession

        self.folder = folder
        self._database = database
        # The one that dbt finds in this process.
        self._session = SparkSession.builder.remote(os.environ["PAPERHOUSE_ENGINE"]).getOrCreate()
        register_functions(self._session)
        schemas = database.execute("select distinct table_schema from information_schema.tables").fetchall()
        for (schema,) in schemas:
            self._session.sql(f"create database if not exists {schema}").collect()

    def give_sources(self) -> None:
        """Copy what no model makes."""
        query = f"select table_schema, table_name from information_schema.tables where {_SOURCES} or table_name in ?"
        seeds = [path.stem for path in (ROOT / "dbt_project" / "seeds").glob("*.csv")]
        for schema, name in self._database.execute(query, [seeds]).fetchall():
            self.give(schema, name)

    def give(self, schema: str, name: str) -> None:
        """Copy one of DuckDB's tables, in place of what a failed model may have left."""
        # Spark has no unsigned integers; a decimal keeps all their digits.
        columns = self._database.execute(f"describe {schema}.{name}").fetchall()
        unsigned = ", ".join(
            f'"{column}"::decimal(20, 0) as "{column}"' for column, type, *_ in columns if type == "UBIGINT"
        )
        rows = f"select * {f'replace ({unsigned})' if unsigned else ''} from {schema}.{name}"
        self._write(self._database, rows, schema, name)

    def search(self, schema: str, name: str) -> None:
        """Make the table that the one Python model makes: dbt-spark has Python run by Databricks and nobody else."""
        with duckdb.connect() as connection:
            for source in ("int_texts__read", "int_keys__sought"):
                connection.register("rows", self._session.table(f"{schema}.{source}").toArrow())
                connection.execute(f"create table {source} as from rows")
            found = search_texts(connection.cursor(), "from int_texts__read", "from int_keys__sought", None)
            connection.register("searched", found)
            self._write(connection, "from searched", schema, name)

    def close(self) -> None:
        """End the session, which waits for minutes for a server that has gone before it."""
        self._session.stop()

    def _write(self, connection: duckdb.DuckDBPyConnection, rows: str, schema: str, name: str) -> None:
        place = self.folder / schema / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        connection.execute(f"copy ({rows}) to '{place}/part-0.parquet' (format parquet)")
        for kind in ("view", "table"):
            try:
                self._session.sql(f"drop {kind} if exists {schema}.{name}").collect()
            except Exception:  # whichever of the two it is not
                continue
        self._session.sql(f"create table {schema}.{name} using parquet location '{place}'").collect()


def _run_models(lake: _Lake, say: Callable[[str], None]) -> list[ModelRun]:
    say("sources")
    lake.give_sources()
    runs: list[ModelRun] = []
    given: set[str] = set()
    selected: Sequence[str] = []
    while True:
        say(f"dbt, {len(selected) or 'all'} models")
        results, seconds = _invoke_dbt(lake.folder, selected)
        skipped = []
        for result in results:
            node = result.node
            if str(result.status) == "skipped":
                skipped.append(node.name)
                continue
            if node.language == "python":
                lake.search(node.schema, node.name)
            is_made = str(result.status) == "success" or node.language == "python"
            error = "" if is_made else _first_words(str(result.message))
            is_fed = bool(given & set(node.depends_on.nodes))
            runs.append(ModelRun(node.schema, node.name, error, is_fed, seconds.get(node.name, 0.0)))
            if error:
                lake.give(node.schema, node.name)
            if error or is_fed:
                given.add(node.unique_id)
        if not skipped or len(skipped) == len(selected):
            return runs
        selected = skipped


def _invoke_dbt(lake: Path, selected: Sequence[str]) -> tuple[list[Any], dict[str, float]]:
    from dbt.cli.main import dbtRunner
    from dbt.contracts.results import RunExecutionResult

    meter = CostMeter()
    places = [f"--target-path={lake}/.dbt", f"--log-path={lake}/.dbt"]
    places += [f"--{kind}-dir={ROOT / 'dbt_project'}" for kind in ("project", "profiles")]
    select = ["--select", *selected] if selected else []
    done = dbtRunner(callbacks=[meter.listen]).invoke(["--quiet", "run", "--target=lake", *places, *select])
    if not isinstance(done.result, RunExecutionResult):
        raise CommandFailed(f"dbt ended before any model ran: {done.exception}")
    return list(done.result.results), {name: cost.cpu_seconds for name, cost in meter.tables.items()}


def _first_words(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]} ..."


def are_equal(runs: Iterable[ModelRun]) -> bool:
    """Whether all models ran, and no mart differs."""
    return not any(run.error or run.differs for run in runs)


def format_engines(runs: Iterable[ModelRun]) -> str:
    """A line per model, and how many ran and were equal."""
    runs = list(runs)
    rows = [
        (run.schema, run.name, _outcome(run), f"{run.cpu_seconds:.2f}", "yes" if run.is_fed else "") for run in runs
    ]
    table = format_table(("schema", "model", "outcome", "CPU s", "fed by DuckDB"), rows)
    compared = [run for run in runs if run.differs is not None]
    equal = sum(not run.differs for run in compared)
    ran = sum(not run.error for run in runs)
    marts = sum(run.schema == _COMPARED for run in runs)
    total = sum(run.cpu_seconds for run in runs)
    return f"{table}\n\n{ran} of {len(runs)} models ran, {equal} of {marts} marts are equal; {total:.1f} CPU seconds."


def _outcome(run: ModelRun) -> str:
    if run.error:
        return run.error
    if run.differs is None:
        return "ran"
    return f"differs: {', '.join(run.differs)}" if run.differs else "equal"
