"""The dbt models on another engine, beside what DuckDB made of the same texts: which run, and whose marts are equal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from benchmarks.cluster import Watcher
from benchmarks.engine_digests import differing
from benchmarks.measure import ROOT, CommandFailed
from benchmarks.tables import format_table
from paperhouse.engines import LOCAL, EngineError, Lake, choose_engine, open_lake
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

    `differs` is None where nothing was compared; `is_fed` says that a table it depends on was DuckDB's; `shuffled` are
    bytes that went from one task to another, None where nobody counted them.
    """

    schema: str
    name: str
    error: str
    is_fed: bool
    cpu_seconds: float
    differs: list[str] | None = None
    shuffled: int | None = None


def run_engines(
    warehouse: Path, lake: Path, say: Callable[[str], None], engine: str = LOCAL, watcher: Watcher | None = None
) -> list[ModelRun]:
    """Run all models on another engine over the raw and text tables of a warehouse, and compare the marts.

    Args:
        warehouse: folder of a warehouse that DuckDB has built.
        lake: folder for the tables: a new one, or a lake.
        say: called with what is being done.
        engine: `local`, or the address of a Spark Connect server that sees the lake (`sc://127.0.0.1:15002`).
        watcher: who counts what is shuffled.

    Raises:
        CommandFailed: the engine or the lake cannot be used, or dbt ended before any model ran.
    """
    try:
        chosen = choose_engine(engine, lake)
        assert chosen
        with (
            duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as database,
            open_lake(chosen) as opened,
        ):
            runs = _run_models(_Fed(database, opened), say, watcher)
            say("compare")
            return [
                replace(run, differs=differing(database, run.schema, run.name, lake))
                if run.schema == _COMPARED and not run.error
                else run
                for run in runs
            ]
    except EngineError as error:
        raise CommandFailed(str(error)) from error


@dataclass(frozen=True)
class _Fed:
    """A lake, and the DuckDB warehouse it is fed from."""

    database: duckdb.DuckDBPyConnection
    lake: Lake

    def give_sources(self) -> None:
        """Copy what no model makes."""
        schemas = self.database.execute("select distinct table_schema from information_schema.tables").fetchall()
        self.lake.begin([schema for (schema,) in schemas])
        query = f"select table_schema, table_name from information_schema.tables where {_SOURCES} or table_name in ?"
        seeds = [path.stem for path in (ROOT / "dbt_project" / "seeds").glob("*.csv")]
        for schema, name in self.database.execute(query, [seeds]).fetchall():
            self.give(schema, name)

    def give(self, schema: str, name: str) -> None:
        """Copy one of DuckDB's tables, in place of what a failed model may have left."""
        self.lake.give(self.database, schema, name)

    def search(self, schema: str, name: str) -> None:
        """Make the table that the one Python model makes: dbt-spark has Python run by Databricks and nobody else."""
        texts, keys = (self.lake.read(schema, source) for source in ("int_texts__read", "int_keys__sought"))
        with duckdb.connect() as connection, TemporaryDirectory() as folder:
            connection.register("found", search_texts(connection.cursor(), texts, keys, None, Path(folder)))
            connection.execute(f"create schema {schema}; create table {schema}.{name} as from found")
            self.lake.give(connection, schema, name)


def _run_models(fed: _Fed, say: Callable[[str], None], watcher: Watcher | None) -> list[ModelRun]:
    say("sources")
    fed.give_sources()
    runs: list[ModelRun] = []
    given: set[str] = set()
    selected: Sequence[str] = []
    while True:
        say(f"dbt, {len(selected) or 'all'} models")
        results, seconds = _invoke_dbt(Path(fed.lake.folder), selected, watcher)
        skipped = []
        for result in results:
            node = result.node
            if str(result.status) == "skipped":
                skipped.append(node.name)
                continue
            if node.language == "python":
                fed.search(node.schema, node.name)
            is_made = str(result.status) == "success" or node.language == "python"
            error = "" if is_made else _first_words(str(result.message))
            is_fed = bool(given & set(node.depends_on.nodes))
            shuffled = watcher.spent[node.name].shuffled if watcher and node.name in watcher.spent else None
            runs.append(ModelRun(node.schema, node.name, error, is_fed, seconds.get(node.name, 0.0), shuffled=shuffled))
            if error:
                fed.give(node.schema, node.name)
            if error or is_fed:
                given.add(node.unique_id)
        if not skipped or len(skipped) == len(selected):
            return runs
        selected = skipped


def _invoke_dbt(lake: Path, selected: Sequence[str], watcher: Watcher | None) -> tuple[list[Any], dict[str, float]]:
    from dbt.cli.main import dbtRunner
    from dbt.contracts.results import RunExecutionResult

    meter = CostMeter()
    places = [f"--target-path={lake}/.dbt", f"--log-path={lake}/.dbt"]
    places += [f"--{kind}-dir={ROOT / 'dbt_project'}" for kind in ("project", "profiles")]
    select = ["--select", *selected] if selected else []
    done = dbtRunner(callbacks=[meter.listen, *([watcher.listen] if watcher else [])]).invoke(
        ["--quiet", "run", "--target=lake", *places, *select]
    )
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
        (
            run.schema,
            run.name,
            _outcome(run),
            f"{run.cpu_seconds:.2f}",
            "" if run.shuffled is None else f"{run.shuffled / 1e6:.3f}",
            "yes" if run.is_fed else "",
        )
        for run in runs
    ]
    table = format_table(("schema", "model", "outcome", "CPU s", "MB shuffled", "fed by DuckDB"), rows)
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
