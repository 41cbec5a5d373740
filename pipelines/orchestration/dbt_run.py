"""dbt on the project as it was parsed last, in the process that asks.

The command `dbt build` would load everything anew, and where the database has another path than last time, in every new
warehouse, it would parse the whole project again, though what it finds does not depend on the path. What belongs here:
handing dbt what was parsed, how much memory it may take, and letting go of the database. What the outcome means for a
run is `assets.dbt`, and in which process a build has it done `worker`.

Private parts: dbt's form of a parsed project (`Manifest.from_msgpack` with its decoder), while its use
(`dbtRunner(manifest=...)`) is public; and dbt-duckdb's `close_all_connections`, without which the file stays locked
until the process ends. `tests/unit/orchestration/test_private_parts.py` says what to do where an upgrade moves these
parts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..project_files import DBT_PROJECT
from ..warehouse.concurrency import count_query_threads
from ..warehouse.connections import dbt_memory_limit
from ..warehouse.folder import Warehouse
from ..warehouse.lock import using
from ..warehouse.settings import DBT_MEMORY_VARIABLE, DBT_QUERY_THREADS_VARIABLE
from .dbt_project import DUCKDB, read_parsed_project

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.results import RunResult
    from dbt_common.events.base_types import EventMsg

    from .dbt_tests import TestOutcome


@dataclass(frozen=True)
class NodeResult:
    """What became of one node, in dbt's words; sql is what was compiled of a model in SQL."""

    unique_id: str
    name: str
    status: str
    seconds: float
    sql: str = ""


@dataclass(frozen=True)
class DbtOutcome:
    """How a dbt command ended: the result of each node it came to, and what went wrong in dbt's words, if anything.

    tests are the outcomes of the data tests where they were run in a lake that was open then; else None.
    """

    results: Sequence[NodeResult]
    problem: str
    tests: Sequence[TestOutcome] | None = None


def run_dbt(
    warehouse: Warehouse,
    arguments: Sequence[str],
    listener: Callable[[EventMsg], None] | None = None,
    target: str = DUCKDB,
) -> DbtOutcome:
    """Run a dbt command on a warehouse; the listener is called with each of dbt's events, from any thread.

    Takes the project as `dbt_project.prepare_project` left it. Opens the pipeline's own file, and has let go of it when
    it returns; with the target `lake` it works in the lake that is open (`engines.open_lake`). Raises KeyboardInterrupt
    where it is interrupted; whatever else goes wrong is in the outcome.
    """
    from dbt.contracts.results import RunExecutionResult  # not above: a build with nothing new does not need it

    # No manifest is written: it is the one that was parsed.
    done = invoke_dbt(warehouse, ["--no-write-json", *arguments], warehouse.dbt_target, listener, target)
    if not isinstance(done.result, RunExecutionResult):
        return DbtOutcome([], f"dbt ended before any model ran: {done.exception}")
    done.result.write(str(warehouse.dbt_target / "run_results.json"))
    failed = [result for result in done.result.results if result.status in ("error", "fail", "runtime error")]
    lines = [f"{result.node.name}: {result.message}" for result in failed]
    problem = "" if done.success else "\n".join(lines) or "Some models were left out; see .dbt/dbt.log."
    return DbtOutcome([_describe(result) for result in done.result.results], problem)


def _describe(result: RunResult) -> NodeResult:
    from dbt.contracts.graph.nodes import CompiledNode

    node = result.node
    sql = node.compiled_code or "" if isinstance(node, CompiledNode) and node.language == "sql" else ""
    return NodeResult(node.unique_id, node.name, str(result.status), result.execution_time, sql)


def invoke_dbt(
    warehouse: Warehouse,
    arguments: Sequence[str],
    folder: Path,
    listener: Callable[[EventMsg], None] | None = None,
    target: str = DUCKDB,
) -> dbtRunnerResult:
    """Any command of dbt on a warehouse's own file and the prepared project; what it writes goes to a folder.

    Returns what dbt returns. Has let go of the file by then. Raises KeyboardInterrupt where it is interrupted.
    """
    # Not above: a build with nothing new does not need them, and they take seconds.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest = Manifest.from_msgpack(read_parsed_project(target), decoder=extended_mashumuro_decoder)
    manifest.build_parent_and_child_maps()
    manifest.build_flat_graph()
    warehouse.set_environment()
    os.environ[DBT_MEMORY_VARIABLE] = dbt_memory_limit(warehouse.database)
    os.environ[DBT_QUERY_THREADS_VARIABLE] = str(count_query_threads(at_a_time=2))
    options = ["--no-use-colors", "--log-level-file=info", f"--log-path={warehouse.dbt_target}"]
    places = {"target": target, "target-path": folder, "project-dir": DBT_PROJECT, "profiles-dir": DBT_PROJECT}
    named = [f"--{name}={place}" for name, place in places.items()]
    try:
        with using(warehouse.file_lock):
            done = dbtRunner(manifest, [listener] if listener else []).invoke([*options, *arguments, *named])
    finally:
        DuckDBConnectionManager.close_all_connections()
    if isinstance(done.exception, KeyboardInterrupt):
        raise done.exception
    return done
