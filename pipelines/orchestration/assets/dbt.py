"""The dbt models as assets: staging, intermediate and marts, with their tests as asset checks.

What belongs here: running `dbt build`, then its tests, and handing on the results. SQL is in `dbt_project/`.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from pydantic import Field

from ...engines import Engine, EngineError, read_engine
from ...release.fingerprint import fingerprint
from ...showing import progress
from ...warehouse.folder import Warehouse
from ...warehouse.quality import CheckRow, record_checks, record_pass, withdraw_pass
from ..catalogue import Translator
from ..dbt_project import prepare_project
from ..dbt_run import DbtOutcome, NodeResult
from ..dbt_stream import NO_TESTS, FinishedTable, stream_build, stream_measured
from ..dbt_tests import TestOutcome, stream_data_tests
from ..lake_build import stream_lake_tables
from ..retries import retried
from ..worker import work_ahead, work_beside
from .release import load_charts


class DbtOptions(dg.Config):
    """What a build of the dbt tables may be asked for beside them."""

    column_lineage: bool = Field(
        default=False,
        description="Say of each column which columns it is made of (lineage in the catalogue). The first time about "
        "46 seconds of the processor, then only for tables whose SQL has changed; tables are shown when all are made.",
    )


@dbt_assets(manifest=prepare_project().manifest_path, dagster_dbt_translator=Translator())
@retried
def dbt_models(
    context: dg.AssetExecutionContext, config: DbtOptions, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Run `dbt build`: every model, seed and data test. Each table is shown as it is made.

    Unit tests say that the models are right, whatever the data: they run in the project's tests, not in every build.
    """
    engine = read_engine()
    if engine and context.is_subset:
        raise dg.Failure(
            description=f"{engine.address} makes all tables or none: choose all, or run without an engine."
        )
    with warehouse.connect() as connection:
        withdraw_pass(connection, "dbt")
    try:
        outcome = yield from _build(context, warehouse, config.column_lineage, engine)
    except EngineError as error:
        raise dg.Failure(description=str(error)) from error
    if not outcome.problem:
        work_ahead(load_charts)
    tests = _test(context, warehouse, outcome)
    record_checks(warehouse, context.run_id, [_to_row(test) for test in tests])
    problem = "\n".join([outcome.problem, *(_to_problem(test) for test in tests if _is_broken(test))]).strip()
    if not problem and not context.is_subset:
        with warehouse.connect() as connection:
            record_pass(connection, "dbt", fingerprint(connection), context.run_id)
    if context.is_subset:
        context.log.info(
            "A part is made. Readers see nothing of it until the job `build` has judged all and published."
        )
    yield from _to_asset_checks(context, tests)
    if problem:
        raise dg.Failure(description=f"dbt build failed.\n{problem}")


def _build(
    context: dg.AssetExecutionContext, warehouse: Warehouse, is_traced: bool, engine: Engine | None
) -> Generator[dg.MaterializeResult, None, DbtOutcome]:
    """Yield each table as dbt has made it, on DuckDB or another engine, and return how dbt ended.

    Where the lineage of columns is asked for, all come at the end: it is traced through all of them.
    """
    if not context.selected_asset_keys:
        return DbtOutcome([], "")
    keys = {key.path[-1]: key for key in context.selected_asset_keys}
    if engine and is_traced:  # it is read out of DuckDB's SQL
        context.log.warning(f"The lineage of columns is not traced on {engine.address}.")
        is_traced = False
    made: list[FinishedTable] = []
    outcome = DbtOutcome([], "")
    with progress.stage("dbt", total=len(keys)) as advance:
        if engine:
            stream = stream_measured(warehouse, partial(stream_lake_tables, warehouse, engine))
        else:
            stream = work_beside(stream_build, warehouse, ["build", *NO_TESTS], _choose(context))
        with closing(stream) as finished:
            for found in finished:
                if isinstance(found, DbtOutcome):
                    outcome = found
                    continue
                advance(1)
                if found.problem:
                    context.log.error(f"{found.name}: {found.problem}")
                elif is_traced:
                    made.append(found)
                else:
                    yield from _to_table(keys, found, engine=engine)
    lineages = _trace(warehouse, outcome.results) if is_traced else {}
    for table in made:
        yield from _to_table(keys, table, lineages.get(table.name))
    return outcome


def _choose(context: dg.AssetExecutionContext) -> list[str]:
    """The tables that were chosen in the UI; none for all of them."""
    return [key.path[-1] for key in context.selected_asset_keys] if context.is_subset else []


def _test(context: dg.AssetExecutionContext, warehouse: Warehouse, outcome: DbtOutcome) -> list[TestOutcome]:
    """The data tests of what dbt made; of a part those that were chosen, with their tables or without."""
    if outcome.problem and not outcome.results:
        return []
    if outcome.tests is not None:
        return list(outcome.tests)
    unmade = {result.unique_id for result in outcome.results if result.status != "success"}
    chosen = {key.name for key in context.selected_asset_check_keys} if context.is_subset else None
    with progress.stage("dbt tests"):
        return list(work_beside(stream_data_tests, warehouse, unmade, chosen))


def _to_table(
    keys: Mapping[str, dg.AssetKey],
    table: FinishedTable,
    lineage: dg.TableColumnLineage | None = None,
    engine: Engine | None = None,
) -> Iterator[dg.MaterializeResult]:
    """A table that was made, with what it took, its rows, and the lineage of its columns; none that was not chosen."""
    if table.name not in keys:
        return
    metadata: dict[str, Any] = {"Execution Duration": table.seconds}
    if engine:
        metadata |= {"engine": engine.address, "lake": dg.MetadataValue.path(str(engine.lake))}
    if lineage:
        metadata["dagster/column_lineage"] = lineage
    if table.cost:
        metadata["CPU seconds"] = table.cost.cpu_seconds
    if table.row_count is not None:
        metadata["dagster/row_count"] = table.row_count
    yield dg.MaterializeResult(asset_key=keys[table.name], metadata=metadata)


def _trace(warehouse: Warehouse, results: Sequence[NodeResult]) -> dict[str, dg.TableColumnLineage]:
    """The lineage of the columns of each table that SQL has made, by its name."""
    from ..column_lineage import describe_lineage, trace_tables  # its parser is not for a build that was not asked

    columns: dict[str, dict[str, dict[str, str]]] = {}
    with warehouse.connect() as connection:
        for schema, table, column, dtype in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall():
            columns.setdefault(schema, {}).setdefault(table, {})[column] = dtype
    compiled = {result.name: result.sql for result in results if result.status == "success" and result.sql}
    with progress.stage("column lineage"):
        traced = trace_tables(compiled, columns, warehouse.dbt_target / "lineage.json")
    return {name: describe_lineage(found) for name, found in traced.items()}


def _is_broken(test: TestOutcome) -> bool:
    return test.status in ("fail", "error")


def _to_problem(test: TestOutcome) -> str:
    return f"{test.name}: {test.problem or _count(test.failures) + ' where none may be'}"


def _to_asset_checks(context: dg.AssetExecutionContext, tests: Sequence[TestOutcome]) -> Iterator[dg.AssetCheckResult]:
    """Each test, as a check of its table."""
    keys = {key.name: key for key in context.selected_asset_check_keys}
    for test in tests:
        if test.name in keys:
            yield dg.AssetCheckResult(
                asset_key=keys[test.name].asset_key,
                check_name=test.name,
                passed=test.status == "pass",
                severity=dg.AssetCheckSeverity.WARN if test.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={"Execution Duration": test.seconds, "failing rows": test.failures or 0},
            )


def _to_row(test: TestOutcome) -> CheckRow:
    """A test that ran: what it tests, how it ended, how many rows failed and some of them."""
    return CheckRow(
        stage="dbt",
        table=test.table,
        rule=test.name,
        kind="pipeline",
        status=test.status,
        observed=_count(test.failures),
        expected="no row",
        failing=test.problem or test.sample,
        value=test.failures,
        affected_rows=test.failures,
        answer="the build stopped; nothing was published" if _is_broken(test) else "",
    )


def _count(rows: int | None) -> str:
    return "" if rows is None else f"{rows:,} {'row' if rows == 1 else 'rows'}"
