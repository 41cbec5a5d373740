"""Who is told when a run fails: readers of a mailbox, through the digests' mail server, and an address that takes JSON.

What belongs here: what is said, and its two ways out. When something is said is `orchestration.failures`. An alert
makes nothing worse: what cannot be told is answered in words, for the run's log.
"""

from __future__ import annotations

import email.policy
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import httpx

from ..digest.mail import MailServerError, MailSettings, send_message
from ..digest.unsubscribing import MailSettingsError
from ..showing.clean import clean
from ..warehouse.settings import ALERT_MAIL_VARIABLE, BadSettingError, read_alert_mail, read_alert_url

#: Seconds that the address has to take an alert.
_PATIENCE = 10.0
_WAY_OUT = (
    "What was published is as it was, and what was read is kept. `paperhouse status` says the same at the warehouse; "
    "the run can be re-executed from its failure in the UI, or build again."
)


@dataclass(frozen=True)
class Alert:
    """A run that failed: the warehouse's folder, the run, its stage, and the reason in words with the way out."""

    warehouse: str
    run_id: str
    stage: str
    reason: str

    @property
    def text(self) -> str:
        """All of it for a person, without characters that act where it is shown."""
        return clean(
            f"The run {self.run_id[:8]} of {self.warehouse} on {socket.gethostname()} failed at {self.stage}.\n\n"
            f"{self.reason}\n\n{_WAY_OUT}"
        )


def tell(alert: Alert) -> list[str]:
    """Give an alert to everyone whom the environment names; returns what became of it, a sentence for each way.

    Nobody is named in the environment as it comes. Never raises for a way that does not work.
    """
    said = []
    try:
        if addresses := read_alert_mail():
            said.append(_mail(alert, addresses))
        if url := read_alert_url():
            said.append(_post(alert, url))
    except BadSettingError as error:
        said.append(f"Not everyone was told of the failure: {error}")
    return said


def _mail(alert: Alert, addresses: list[str]) -> str:
    try:
        settings = MailSettings.from_environment()
        message = EmailMessage(policy=email.policy.SMTP)
        message["From"] = settings.sender
        message["To"] = ", ".join(addresses)
        message["Subject"] = f"Paperhouse: a run failed at {alert.stage}"
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(alert.text, cte="quoted-printable")
        send_message(message, settings, addresses)
    except (MailSettingsError, MailServerError) as error:
        return f"The failure was not mailed ({ALERT_MAIL_VARIABLE}): {error}"
    return f"The failure was mailed to {', '.join(addresses)}."


def _post(alert: Alert, url: str) -> str:
    """`text` is what chat programs show; the rest is for programs. No redirect is followed: it was not named."""
    content = {
        "text": alert.text,
        "warehouse": alert.warehouse,
        "run_id": alert.run_id,
        "stage": alert.stage,
        "reason": clean(alert.reason),
    }
    host = httpx.URL(url).host  # the rest of an address may be what lets us in
    try:
        answer = httpx.post(url, json=content, timeout=_PATIENCE)
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        return f"The failure was not told to {host}: it answered {error.response.status_code}."
    except httpx.HTTPError as error:
        return f"The failure was not told to {host}: {type(error).__name__}."
    return f"The failure was told to {host}."
