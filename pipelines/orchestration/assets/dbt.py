"""The dbt models as assets: staging, intermediate and marts, with their tests as asset checks.

What belongs here: running `dbt build`, then its tests, and handing on the results. SQL is in `dbt_project/`.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import dbt_assets
from pydantic import Field

from ...release.fingerprint import fingerprint
from ...showing import progress
from ...warehouse.folder import Warehouse
from ...warehouse.quality import CheckRow, record_checks, record_pass, withdraw_pass
from ..catalogue import Translator
from ..dbt_project import prepare_project
from ..dbt_run import DbtOutcome, run_dbt
from ..dbt_tests import TestOutcome, run_data_tests
from ..table_costs import CostMeter, TableCost

if TYPE_CHECKING:
    from dbt.contracts.results import RunResult
    from dbt_common.events.base_types import EventMsg


class DbtOptions(dg.Config):
    """What a build of the dbt tables may be asked for beside them."""

    column_lineage: bool = Field(
        default=False,
        description="Say of each column which columns it is made of (lineage in the catalogue). The first time about "
        "46 seconds of the processor, then only for tables whose SQL has changed.",
    )


@dbt_assets(manifest=prepare_project().manifest_path, dagster_dbt_translator=Translator())
def dbt_models(
    context: dg.AssetExecutionContext, config: DbtOptions, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Run `dbt build`: every model, seed and data test. Row counts are added once dbt has let go of the file.

    Unit tests say that the models are right, whatever the data: they run in the project's tests, not in every build.
    """
    with warehouse.connect() as connection:
        withdraw_pass(connection, "dbt")
    meter = CostMeter()
    outcome = _build(context, warehouse, meter)
    tests = _test(context, warehouse, outcome)
    record_checks(warehouse, context.run_id, [_to_row(test) for test in tests])
    problem = "\n".join([outcome.problem, *(_to_problem(test) for test in tests if _is_broken(test))]).strip()
    if not problem and not context.is_subset:
        with warehouse.connect() as connection:
            record_pass(connection, "dbt", fingerprint(connection), context.run_id)
    lineages = _trace(warehouse, outcome.results) if config.column_lineage else {}
    yield from _to_tables(context, outcome.results, _count_rows(warehouse), meter.tables, lineages)
    yield from _to_asset_checks(context, tests)
    if problem:
        raise dg.Failure(description=f"dbt build failed.\n{problem}")


def _build(context: dg.AssetExecutionContext, warehouse: Warehouse, meter: CostMeter) -> DbtOutcome:
    if not context.selected_asset_keys:
        return DbtOutcome([], "")
    with progress.stage("dbt", total=len(context.selected_asset_keys)) as advance:

        def listen(event: "EventMsg") -> None:
            meter.listen(event)
            if event.info.name == "NodeFinished" and event.data.node_info.resource_type in ("model", "seed"):
                advance(1)

        tests_apart = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
        outcome = run_dbt(warehouse, ["build", *tests_apart, *_select(context)], listen)
    meter.write(warehouse.dbt_target / "costs.json")
    return outcome


def _select(context: dg.AssetExecutionContext) -> list[str]:
    """dbt's arguments for the tables that were chosen in the UI, if not all of them."""
    return ["--select", *(key.path[-1] for key in context.selected_asset_keys)] if context.is_subset else []


def _test(context: dg.AssetExecutionContext, warehouse: Warehouse, outcome: DbtOutcome) -> list[TestOutcome]:
    """The data tests of what dbt made; of a part those that were chosen, with their tables or without."""
    if outcome.problem and not outcome.results:
        return []
    unmade = {result.node.unique_id for result in outcome.results if result.status != "success"}
    chosen = {key.name for key in context.selected_asset_check_keys} if context.is_subset else None
    with progress.stage("dbt tests"), warehouse.connect() as connection:
        return run_data_tests(connection, unmade, chosen)


def _to_tables(
    context: dg.AssetExecutionContext,
    results: Sequence["RunResult"],
    counts: dict[str, int],
    costs: dict[str, TableCost],
    lineages: dict[str, dg.TableColumnLineage],
) -> Iterator[dg.MaterializeResult]:
    """Each table that was made, with what it took, its rows, and the lineage of its columns if it was asked for."""
    keys = {key.path[-1]: key for key in context.selected_asset_keys}
    for result in results:
        if result.node.name in keys and result.status == "success":
            metadata: dict[str, Any] = {"Execution Duration": result.execution_time}
            if result.node.name in lineages:
                metadata["dagster/column_lineage"] = lineages[result.node.name]
            if result.node.name in costs:
                metadata["CPU seconds"] = costs[result.node.name].cpu_seconds
            if result.node.name in counts:
                metadata["dagster/row_count"] = counts[result.node.name]
            yield dg.MaterializeResult(asset_key=keys[result.node.name], metadata=metadata)


def _count_rows(warehouse: Warehouse) -> dict[str, int]:
    """Rows of every dbt table; views are left out, since counting one runs it."""
    with warehouse.connect() as connection:
        rows = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name in ('intermediate', 'marts')"
        ).fetchall()
    return dict(rows)


def _trace(warehouse: Warehouse, results: Sequence["RunResult"]) -> dict[str, dg.TableColumnLineage]:
    """The lineage of the columns of each table that SQL has made, by its name."""
    from dbt.contracts.graph.nodes import ModelNode

    from ..column_lineage import describe_lineage, trace_tables  # its parser is not for a build that was not asked

    columns: dict[str, dict[str, dict[str, str]]] = {}
    with warehouse.connect() as connection:
        for schema, table, column, dtype in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall():
            columns.setdefault(schema, {}).setdefault(table, {})[column] = dtype
    compiled = {}
    for result in results:
        if result.status == "success" and isinstance(result.node, ModelNode) and result.node.language == "sql":
            compiled[result.node.name] = result.node.compiled_code or ""
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
