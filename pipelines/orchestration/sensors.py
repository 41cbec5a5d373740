"""The sensors: one starts a build when dumps have come into the inbox, one ends the runs whose process is gone.

A third one asks the assets' own condition. Which to switch on: the one on the inbox. A file that arrives is what
Dagster names sensors for; its runs are the job's, so that a failure is told (`failures`), and it starts one that failed
again. The condition's run is of the assets alone: nobody is told, and the next try is the next day's.
"""

import hashlib
import time
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import dagster as dg

from ..loading.inputs import find_dump_files, follows_links
from ..parsing import name_version
from ..warehouse.folder import Warehouse
from ..warehouse.settings import LINKS_VARIABLE
from ..warehouse.settings_file import SettingsError, read_columns
from .assets.tables import asset_key
from .failures import tell_of
from .jobs import build
from .lines import CAPTURES
from .lost_runs import LOST, end_lost_runs

#: Tag of a run: what the inbox looked like that it was started for.
INBOX_TAG = "paperhouse/inbox"
#: Seconds until a build that failed is started again: the first time, doubled each time, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0


@dg.sensor(
    job=build,
    # A drop is seen by one look and built after the next: within a minute.
    minimum_interval_seconds=25,
    description="Starts a build once the inbox has changed and then kept still for one look; starts it again, with "
    "growing pauses, where it failed.",
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Two equal looks mean that nobody is writing any more.

    A look is built when a run that was started for it has succeeded, not when one was started: a run may meet a full
    disk, be killed or canceled. Sidecars are looked at, too, and the column names of the settings.
    """
    warehouse = Warehouse.from_environment()
    files, links = find_dump_files(warehouse, [warehouse.inbox], follows_links())
    if not files:
        but = f" but for links, which {LINKS_VARIABLE}=1 follows: {links.left[0].path}" if links.left else ""
        return dg.SkipReason(f"The inbox is empty{but}.")
    try:
        version = name_version(read_columns(warehouse.settings_file))
    except SettingsError as error:
        return dg.SkipReason(str(error))
    look = _digest([version, *filter(None, map(_look, files))])
    if context.cursor != look:
        return dg.SensorResult(skip_reason="The inbox has changed; looking once more.", cursor=look)
    tried = context.instance.get_run_records(dg.RunsFilter(tags={INBOX_TAG: look}))
    if reason := _find_reason_to_wait(tried):
        return dg.SkipReason(reason)
    request = dg.RunRequest(run_key=f"{look}:{len(tried)}", tags={INBOX_TAG: look})
    return dg.SensorResult(run_requests=[request], cursor=look)


def _find_reason_to_wait(tried: Sequence[dg.RunRecord]) -> str:
    """Why no run is started for what the inbox looks like, given those that were, the latest first; empty if one is."""
    if not tried:
        return ""
    latest, status = tried[0], tried[0].dagster_run.status
    name = latest.dagster_run.run_id[:8]
    if status is dg.DagsterRunStatus.SUCCESS:
        return "Nothing has changed since the last build."
    if status not in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED):
        return f"Run {name} is building it."
    ended = latest.end_time or latest.update_timestamp.timestamp()
    again = ended + min(FIRST_PAUSE * 2 ** (len(tried) - 1), LONGEST_PAUSE)
    if _now() >= again:
        return ""
    ending = "was canceled" if status is dg.DagsterRunStatus.CANCELED else "failed"
    return f"Run {name} {ending}; it is started again at {time.strftime('%H:%M:%S', time.gmtime(again))} UTC."


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Says of runs whose process is gone that they failed, so that no queue waits for them.",
)
def lost_runs_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Starts nothing."""
    lost = end_lost_runs(context.instance, Warehouse.from_environment().dagster_home)
    for run_id in lost:
        for sentence in tell_of(run_id, "a step that nobody saw end", LOST):
            context.log.info(sentence)
    return dg.SkipReason(f"Ended: {', '.join(lost)}." if lost else "No run is lost.")


#: The whole path once a day. No asset makes what releases leave for the next build's redirects: nobody waits for that.
WHOLE_PATH = dg.AutomationCondition.on_cron("0 6 * * *", "UTC").ignore(
    dg.AssetSelection.assets(asset_key("quality.published_papers"))
)

with warnings.catch_warnings():
    # A condition of the sensor's own, and not at each of 140 assets: so only whoever switches it on pays for it.
    warnings.simplefilter("ignore", dg.BetaWarning)
    daily_assets = dg.AutomationConditionSensorDefinition(
        "daily_assets",
        target=dg.AssetSelection.all() - dg.AssetSelection.groups(CAPTURES),
        use_user_code_server=True,
        default_condition=WHOLE_PATH,
        description="Makes every asset once a day at 06:00 UTC, in one run. The sensor on the inbox is the better "
        "choice: it starts failed runs again, and its failures are told. Off until switched on.",
    )


def _now() -> float:
    return time.time()


def _look(path: Path) -> str | None:
    """How a file, or the one a link leads to, looks from outside; None where it has gone since it was listed."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return f"{path}:{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ctime_ns}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()
