"""The dbt models as assets: staging, intermediate and marts, with their tests as asset checks.

What belongs here: running `dbt build` and handing on its results. SQL is in `dbt_project/`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from ...release.fingerprint import fingerprint
from ...showing import progress
from ...warehouse.folder import Warehouse
from ...warehouse.quality import CheckRow, record_checks, record_pass, withdraw_pass
from ..dbt_project import prepare_project

PROJECT = prepare_project()


@dbt_assets(manifest=PROJECT.manifest_path, project=PROJECT)
def dbt_models(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[Any]:
    """Run `dbt build`: every model, seed and data test. Row counts are added once dbt has let go of the file.

    Unit tests say that the models are right, whatever the data: they run in the project's tests, not in every build.
    """
    run_results = warehouse.dbt_target / "run_results.json"
    run_results.unlink(missing_ok=True)  # an earlier run's would be taken for this one's if dbt died early
    with warehouse.connect() as connection:
        withdraw_pass(connection, "dbt")
    events, is_successful = _build(context, dbt, warehouse)
    record_checks(warehouse, context.run_id, _test_rows(run_results))
    if is_successful and not context.is_subset:
        with warehouse.connect() as connection:
            record_pass(connection, "dbt", fingerprint(connection), context.run_id)
    yield from _add_row_counts(context, events, _count_rows(warehouse))
    if not is_successful:
        raise dg.Failure(description=_failure_text(run_results))


def _build(context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: Warehouse) -> tuple[list[Any], bool]:
    """dbt's events for Dagster, and whether all went well. When it returns, dbt holds the file no more."""
    events = []
    with progress.stage("dbt", total=len(context.selected_output_names)) as advance:
        arguments = ["--log-level-file", "info", "build", "--exclude-resource-type", "unit_test"]
        invocation = dbt.cli(arguments, context=context, target_path=warehouse.dbt_target, raise_on_error=False)
        for event in invocation.stream():
            events.append(event)
            advance(1 if isinstance(event, dg.Output) else 0)
        return events, invocation.is_successful()  # waits for the process to end, and with it its lock on the file


def _add_row_counts(context: dg.AssetExecutionContext, events: list[Any], counts: dict[str, int]) -> Iterator[Any]:
    """The events, those of tables with their rows."""
    for event in events:
        if isinstance(event, dg.Output) and event.output_name in context.selected_output_names:
            table = context.asset_key_for_output(event.output_name).path[-1]
            if table in counts:
                event = event.with_metadata({**event.metadata, "dagster/row_count": counts[table]})
        yield event


def _count_rows(warehouse: Warehouse) -> dict[str, int]:
    """Rows of every dbt table; views are left out, since counting one runs it."""
    with warehouse.connect() as connection:
        rows = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name in ('intermediate', 'marts')"
        ).fetchall()
    return dict(rows)


def _results(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text())["results"] if path.exists() else []


def _test_rows(path: Path) -> list[CheckRow]:
    """One row per dbt test that ran: what it tests, how it ended, how many rows failed."""
    statuses = {"pass": "pass", "warn": "warn", "fail": "fail"}
    tables = _tested_tables()
    return [
        CheckRow(
            stage="dbt",
            table=tables.get(result["unique_id"], ""),
            rule=result["unique_id"].split(".")[2],
            kind="pipeline",
            status=statuses.get(result["status"], "error"),
            observed="" if (failures := result.get("failures")) is None else _count(failures),
            expected="no row",
            failing=result["message"] or "" if result["status"] not in ("pass", "success") else "",
            value=failures,
            affected_rows=failures,
            answer="" if result["status"] in ("pass", "warn") else "the build stopped; nothing was published",
        )
        for result in _results(path)
        if result["unique_id"].startswith("test.") and result["status"] != "skipped"
    ]


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


def _failure_text(path: Path) -> str:
    """What failed, one line each, in dbt's words."""
    failed = [result for result in _results(path) if result["status"] in ("error", "fail", "runtime error")]
    lines = [f"{result['unique_id'].split('.')[2]}: {result['message']}" for result in failed]
    return "dbt build failed.\n" + "\n".join(lines or ["It ended before any model ran; see its log in .dbt/dbt.log."])
