"""The jobs: the build, and the sending of digests.

What belongs here: what a job consists of. When one starts is `schedules` and `sensors`; what its steps do is in the
rooms below.
"""

import dagster as dg

from ..digest.items import Period
from ..digest.mail import MailSettings, send_latest
from ..digest.subscriptions import open_subscriptions
from ..warehouse.folder import Warehouse
from .failures import tell_failure
from .lines import CAPTURES
from .lost_runs import show_alive

build = dg.define_asset_job(
    "build",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(CAPTURES),
    description="The whole path: parse, gate, text, dbt, gate, publish. Nothing new, nothing built.",
    hooks={tell_failure},
)


@dg.op
def send_digests(context: dg.OpExecutionContext) -> None:
    """Send the latest day's and week's digests that are over to whoever has not got them; reads what is published."""
    warehouse = Warehouse.from_environment()
    settings = MailSettings.from_environment(settings_file=warehouse.settings_file)
    with (
        show_alive(warehouse.dagster_home, context.run_id),
        warehouse.read() as connection,
        open_subscriptions(warehouse) as subscriptions,
    ):
        for period in Period:
            outcomes = send_latest(connection, subscriptions, period, settings)
            context.log.info(f"{period}: {dict(outcomes) or 'no period is over yet'}")


@dg.job(
    hooks={tell_failure},
    description="Sends digests by mail, each reader's at most once per period. Builds nothing.",
)
def digest() -> None:
    """One step: running it again sends what is still unsent."""
    send_digests()
