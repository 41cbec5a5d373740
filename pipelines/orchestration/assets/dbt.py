"""The dbt models as assets: staging, intermediate and marts, with their tests as asset checks.

What belongs here: running `dbt build` and handing on its results. SQL is in `dbt_project/`.
"""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import dbt_assets

from ...release.fingerprint import fingerprint
from ...showing import progress
from ...warehouse.folder import Warehouse
from ...warehouse.quality import CheckRow, record_checks, record_pass, withdraw_pass
from ..dbt_project import prepare_project
from ..dbt_run import DbtOutcome, run_dbt

if TYPE_CHECKING:
    from dbt.contracts.results import RunResult
    from dbt_common.events.base_types import EventMsg

PROJECT = prepare_project()


@dbt_assets(manifest=PROJECT.manifest_path, project=PROJECT)
def dbt_models(
    context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Run `dbt build`: every model, seed and data test. Row counts are added once dbt has let go of the file.

    Unit tests say that the models are right, whatever the data: they run in the project's tests, not in every build.
    """
    with warehouse.connect() as connection:
        withdraw_pass(connection, "dbt")
    outcome = _build(context, warehouse)
    tables = _tested_tables()
    judged = [_to_row(result, tables) for result in outcome.results if _is_judged(result)]
    record_checks(warehouse, context.run_id, judged)
    if not outcome.problem and not context.is_subset:
        with warehouse.connect() as connection:
            record_pass(connection, "dbt", fingerprint(connection), context.run_id)
    yield from _to_tables(context, outcome.results, _count_rows(warehouse))
    yield from _to_asset_checks(context, outcome.results)
    if outcome.problem:
        raise dg.Failure(description=f"dbt build failed.\n{outcome.problem}")


def _build(context: dg.AssetExecutionContext, warehouse: Warehouse) -> DbtOutcome:
    with progress.stage("dbt", total=len(context.selected_asset_keys)) as advance:

        def listen(event: "EventMsg") -> None:
            if event.info.name == "NodeFinished" and event.data.node_info.resource_type in ("model", "seed"):
                advance(1)

        return run_dbt(warehouse, ["build", "--exclude-resource-type", "unit_test", *_select(context)], listen)


def _select(context: dg.AssetExecutionContext) -> list[str]:
    """dbt's arguments for the tables and tests that were chosen in the UI, if not all of them."""
    if not context.is_subset:
        return []
    tables = [key.path[-1] for key in context.selected_asset_keys]
    tests = [key.name for key in context.selected_asset_check_keys]
    return ["--indirect-selection", "empty", "--select", *tables, *tests]


def _to_tables(
    context: dg.AssetExecutionContext, results: Sequence["RunResult"], counts: dict[str, int]
) -> Iterator[dg.MaterializeResult]:
    """Each table that was made, with the seconds it took and its rows."""
    keys = {key.path[-1]: key for key in context.selected_asset_keys}
    for result in results:
        if result.node.name in keys and result.status == "success":
            metadata = {"Execution Duration": result.execution_time}
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


def _is_judged(result: "RunResult") -> bool:
    """Whether it is a test that ran."""
    return result.node.resource_type == "test" and result.status != "skipped"


def _to_asset_checks(
    context: dg.AssetExecutionContext, results: Sequence["RunResult"]
) -> Iterator[dg.AssetCheckResult]:
    """Each test of one table, as a check of its asset; those of several tables are of none."""
    keys = {key.name: key for key in context.selected_asset_check_keys}
    for result in results:
        if result.node.name in keys and _is_judged(result):
            key = keys[result.node.name]
            yield dg.AssetCheckResult(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=result.status == "pass",
                severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={"Execution Duration": result.execution_time, "failing rows": result.failures or 0},
            )


def _to_row(result: "RunResult", tables: dict[str, str]) -> CheckRow:
    """A test that ran: what it tests, how it ended, how many rows failed."""
    statuses = {"pass": "pass", "warn": "warn", "fail": "fail"}
    failures = result.failures
    return CheckRow(
        stage="dbt",
        table=tables.get(result.node.unique_id, ""),
        rule=result.node.name,
        kind="pipeline",
        status=statuses.get(result.status, "error"),
        observed="" if failures is None else _count(failures),
        expected="no row",
        failing=result.message or "" if result.status != "pass" else "",
        value=failures,
        affected_rows=failures,
        answer="" if result.status in ("pass", "warn") else "the build stopped; nothing was published",
    )


def _count(rows: int) -> str:
    return f"{rows:,} {'row' if rows == 1 else 'rows'}"


def _tested_tables() -> dict[str, str]:
    """The table that each dbt test is about: of several the one it is attached to, else the last it names."""
    nodes = json.loads(PROJECT.manifest_path.read_text())["nodes"]
    return {
        name: _table(nodes, node.get("attached_node") or next(iter(reversed(node["depends_on"]["nodes"])), ""))
        for name, node in nodes.items()
        if node["resource_type"] == "test"
    }


def _table(nodes: dict[str, Any], name: str) -> str:
    return f"{nodes[name]['schema']}.{nodes[name]['name']}" if name in nodes else ""
