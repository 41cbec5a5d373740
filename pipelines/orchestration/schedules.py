"""When jobs start by the clock; both schedules are off until switched on.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

import dagster as dg

from ..digest.mail import MailSettings
from ..digest.unsubscribing import MailSettingsError
from ..warehouse.errors import NothingPublishedError
from ..warehouse.folder import Warehouse
from ..warehouse.settings_file import SettingsError
from .jobs import build, digest

daily_build = dg.ScheduleDefinition(
    name="daily_build",
    job=build,
    cron_schedule="0 6 * * *",
    execution_timezone="UTC",
    description="Builds what has come into the inbox, every day at 06:00 UTC. Off until switched on.",
)


@dg.schedule(
    name="daily_digest",
    job=digest,
    cron_schedule="0 7 * * *",
    execution_timezone="UTC",
    description="Sends digests every day at 07:00 UTC, an hour after the daily build. Off until switched on.",
)
def daily_digest(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Skips with the reason where mail is not set up or nothing is published."""
    try:
        warehouse = Warehouse.from_environment()
        MailSettings.from_environment(settings_file=warehouse.settings_file)
        with warehouse.read():
            pass
    except (MailSettingsError, SettingsError, NothingPublishedError) as error:
        return dg.SkipReason(str(error))
    return dg.RunRequest()
