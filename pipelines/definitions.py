"""What Dagster loads: the graph, and what starts its jobs. Wiring only; entry points alone import it.

It loads without looking for circles of dead objects: modules make next to none, and 0.3 of 2.3 s of CPU went there.
"""

import gc

gc.disable()
try:
    import dagster as dg

    from .orchestration import graph
    from .orchestration.assets.captures import load_captures
    from .orchestration.jobs import digest
    from .orchestration.repairs import accept, forget, replay
    from .orchestration.schedules import daily_build, daily_digest
    from .orchestration.sensors import daily_assets, inbox_sensor, lost_runs_sensor
    from .warehouse.folder import Warehouse

    defs = dg.Definitions.merge(
        graph.defs,
        load_captures(Warehouse.from_environment()),
        dg.Definitions(
            jobs=[digest, forget, accept, replay],
            schedules=[daily_build, daily_digest],
            sensors=[inbox_sensor, lost_runs_sensor, daily_assets],
        ),
    )
finally:
    gc.enable()
