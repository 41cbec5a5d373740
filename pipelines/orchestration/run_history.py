"""Dagster's event log as a warehouse keeps it: the SQLite files Dagster itself would write, written faster.

What belongs here: how those files are opened. What is in them and who reads them is Dagster's; the UI needs nothing
else, and a warehouse whose `dagster.yaml` does not name this class goes on in the same files.

Private parts: `SqliteEventLogStorage`, its `_connect`, `_db_lock`, `has_table` and shards. Dagster opens a file anew
for each of a build's hundreds of events, which compiles every statement again and waits for the disk four times an
event. Beside Dagster's own storage a build of the sample took 75 and 68 s of CPU, against 83 and 81 (two pairs in turn
on two slow, busy cores: an eighth). It keeps the files of the index and of one run open, no more. A run begins with an
event for each asset and check that it is to make, 220 of them: Dagster hands them over together where
DAGSTER_EVENT_BATCH_SIZE allows, and they are written in one transaction.
`tests/unit/orchestration/test_private_parts.py` says what to do where an upgrade moves these parts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident
from typing import Any

from dagster import EventLogEntry, StringSource
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event, text


class RunHistory(SqliteEventLogStorage):
    """Keeps its connections open: to the index, and to the one run that was written or read last.

    A commit is in the file at once, for readers and for whoever comes after a killed build. Only a power cut can lose
    the last ones, and leaves a whole file: SQLite's `synchronous = normal`.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """The log in a folder, which is made when something is written."""
        self._engines: dict[str, Engine] = {}
        #: The transactions of events that are being written together, by shard, and the thread that writes them.
        self._open: dict[str, Connection] = {}
        self._writer = 0
        #: Tables that were seen in the index.
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """`home`: Dagster's home folder, below which the log lies."""
        return {"home": StringSource}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> RunHistory:
        """The log of a home folder, where Dagster's own storage looks for it."""
        return cls(str(Path(config_value["home"], "history", "runs")), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if self._open and self._writer == get_ident():
            yield self._open[shard]
            return
        if shard not in self._engines:
            with super()._connect(shard):
                pass  # creates the file, or brings it up to date
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """Write an event, and show it to whoever watches the run: the page of a run that is open in a browser."""
        super().store_event(event)
        if not self._open:
            self._touch(event.run_id)

    def _touch(self, run_id: str) -> None:
        """Dagster watches the file of a run, and an open connection writes beside it, into the `-wal`."""
        if run_id:
            with suppress(FileNotFoundError):
                os.utime(self.path_for_shard(run_id))

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Write events of one run in one transaction of its file and one of the index: all of them, or none."""
        run_id = events[0].run_id
        for shard in (INDEX_SHARD_NAME, run_id):
            with self._connect(shard):
                pass
        with self._db_lock, self._engine(INDEX_SHARD_NAME).begin() as index, self._engine(run_id).begin() as run:
            self._open, self._writer = {INDEX_SHARD_NAME: index, run_id: run}, get_ident()
            try:
                super().store_event_batch(events)
            finally:
                self._open = {}
        self._touch(run_id)

    def _engine(self, shard: str) -> Engine:
        """The engine of a run or of the index; called under the lock, so that nobody uses the one that is closed."""
        if shard not in self._engines:
            # Closed files are merged with their -wal and let go of: a daemon that sees a thousand runs keeps none open.
            for other in self._engines.keys() - {INDEX_SHARD_NAME}:
                self._engines.pop(other).dispose()
            engine = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": 60}, pool_size=1)
            event.listen(engine, "connect", _sync_at_checkpoints)
            self._engines[shard] = engine
        return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table. Dagster asks before each check, and opens the file for that."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def delete_events(self, run_id: str) -> None:
        """Forget a run: its own file, its events in the index, and, what Dagster leaves there, its checks."""
        with self.index_connection() as connection:
            self.delete_events_for_run(connection, run_id)
            connection.execute(text("delete from asset_check_executions where run_id = :run_id"), {"run_id": run_id})
        with self._db_lock:
            if engine := self._engines.pop(run_id, None):
                engine.dispose()
        for path in Path(self._base_dir).glob(f"{run_id}.db*"):
            path.unlink(missing_ok=True)

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()


def _sync_at_checkpoints(connection: Any, _record: object) -> None:
    connection.execute("pragma synchronous = normal")
