"""How the last build ended, whoever started it: the command line, the UI, a sensor or a schedule.

What belongs here: one question to Dagster's own list of runs, asked without loading Dagster, which takes seconds; and
the report of a build that found nothing new, which is no run there.

Private parts: the columns of Dagster's table `runs`. `tests/unit/orchestration/test_private_parts.py` says what to do
where an upgrade moves them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from ..files import read_whole
from ..warehouse.folder import Warehouse

_ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True)
class LastRun:
    """A build that has ended: its run, its status in small letters, when it ended (UTC), how long it took (s).

    run_id is empty where it found nothing new.
    """

    run_id: str
    status: str
    ended_at: datetime
    seconds: float


def find_last_run(warehouse: Warehouse) -> LastRun | None:
    """The build that ended last; None where none has, or where neither history nor report can be read.

    One that ends in the future ended before the machine's clock went back, and so before the others.
    """
    found = [last for last in (_find_in_history(warehouse), _find_unchanged(warehouse)) if last]
    now = datetime.now(UTC)
    return max(found, key=lambda last: (last.ended_at <= now, last.ended_at), default=None)


def _find_unchanged(warehouse: Warehouse) -> LastRun | None:
    """The last build, where it found nothing new: what it left is as it was, published and whole."""
    try:
        report = json.loads(read_whole(warehouse.last_build))
        if report["outcome"] != "unchanged" or report["run_id"]:
            return None
        ended = warehouse.last_build.stat().st_mtime
        return LastRun("", "success", datetime.fromtimestamp(ended, UTC), float(report["seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _find_in_history(warehouse: Warehouse) -> LastRun | None:
    file = warehouse.dagster_home / "history" / "runs.db"
    if not file.is_file():
        return None
    query = f"""
        select run_id, lower(status), end_time, end_time - coalesce(start_time, end_time)
        from runs
        where pipeline_name = 'build' and status in {_ENDED} and end_time is not null
        order by end_time > ?, end_time desc limit 1
    """
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            row = connection.execute(query, [time.time()]).fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return None
    if row is None:
        return None
    run_id, status, ended, seconds = row
    return LastRun(run_id, status, datetime.fromtimestamp(ended, UTC), seconds)
