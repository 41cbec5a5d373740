"""A dbt build whose tables are handed on one by one, each as it is made, while dbt makes the next.

dbt works in a thread, and calls back from it; whoever iterates gets each table from a queue, so that Dagster shows it
at once. What belongs here: the thread, the queue between, what each table took, and ending dbt before its time. Which
command dbt runs is `assets.dbt`, and that it runs in a process of its own `worker`.

dbt ends by itself only for an interrupt of the main thread. Elsewhere its query is canceled, and each further table
refused where dbt takes an error for the table's own: an error at its start would be lost in dbt's pool of threads, and
dbt would wait for that table for ever.
"""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..engines import Lake
from ..processes import HEARING
from ..warehouse.folder import Warehouse
from .dbt_project import DUCKDB, LAKE
from .dbt_run import DbtOutcome, invoke_dbt, run_dbt
from .storage import is_short_of_memory
from .table_costs import CostMeter, TableCost

#: Options of a command that makes tables and runs none of their tests: those of the data are asked for by themselves.
NO_TESTS = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

#: dbt's event within the work on a table, whose errors are the table's.
_REFUSABLE = "NodeCompiling"


@dataclass(frozen=True)
class FinishedTable:
    """A table that dbt has made, or could not make, and then problem says why: dbt's name of it, seconds it took, rows.

    row_count is None for what was not made, and for a view, since counting one runs it. cost is what it took of the
    process that made it, where that was measured.
    """

    name: str
    seconds: float
    row_count: int | None
    problem: str = ""
    cost: TableCost | None = None


def load_dbt() -> Iterator[object]:
    """Load what `stream_tables` needs, and what dbt makes once in a process: seconds. Gives nothing."""
    from ..text import mentions  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        nowhere = Warehouse(Path(folder))
        invoke_dbt(nowhere, ["--log-level=none", "ls", "--select", "stg_dumps"], nowhere.dbt_target)
    yield from ()


def stream_measured(
    warehouse: Warehouse,
    stream: Callable[[Callable[[EventMsg], None]], Generator[FinishedTable | DbtOutcome]],
) -> Generator[FinishedTable | DbtOutcome]:
    """What a stream gives when it is given a listener, each table with what it took; kept in `.dbt/costs.json`."""
    meter = CostMeter()
    with closing(stream(meter.listen)) as found:
        for each in found:
            yield replace(each, cost=meter.tables.get(each.name)) if isinstance(each, FinishedTable) else each
    meter.write(warehouse.dbt_target / "costs.json")


def stream_build(
    warehouse: Warehouse, arguments: Sequence[str], chosen: Sequence[str] = ()
) -> Generator[FinishedTable | DbtOutcome]:
    """`stream_tables` of a command, on the chosen tables if not on all, measured.

    dbt prints nothing: what it would is in `.dbt/dbt.log`. Where a table does not fit into memory beside the one that
    is made at the same time, it is made by itself when the others are done, with those that are made of it.
    """
    silent = ["--log-level=none", *arguments]

    def stream(listener: Callable[[EventMsg], None]) -> Generator[FinishedTable | DbtOutcome]:
        together = stream_tables(warehouse, [*silent, *_select(chosen)], listener)
        first, held = yield from _hold_back(together, lambda table: is_short_of_memory(table.problem))
        unmade = [result for result in first.results if result.status in ("error", "skipped")]
        if not held or any(result.status == "error" and result.name not in held for result in unmade):
            yield from held.values()
            yield first
            return
        alone = [*silent, "--threads", "1", *_select([result.name for result in unmade])]
        second, _ = yield from _hold_back(stream_tables(warehouse, alone, listener), lambda table: False)
        made = [result for result in first.results if result not in unmade]
        yield replace(second, results=[*made, *second.results])

    return stream_measured(warehouse, stream)


def _select(chosen: Sequence[str]) -> list[str]:
    return ["--select", *chosen] if chosen else []


def _hold_back(
    stream: Generator[FinishedTable | DbtOutcome], is_held: Callable[[FinishedTable], bool]
) -> Generator[FinishedTable | DbtOutcome, None, tuple[DbtOutcome, dict[str, FinishedTable]]]:
    """Pass tables on but for some, by their names; returns how the stream ended, and these."""
    held: dict[str, FinishedTable] = {}
    outcome = DbtOutcome([], "")
    with closing(stream) as found:
        for each in found:
            if isinstance(each, DbtOutcome):
                outcome = each
            elif is_held(each):
                held[each.name] = each
            else:
                yield each
    return outcome, held


def stream_tables(
    warehouse: Warehouse, arguments: Sequence[str], listener: Callable[[EventMsg], None], lake: Lake | None = None
) -> Generator[FinishedTable | DbtOutcome]:
    """Run a dbt command; yield each model and seed as dbt has done with it, and last how the command ended.

    The listener is called with each of dbt's events, from any thread. While tables come, the pipeline's own file is
    dbt's. Where whoever iterates stops, or is interrupted, dbt ends and lets go of the file. Where a lake is given, its
    engine makes the tables there.
    """
    finished: queue.SimpleQueue[FinishedTable | DbtOutcome | BaseException] = queue.SimpleQueue()
    is_stopped = threading.Event()

    def listen(event: EventMsg) -> None:
        if is_stopped.is_set() and event.info.name == _REFUSABLE:
            from dbt_common.exceptions import DbtRuntimeError

            raise DbtRuntimeError("the build was stopped")
        listener(event)
        if table := _read_table(event, lake.count if lake else _count_rows):
            finished.put(table)

    def work() -> None:
        try:
            finished.put(run_dbt(warehouse, arguments, listen, LAKE if lake else DUCKDB))
        except BaseException as error:  # it is raised again where the tables are awaited
            finished.put(error)

    thread = threading.Thread(target=work, name="dbt", daemon=True)
    thread.start()
    try:
        yield from _await(finished)
    finally:
        is_stopped.set()
        while thread.is_alive():
            if lake:
                lake.cancel()
            else:
                _cancel_queries()
            thread.join(HEARING)


def _await(
    finished: queue.SimpleQueue[FinishedTable | DbtOutcome | BaseException],
) -> Generator[FinishedTable | DbtOutcome]:
    """What comes, up to the outcome."""
    while True:
        try:
            found = finished.get(timeout=HEARING)
        except queue.Empty:
            continue
        if isinstance(found, BaseException):
            raise found
        yield found
        if isinstance(found, DbtOutcome):
            return


def _cancel_queries() -> None:
    """End the query that dbt is running, if it is. Its own `cancel_open_connections` leaves one of DuckDB running."""
    from dbt.adapters.contracts.connection import ConnectionState
    from dbt.adapters.factory import get_adapter_by_type

    try:
        connections = list(get_adapter_by_type("duckdb").connections.thread_connections.values())
    except KeyError:  # dbt has not come so far
        return
    for connection in connections:
        if connection.state == ConnectionState.OPEN:
            connection.handle.cursor().interrupt()


def _read_table(event: EventMsg, count: Callable[[str, str], int | None]) -> FinishedTable | None:
    """The table that an event ends the work on, if it does."""
    if event.info.name != "NodeFinished" or event.data.node_info.resource_type not in ("model", "seed"):
        return None
    node, result = event.data.node_info, event.data.run_result
    if result.status != "success":
        return FinishedTable(node.node_name, result.execution_time, None, result.message) if result.message else None
    rows = None if node.materialized == "view" else count(node.node_relation.schema, node.node_relation.alias)
    return FinishedTable(node.node_name, result.execution_time, rows)


def _count_rows(schema: str, table: str) -> int:
    """Rows of a table; asked through dbt, which has the file. DuckDB's estimate would count what was replaced, too."""
    from dbt.adapters.factory import get_adapter_by_type

    adapter = get_adapter_by_type("duckdb")
    with adapter.connection_named("row_count"):
        _, found = adapter.execute(f'select count(*) from "{schema}"."{table}"', fetch=True)
    return int(found.rows[0][0])
