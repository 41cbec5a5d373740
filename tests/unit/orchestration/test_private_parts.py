"""What we use of frameworks that they do not promise: an upgrade that moves it fails here, in words."""

from __future__ import annotations

import inspect

import pytest


def dbt_parts() -> None:
    """dbt_run: reading dbt's own form of a parsed project, running dbt on it, and closing what dbt opened."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import ManifestLoader, extended_mashumuro_decoder

    assert callable(extended_mashumuro_decoder)
    assert "manifest" in inspect.signature(dbtRunner).parameters
    assert "from_msgpack(manifest_mp, decoder=extended_mashumuro_decoder)" in inspect.getsource(
        ManifestLoader.read_manifest_for_partial_parse
    )
    assert callable(Manifest.build_parent_and_child_maps)
    assert callable(Manifest.build_flat_graph)
    assert "cls._ENV = None" in inspect.getsource(DuckDBConnectionManager.close_all_connections)


def stream_parts() -> None:
    """dbt_stream: the connections that dbt has open, and that the handle of each leads to DuckDB's own."""
    from dbt.adapters.base.connections import BaseConnectionManager
    from dbt.adapters.duckdb.environments import local

    assert "self.thread_connections: Dict[Hashable, Connection] = {}" in inspect.getsource(
        BaseConnectionManager.__init__
    )
    assert "return self._cursor" in inspect.getsource(local.DuckDBConnectionWrapper.cursor)
    assert "getattr(self._cursor, name)" in inspect.getsource(local.DuckDBCursorWrapper.__getattr__)


def run_parts() -> None:
    """last_run: the columns of Dagster's list of runs; build: the tag that puts a run among those of its job."""
    from dagster._core.storage.runs.schema import RunsTable
    from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

    assert {"run_id", "pipeline_name", "status", "start_time", "end_time"} <= set(RunsTable.columns.keys())
    assert REPOSITORY_LABEL_TAG == ".dagster/repository"


def dagster_parts() -> None:
    """run_history: one lock around one connection per shard, the name of the shard of the index, events in batches."""
    from dagster._core.instance.methods import event_methods
    from dagster._core.storage.event_log import SqliteEventLogStorage
    from dagster._core.storage.event_log.sqlite import sqlite_event_log

    connect = inspect.getsource(SqliteEventLogStorage._connect)
    assert "with self._db_lock:" in connect
    assert "self.conn_string_for_shard(shard)" in connect
    assert sqlite_event_log.INDEX_SHARD_NAME == "index"
    assert "DAGSTER_EVENT_BATCH_SIZE" in inspect.getsource(event_methods)
    assert "store_event_batch(events)" in inspect.getsource(event_methods)


def queue_parts() -> None:
    """lines: Dagster's queue, that each run is handed to it with what it selects, and that limits go by tags."""
    from dagster import DagsterInstance
    from dagster._core.run_coordinator import QueuedRunCoordinator, SubmitRunContext
    from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

    assert "dagster_run" in SubmitRunContext._fields
    assert "self._instance" in inspect.getsource(QueuedRunCoordinator.submit_run)
    assert callable(DagsterInstance.add_run_tags)
    assert "TagConcurrencyLimitsCounter(" in inspect.getsource(QueuedRunCoordinatorDaemon)


def python_parts() -> None:
    """warehouse/interrupts: giving back what multiprocessing holds, semaphores among it, before a process ends."""
    from multiprocessing import synchronize, util

    assert not [
        parameter
        for parameter in inspect.signature(util._run_finalizers).parameters.values()
        if parameter.default is parameter.empty
    ]
    # A semaphore is given back by such a finalizer, and by nothing else.
    assert "util.Finalize(self, SemLock._cleanup, (self._semlock.name,)" in inspect.getsource(
        synchronize.SemLock.__init__
    )
    assert 'unregister(name, "semaphore")' in inspect.getsource(synchronize.SemLock._cleanup)


@pytest.mark.parametrize(
    ("find", "remedy"),
    [
        (dbt_parts, "let orchestration/dbt_run.py start the command dbt, and read its run_results.json"),
        (stream_parts, "leave _cancel_queries out of dbt_stream: a stop then waits for the table that is being made"),
        (run_parts, "ask `DagsterInstance.get_run_records` in last_run, and leave out the tag"),
        (
            dagster_parts,
            "leave event_log_storage out of warehouse/folder.py's _DAGSTER_SETTINGS and renew this version's",
        ),
        (
            queue_parts,
            "leave run_coordinator out of warehouse/folder.py's _DAGSTER_SETTINGS, with max_concurrent_runs 1 and no "
            "limits of tags: captures then wait for builds",
        ),
        (
            python_parts,
            "leave the call out of warehouse/interrupts.py: Python then warns of leaked semaphores after a stop",
        ),
    ],
)
def test_private_parts_are_where_they_were(find, remedy):
    try:
        find()
    except (ImportError, AttributeError, AssertionError) as error:
        pytest.fail(
            f"An upgrade moved what the project uses and no framework promises: {error!r}. Builds may break or slow "
            f"down. Adapt the module that `{find.__doc__}` names, or do without, which costs the seconds its docstring "
            f"states: {remedy}."
        )
