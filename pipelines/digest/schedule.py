"""The schedule that sends digests. What belongs here: Dagster wiring; sending is `pipelines.digest.mail`.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

import dagster as dg

from pipelines.digest.items import Period
from pipelines.digest.mail import MailSettings, MailSettingsError, send_latest
from pipelines.digest.subscriptions import open_subscriptions
from pipelines.resources import NothingPublishedError, Warehouse


@dg.op
def send_digests(context: dg.OpExecutionContext) -> None:
    """Send the latest day's and week's digests that are over to whoever has not got them; reads what is published."""
    warehouse, settings = Warehouse.from_environment(), MailSettings.from_environment()
    with warehouse.read() as connection, open_subscriptions(warehouse) as subscriptions:
        for period in Period:
            outcomes = send_latest(connection, subscriptions, period, settings)
            context.log.info(f"{period}: {dict(outcomes) or 'no period is over yet'}")


@dg.job(
    executor_def=dg.in_process_executor,
    description="Sends digests by mail, each reader's at most once per period. Builds nothing.",
)
def digest() -> None:
    """One step: running it again sends what is still unsent."""
    send_digests()


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
        MailSettings.from_environment()
        with Warehouse.from_environment().read():
            pass
    except (MailSettingsError, NothingPublishedError) as error:
        return dg.SkipReason(str(error))
    return dg.RunRequest()
