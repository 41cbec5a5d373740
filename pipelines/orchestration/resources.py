"""What a run is given: the warehouse, locked.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

from collections.abc import Iterator

import dagster as dg

from ..warehouse.folder import Warehouse


@dg.resource(description="The warehouse folder, held for this run: a second build waits its turn or says so.")
def locked_warehouse(_context: dg.InitResourceContext) -> Iterator[Warehouse]:
    """The warehouse named by the environment, locked from the run's first step to its last."""
    warehouse = Warehouse.from_environment()
    with warehouse.lock():
        yield warehouse
