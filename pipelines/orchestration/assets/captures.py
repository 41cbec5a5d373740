"""Captured days as assets: one per source, a partition per day, outside the line of builds (`orchestration.lines`).

What belongs here: one step of the job, and the assets, job and schedule that a plan of sources makes. What is done is
`loading.captures`; no database is opened, so a capture needs no lock of the warehouse.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

import warnings
from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg

from ...loading.captures import Capture, capture_day
from ...loading.fetching import FetchError
from ...loading.sources import CapturePlan, Source, read_sources
from ...warehouse.folder import Warehouse
from ...warehouse.settings_file import SettingsError
from ..catalogue import OWNERS, link_code, tag_access
from ..failures import tell_failure
from ..lines import CAPTURE_JOB, CAPTURES
from ..lost_runs import show_alive

#: Days that one run of a backfill takes: a process of its own for each would take 9 seconds to begin.
DAYS_A_RUN = 30
#: A day is fetched in the morning after it; a source without a new one for two days is stale.
_HOUR, _STALE_AFTER = 5, timedelta(hours=48)


def capture_key(source: str) -> dg.AssetKey:
    """Source `daily_papers` is asset `captures/daily_papers`."""
    return dg.AssetKey([CAPTURES, source])


def make_captures(plan: CapturePlan) -> dg.Definitions:
    """The assets of a plan's sources, the job over them, and the schedule that takes yesterday; nothing without any."""
    if not plan.sources:
        return dg.Definitions()
    days = dg.DailyPartitionsDefinition(start_date=plan.start.isoformat(), timezone=plan.time_zone)
    job = dg.define_asset_job(
        CAPTURE_JOB,
        selection=dg.AssetSelection.groups(CAPTURES),
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # how many days a run takes may only cost time
        assets = [_make_asset(source, days) for source in plan.sources]
    return dg.Definitions(assets=assets, jobs=[job], schedules=[schedule])


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
        group_name=CAPTURES,
        partitions_def=days,
        kinds={source.format},
        owners=OWNERS,
        tags=tag_access(is_public=False),
        metadata=link_code("pipelines/loading/captures.py"),
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=_STALE_AFTER),
        backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=DAYS_A_RUN),
        # Each day says for itself that it is there: of days that are fetched together, some may fail.
        output_required=False,
        description=f"What {source.address} said of each day, as it came, in `inbox/captures/{source.name}/`.",
    )
    def capture(context: dg.AssetExecutionContext) -> Iterator[dg.Output[None]]:
        """Fetch one day, or those of a range; an HTTP error is a failed partition with its reason, never a dump."""
        warehouse, failed = Warehouse.from_environment(), []
        days = context.partition_keys
        with show_alive(warehouse.dagster_home, context.run_id):
            for day in days:
                try:
                    done = capture_day(warehouse, source, date.fromisoformat(day))
                except FetchError as error:
                    failed.append(f"{day}: {error}")
                    context.log.error(failed[-1])
                else:
                    facts = _describe(done)
                    context.log_event(dg.AssetMaterialization(context.asset_key, partition=day, metadata=facts))
        if failed:
            raise dg.Failure(description=_say_failed(failed, len(days)))
        yield from ()

    return capture


def _describe(done: Capture) -> dict[str, float | list[str]]:
    return {
        "new files": len(done.files),
        "files": [str(file) for file in done.files],
        "known pages": done.known_pages,
        "empty pages": done.empty_pages,
        "bytes": done.byte_count,
        "seconds": done.seconds,
    }


def _say_failed(failed: list[str], day_count: int) -> str:
    """The reason of the one day there is; of a range each day that failed, with its own."""
    if day_count == 1:
        return failed[0].partition(": ")[2]
    return "\n".join([f"{len(failed)} of {day_count} days could not be fetched; the others are there.", *failed])
