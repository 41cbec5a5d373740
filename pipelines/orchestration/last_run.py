"""How the last build ended, whoever started it: the command line, the UI, a sensor or a schedule.

What belongs here: one question to Dagster's own list of runs, asked without loading Dagster, which takes seconds.

Private parts: the columns of Dagster's table `runs`. `tests/unit/orchestration/test_private_parts.py` says what to do
where an upgrade moves them.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from ..warehouse.folder import Warehouse

#: The build, and what is materialised by hand in the UI.
_BUILDS = ("build", "__ASSET_JOB")
_ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True)
class LastRun:
    """A run that has ended: its id, its job, whether it was a success, when it ended (UTC), how long it took (s)."""

    run_id: str
    job: str
    status: str
    ended_at: datetime
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether it ended well."""
        return self.status == "success"


def find_last_run(warehouse: Warehouse) -> LastRun | None:
    """The build that ended last; None where none has, or where the history cannot be read."""
    file = warehouse.dagster_home / "history" / "runs.db"
    if not file.is_file():
        return None
    query = f"""
        select run_id, pipeline_name, lower(status), end_time, end_time - coalesce(start_time, end_time)
        from runs
        where pipeline_name in ({_list(_BUILDS)}) and status in ({_list(_ENDED)}) and end_time is not null
        order by end_time desc limit 1
    """
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            row = connection.execute(query).fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return None
    if row is None:
        return None
    run_id, job, status, ended, seconds = row
    return LastRun(run_id, job, status, datetime.fromtimestamp(ended, UTC), seconds)


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
