"""What Dagster loads: assets, checks, resources, the job, the sensor and the schedule. Wiring only."""

import sys
from collections.abc import Iterator

import dagster as dg

from pipelines.assets.dbt import PROJECT, dbt_models
from pipelines.assets.raw import raw_tables
from pipelines.assets.release import make_release_asset
from pipelines.assets.text import text_tables
from pipelines.checks import make_gate
from pipelines.digest.schedule import daily_digest, digest
from pipelines.inbox import make_inbox_sensor
from pipelines.manifest import PARSED_DBT, OfflineDbt
from pipelines.resources import Warehouse


@dg.resource(description="The warehouse folder, held for this run: a second build waits its turn or says so.")
def locked_warehouse(_context: dg.InitResourceContext) -> Iterator[Warehouse]:
    """The warehouse named by the environment, locked from the run's first step to its last."""
    warehouse = Warehouse.from_environment()
    with warehouse.lock():
        yield warehouse


_marts = [key for key in dbt_models.keys if key.path[0] in ("marts", "search")]

build = dg.define_asset_job(
    "build",
    selection=dg.AssetSelection.all(),
    description="The whole path: parse, gate, text, dbt, gate, publish. Nothing new, nothing built.",
    # DuckDB takes one writing process.
    executor_def=dg.in_process_executor,
)

daily = dg.ScheduleDefinition(
    name="daily_build",
    job=build,
    cron_schedule="0 6 * * *",
    execution_timezone="UTC",
    description="Builds what has come into the inbox, every day at 06:00 UTC. Off until switched on.",
)

defs = dg.Definitions(
    assets=[raw_tables, text_tables, dbt_models, make_release_asset(_marts)],
    asset_checks=[make_gate("gate_1", "raw"), make_gate("gate_1", "text"), make_gate("gate_2", "marts")],
    jobs=[build, digest],
    schedules=[daily, daily_digest],
    sensors=[make_inbox_sensor("build")],
    resources={
        "warehouse": locked_warehouse,
        "dbt": OfflineDbt(
            project_dir=str(PROJECT.project_dir), dbt_executable=sys.executable, global_config_flags=PARSED_DBT
        ),
    },
)
