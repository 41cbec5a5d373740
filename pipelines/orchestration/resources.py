"""What a run is given: the warehouse, locked.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

from collections.abc import Iterator

import dagster as dg

from ..upkeep.growth import tidy
from ..warehouse.folder import Warehouse
from .lost_runs import end_lost_runs, show_alive
from .old_runs import prune_runs


@dg.resource(description="The warehouse folder, held for this run: a second run waits its turn.")
def locked_warehouse(context: dg.InitResourceContext) -> Iterator[Warehouse]:
    """The warehouse named by the environment, locked from the run's first step to its last.

    A build from the command line holds it already; a run that Dagster has queued waits until the one before has ended.
    """

    def say(busy: str) -> None:
        if context.log:
            context.log.info(f"{busy} Waiting for it to end.")

    warehouse = Warehouse.from_environment()
    warehouse.prepare()
    with show_alive(warehouse.dagster_home, str(context.run_id)), warehouse.lock(wait=say):
        if context.instance:
            end_lost_runs(context.instance, warehouse.dagster_home)
            prune_runs(context.instance, warehouse)
        tidy(warehouse)
        yield warehouse
