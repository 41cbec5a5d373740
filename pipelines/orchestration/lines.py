"""Two lines of runs: what takes the warehouse goes one run after another, captures of days go on beside it.

What belongs here: which line a run stands in, said by tags, since limits of Dagster's queue go by tags and a run of
single assets carries none of a job's. The limits themselves stand in `warehouse.folder`: one run that takes the
warehouse, two that capture, one for a source at a time.

Private parts: where Dagster keeps its own queue. `tests/unit/orchestration/test_private_parts.py` says what to do where
an upgrade moves it.
"""

from __future__ import annotations

from collections.abc import Collection

from dagster import AssetKey, DagsterRun
from dagster._core.run_coordinator import QueuedRunCoordinator, SubmitRunContext

#: The group of the assets that take no lock of the warehouse, the first part of their keys, and the job over them.
CAPTURES, CAPTURE_JOB = "captures", "capture"
#: Tags of a run: the line it stands in, and the source it asks where that is one.
LINE_TAG, SOURCE_TAG = "paperhouse/line", "paperhouse/source"
WAREHOUSE = "warehouse"


class Lines(QueuedRunCoordinator):
    """Dagster's queue, for runs that say which line they stand in, whoever has asked for them."""

    def submit_run(self, context: SubmitRunContext) -> DagsterRun:
        """Tag a run, then let it queue."""
        run = context.dagster_run
        self._instance.add_run_tags(run.run_id, name_line(run.job_name, run.asset_selection or ()))
        return super().submit_run(context)


def name_line(job: str, assets: Collection[AssetKey]) -> dict[str, str]:
    """The tags of a run of a job, or of some of its assets: a capture where it takes nothing else."""
    names = {key.path[0] for key in assets}
    if names != {CAPTURES} and not (job == CAPTURE_JOB and not names):
        return {LINE_TAG: WAREHOUSE}
    sources = [key.path[-1] for key in assets]
    return {LINE_TAG: CAPTURES, **({SOURCE_TAG: sources[0]} if len(sources) == 1 else {})}
