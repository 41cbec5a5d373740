"""dbt's data tests, as dbt compiled them: all through one connection, each rule with its own outcome.

A test that dbt runs is a node, and a node costs dbt 60 to 90 ms of CPU however small its query: 75 of them were a third
of what dbt took for a small warehouse. Their SQL depends on the project alone, so it is compiled with it
(`dbt_project.prepare_project`). By hand, `dbt test` runs the same tests.

What belongs here: running them and saying what each found. What the outcome means for a run is `assets.dbt`.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from ..engines import EngineError, Lake
from ..expectations.runner import SAMPLE_ROWS
from ..warehouse.connections import dbt_memory_limit
from ..warehouse.folder import Warehouse
from .dbt_project import DUCKDB, LAKE, prepare_project


@dataclass(frozen=True)
class TestOutcome:
    """What one data test found: its name, the table it is about (schema.table), how many rows and some of them as JSON.

    status is `pass`, `warn` (rows were found, and its severity is warn), `fail` or `error` (it could not be run; then
    problem says why and failures is null). seconds is how long it took.
    """

    __test__ = False  # pytest collects what is called Test

    name: str
    table: str
    status: str
    failures: int | None
    sample: str
    problem: str
    seconds: float


def run_data_tests(
    connection: duckdb.DuckDBPyConnection, unmade: Collection[str] = (), chosen: Collection[str] | None = None
) -> list[TestOutcome]:
    """Run the data tests on the pipeline's own file, in the order of their names; where names are given, those alone.

    unmade are dbt's unique ids of tables that could not be made: their tests are left out, as dbt leaves them out.
    """

    def find(query: str) -> tuple[int, list[Any]]:
        count = connection.execute(f"select count(*) from ({query})").fetchall()[0][0]
        rows = f"select to_json(found) from ({query}) as found order by all limit {SAMPLE_ROWS}"
        return count, [json.loads(row) for (row,) in connection.execute(rows).fetchall()] if count else []

    return [
        _run(find, test)
        for test in _data_tests(DUCKDB)
        if set(unmade).isdisjoint(test["depends_on"]["nodes"]) and (chosen is None or test["name"] in chosen)
    ]


def stream_data_tests(
    warehouse: Warehouse, unmade: Collection[str], chosen: Collection[str] | None
) -> Iterator[TestOutcome]:
    """The same of a warehouse, with the memory that dbt has: they ask of all rows, as what made them did."""
    limit = dbt_memory_limit(warehouse.database)  # of 100,000 papers the 250 MB of other steps were not enough
    with warehouse.connect() as connection, connection.cursor() as cursor:
        # Not in the connection's transaction: a test that runs out of memory would end it for those that follow.
        cursor.execute(f"set TimeZone = 'UTC'; set memory_limit = '{limit}'")
        yield from run_data_tests(cursor, unmade, chosen)


def run_lake_tests(lake: Lake) -> list[TestOutcome]:
    """Run all data tests in an open lake, as they are compiled for its engine."""
    return [_run(lambda query: lake.find(query, SAMPLE_ROWS), test) for test in _data_tests(LAKE)]


@functools.cache
def _data_tests(target: str) -> list[dict[str, Any]]:
    """The tests as dbt's manifest has them, each with the name of its table. The project is prepared once a process."""
    nodes = json.loads(prepare_project(target).manifest_path.read_text())["nodes"]
    tests = [node for _, node in sorted(nodes.items()) if node["resource_type"] == "test"]
    return [test | {"table": _tested_table(nodes, test)} for test in tests]


def _tested_table(nodes: dict[str, Any], test: dict[str, Any]) -> str:
    """The table whose check a test is: the one it is attached to, of a test of several the one that it names itself."""
    reference = test["config"]["meta"].get("dagster", {}).get("ref", {})
    named = f"model.{test['package_name']}.{reference.get('name')}"
    table = nodes[named if reference else test["attached_node"]]
    return f"{table['schema']}.{table['name']}"


def _run(find: Callable[[str], tuple[int, list[Any]]], test: dict[str, Any]) -> TestOutcome:
    """One test; find gives the number of rows of a query, and some of them."""
    start = time.perf_counter()
    failures, sample, problem = None, "", ""
    try:
        failures, rows = find(f"\n{test['compiled_code']}\n")
        sample = json.dumps(rows, ensure_ascii=False, default=str) if rows else ""
        status = ("warn" if test["config"]["severity"].lower() == "warn" else "fail") if failures else "pass"
    except (duckdb.Error, EngineError) as error:
        status, problem = "error", str(error)
    return TestOutcome(
        test["name"], test["table"], status, failures, sample, problem, round(time.perf_counter() - start, 4)
    )
