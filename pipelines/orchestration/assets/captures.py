"""Captured days as assets: one per source, a partition per day, outside the line of builds.

What belongs here: one step of the job, and the assets, job and schedule that a plan of sources makes. What is done is
`loading.captures`; no database is opened, so a capture needs no lock.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

from datetime import date, timedelta

import dagster as dg

from ...loading.captures import capture_day
from ...loading.fetching import FetchError
from ...loading.sources import CapturePlan, Source, read_sources
from ...warehouse.folder import Warehouse
from ...warehouse.settings_file import SettingsError
from ..catalogue import OWNERS, link_code, tag_access
from ..failures import tell_failure

GROUP = "captures"
JOB = "capture"
#: A day is fetched in the morning after it; a source without a new one for two days is stale.
_HOUR, _STALE_AFTER = 5, timedelta(hours=48)


def capture_key(source: str) -> dg.AssetKey:
    """Source `daily_papers` is asset `captures/daily_papers`."""
    return dg.AssetKey([GROUP, source])


def make_captures(plan: CapturePlan) -> dg.Definitions:
    """The assets of a plan's sources, the job over them, and the schedule that takes yesterday; nothing without any."""
    if not plan.sources:
        return dg.Definitions()
    days = dg.DailyPartitionsDefinition(start_date=plan.start.isoformat(), timezone=plan.time_zone)
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.groups(GROUP),
        partitions_def=days,
        description="Fetches a day from the sources of `warehouse.toml` into the inbox. Builds nothing.",
        hooks={tell_failure},
    )
    schedule = dg.build_schedule_from_partitioned_job(
        job,
        name="daily_capture",
        hour_of_day=_HOUR,
        description=f"Fetches yesterday, every day at {_HOUR:02}:00 ({plan.time_zone}). Off until switched on.",
    )
    return dg.Definitions(
        assets=[_make_asset(source, days) for source in plan.sources], jobs=[job], schedules=[schedule]
    )


def load_captures(warehouse: Warehouse) -> dg.Definitions:
    """The captures of a warehouse's settings; none where they cannot be followed, which the log says."""
    try:
        return make_captures(read_sources(warehouse.settings_file))
    except SettingsError as error:
        dg.get_dagster_logger().error(f"Nothing can be captured. {error}")
        return dg.Definitions()


def _make_asset(source: Source, days: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=capture_key(source.name),
        group_name=GROUP,
        partitions_def=days,
        kinds={source.format},
        owners=OWNERS,
        tags=tag_access(is_public=False),
        metadata=link_code("pipelines/loading/captures.py"),
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=_STALE_AFTER),
        description=f"What {source.address} said of each day, as it came, in `inbox/captures/{source.name}/`.",
    )
    def capture(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        """Fetch one day; an HTTP error is a failed partition with its reason, never a dump."""
        try:
            done = capture_day(Warehouse.from_environment(), source, date.fromisoformat(context.partition_key))
        except FetchError as error:
            raise dg.Failure(description=str(error)) from None
        return dg.MaterializeResult(
            metadata={
                "new files": len(done.files),
                "files": [str(file) for file in done.files],
                "known pages": done.known_pages,
                "empty pages": done.empty_pages,
                "bytes": done.byte_count,
                "seconds": done.seconds,
            }
        )

    return capture
