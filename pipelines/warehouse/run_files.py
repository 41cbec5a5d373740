"""The files of Dagster's run history, made by one process at a time.

What belongs here: their making. What is in them is Dagster's; how a build's events are written is
`orchestration.run_history`. Two processes that meet no files make them both, as webserver and daemon do when a service
starts on a new warehouse, and leave a database that says it is of two versions: every later start complains.
"""

from __future__ import annotations

from .folder import Warehouse
from .lock import using_alone

_FILES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


def make_run_files(warehouse: Warehouse) -> None:
    """Make them where one is missing, of a warehouse that is prepared and that the environment names.

    Waits for whoever makes them. Raises WarehouseNotWritableError where the folder cannot be written.
    """
    home = warehouse.dagster_home
    with using_alone(home / ".making", wait=lambda: None):
        if not all((home / name).exists() for name in _FILES):
            import dagster as dg  # takes seconds, and most starts find the files

            with dg.DagsterInstance.get():
                pass
