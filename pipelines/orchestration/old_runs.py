"""Runs that Dagster's history lets go of: beyond the last hundred, with their logs.

What belongs here: telling Dagster to forget them, and applying all rules of a folder at once. Which they are is
`upkeep.growth`.
"""

from __future__ import annotations

import shutil

import dagster as dg

from ..release.history import prune
from ..upkeep.growth import KEPT_RUNS, find_old_runs, tidy
from ..warehouse.folder import Warehouse
from .storage import explaining_storage

#: Runs let go of at once: a history of years is worked off by some builds, not by the first.
AT_ONCE = 50


def prune_runs(instance: dg.DagsterInstance, warehouse: Warehouse, keep: int = KEPT_RUNS) -> list[str]:
    """Delete runs that have ended, beyond the newest `keep`; returns their ids.

    Runs of captured days are kept, since they say which days are there, and so is the one that published: the catalogue
    shows when each table was made.
    """
    latest = instance.get_latest_materialization_event(dg.AssetKey("release"))
    published = latest.run_id if latest else ""
    old = find_old_runs(warehouse.dagster_home / "history" / "runs.db", keep)
    gone = [run_id for run_id in old if run_id != published][-AT_ONCE:]
    for run_id in gone:
        instance.delete_run(run_id)
        shutil.rmtree(warehouse.dagster_home / "storage" / run_id, ignore_errors=True)
    return gone


def tidy_all(warehouse: Warehouse) -> list[str]:
    """Apply every rule of a warehouse that is held by this process; returns what was let go of, in words.

    Raises WarehouseNotWritableError where there is no room, WarehouseUnreadableError where the history is damaged.
    """
    warehouse.set_environment()
    # What only goes comes first: to let go of runs, Dagster's files need room themselves.
    gone = [*(f"the release {release_id}" for release_id in prune(warehouse)), *tidy(warehouse)]
    with explaining_storage(warehouse), dg.DagsterInstance.get() as instance:
        while runs := prune_runs(instance, warehouse):
            gone += [f"the run {run_id}" for run_id in runs]
    return [*gone, *tidy(warehouse)]
