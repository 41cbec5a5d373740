"""Captures from a Python process: the same Dagster runs, with the same history, as the UI's backfills.

What belongs here: starting a run per day and source and turning its outcome into a `CaptureOutcome`. Printing is
`commands/`.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ..loading.sources import CapturePlan
from ..warehouse.folder import Warehouse
from ..warehouse.run_files import make_run_files
from .storage import explaining_storage


@dataclass(frozen=True)
class CaptureOutcome:
    """What a day of a source came to: how many new files of how many bytes, or why it failed."""

    source: str
    day: date
    new_files: int
    byte_count: int
    problem: str


def run_captures(
    warehouse: Warehouse, plan: CapturePlan, sources: Sequence[str], days: Sequence[date]
) -> Iterator[CaptureOutcome]:
    """Capture days of sources of a plan, one run each, in order of days; a day that fails stops no other."""
    warehouse.prepare()
    warehouse.set_environment()
    warnings.filterwarnings("ignore", module="dagster.*")
    logging.getLogger("dagster").addHandler(logging.NullHandler())
    import dagster as dg

    from .assets.captures import capture_key, make_captures
    from .build import REPOSITORY_TAG, find_first_failure
    from .lines import CAPTURE_JOB, name_line

    job = make_captures(plan).resolve_job_def(CAPTURE_JOB)
    make_run_files(warehouse)
    with explaining_storage(warehouse), dg.DagsterInstance.get() as instance:
        for day in days:
            for source in sources:
                with contextlib.redirect_stdout(io.StringIO()):
                    result = job.execute_in_process(
                        instance=instance,
                        partition_key=day.isoformat(),
                        asset_selection=[capture_key(source)],
                        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                        tags={**REPOSITORY_TAG, **name_line(job.name, [capture_key(source)])},
                        raise_on_error=False,
                    )
                if not result.success:
                    yield CaptureOutcome(source, day, 0, 0, find_first_failure(result))
                    continue
                [event] = result.get_asset_materialization_events()
                facts = {name: value.value for name, value in event.materialization.metadata.items()}
                yield CaptureOutcome(source, day, int(str(facts["new files"])), int(str(facts["bytes"])), "")
