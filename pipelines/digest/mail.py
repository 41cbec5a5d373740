"""Digests by mail: messages, the server that takes them, and what it said about each.

What belongs here: SMTP. A message goes out at most once: that it is being sent is on disk before the server hears of
it, and what was left in that state is never sent again. Settings come from the environment, so no secret is in a file.
"""

from __future__ import annotations

import email.policy
import hashlib
import os
import smtplib
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import duckdb

from .items import Digest, Period, find_period, read_digest
from .subscriptions import FINAL_STATES, Subscriber, Subscriptions, normalize_address
from .unsubscribing import SECRET, SECRET_FILE, MailSettingsError, Ways, read_secret, read_ways, sign
from .writing import one_line, title_of, to_html, to_text

#: Seconds the server has for each answer.
_TIMEOUT = 30
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class MailServerError(RuntimeError):
    """The mail server cannot be reached or does not let us in; nothing was sent since."""


@dataclass(frozen=True)
class MailSettings:
    """How mail is sent. security is `starttls`, `tls` or `none` (loopback only); sender is the address of replies."""

    host: str
    port: int
    security: str
    sender: str
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None
    ways: Ways = field(default_factory=Ways)
    #: Signs the links by which readers leave; in no representation, and so in no log.
    secret: bytes | None = field(default=None, repr=False)

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, settings_file: Path | None = None
    ) -> MailSettings:
        """Read PAPERHOUSE_SMTP_* and PAPERHOUSE_MAIL_*, and how readers leave from a warehouse's settings file.

        Raises MailSettingsError with what is missing, SettingsError.
        """
        host = environment.get("PAPERHOUSE_SMTP_HOST", "")
        sender = environment.get("PAPERHOUSE_MAIL_FROM", "")
        missing = [
            name for name, value in (("PAPERHOUSE_SMTP_HOST", host), ("PAPERHOUSE_MAIL_FROM", sender)) if not value
        ]
        if missing:
            raise MailSettingsError(f"To send mail, set {' and '.join(missing)} in the environment.")
        security = environment.get("PAPERHOUSE_SMTP_SECURITY", "starttls")
        if security not in ("starttls", "tls", "none"):
            raise MailSettingsError(f"PAPERHOUSE_SMTP_SECURITY is {security!r}; it may be starttls, tls or none.")
        if security == "none" and host not in _LOOPBACK:
            raise MailSettingsError("PAPERHOUSE_SMTP_SECURITY=none is for a server on this machine (localhost) only.")
        port = environment.get("PAPERHOUSE_SMTP_PORT") or {"starttls": "587", "tls": "465", "none": "25"}[security]
        if not port.isdigit():
            raise MailSettingsError(f"PAPERHOUSE_SMTP_PORT is {port!r}; it must be a number.")
        user, password = environment.get("PAPERHOUSE_SMTP_USER"), environment.get("PAPERHOUSE_SMTP_PASSWORD")
        if bool(user) != bool(password):
            raise MailSettingsError("Set both PAPERHOUSE_SMTP_USER and PAPERHOUSE_SMTP_PASSWORD, or neither.")
        ways, secret = Ways(), None
        if settings_file:
            ways, secret = read_ways(settings_file, environment), read_secret(environment)
            if (ways.url or ways.mail) and not secret:
                raise MailSettingsError(
                    f"The links by which readers leave are signed: set {SECRET} (or {SECRET_FILE}) to a secret of your "
                    'own. python -c "import secrets; print(secrets.token_urlsafe(32))" makes one.'
                )
        ca_file = environment.get("PAPERHOUSE_SMTP_CA_FILE") or None
        return cls(host, int(port), security, normalize_address(sender), user, password, ca_file, ways, secret)


def make_message(digest: Digest, reader: Subscriber, settings: MailSettings, sent_at: datetime) -> EmailMessage:
    """One reader's message: plain text and HTML of the same items. Equal arguments give equal bytes.

    Headers hold no text of a dump. Message-ID and boundaries are made of reader and period, so that a mail program that
    gets the same message twice after all shows it once.
    """
    key = hashlib.sha256(f"{reader.address} {digest.period} {digest.start_on}".encode()).hexdigest()[:32]
    token = sign(reader.token, settings.secret) if settings.secret else reader.token
    ways = [f"<mailto:{settings.ways.mail or settings.sender}?subject={quote('unsubscribe ' + token)}>"]
    if settings.ways.url:
        ways.insert(0, f"<{settings.ways.url.replace('{token}', quote(token))}>")
    words = f", with {', '.join(map(one_line, reader.keywords))}" if reader.keywords else ""
    footer = f"You get this {digest.period} digest because {reader.address} subscribed to it{words}."
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = settings.sender
    message["To"] = reader.address
    message["Subject"] = title_of(digest)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{key}@{settings.sender.rpartition('@')[2]}>"
    message["List-ID"] = f"Papers of the {digest.period} <{digest.period}.digest.{settings.sender.rpartition('@')[2]}>"
    message["List-Unsubscribe"] = ", ".join(ways)
    if settings.ways.url:  # one click: RFC 8058
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    way = ways[0][1:-1]
    # Lines of any length come in titles; quoted-printable keeps them within what SMTP carries.
    message.set_content(to_text(digest, f"{footer}\nUnsubscribe: {way}"), cte="quoted-printable")
    message.add_alternative(to_html(digest, footer, way), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{key}")
    # Header lines may be as long as SMTP carries (RFC 5321): a long address, which nothing may fold, would be encoded
    # as words, and no mail program would find it. Bodies keep to the lines they were encoded in.
    message.policy = email.policy.SMTP.clone(max_line_length=998)
    return message


def readers_of(subscriptions: Subscriptions, period: Period) -> list[Subscriber]:
    """Readers of that period whose address works as far as is known."""
    return [
        reader for reader in subscriptions.list_subscribers() if reader.period is period and reader.bounced_at is None
    ]


def make_messages(
    connection: duckdb.DuckDBPyConnection,
    readers: Sequence[Subscriber],
    digest: Digest,
    settings: MailSettings,
    sent_at: datetime | None = None,
) -> Iterator[tuple[Subscriber, EmailMessage]]:
    """A message for each reader for whom the period holds anything.

    sent_at defaults to the end of the period, which makes a dry run repeatable.
    """
    moment = sent_at or datetime.combine(digest.end_on + timedelta(days=1), datetime.min.time(), UTC)
    for reader in readers:
        own = read_digest(connection, digest.period, digest.start_on, reader.keywords) if reader.keywords else digest
        if not own.is_empty:
            yield reader, make_message(own, reader, settings, moment)


def send_digest(
    connection: duckdb.DuckDBPyConnection, subscriptions: Subscriptions, digest: Digest, settings: MailSettings
) -> Counter[str]:
    """Send a digest to everyone who should get it and has not; returns how many messages ended in which state.

    States are those of `deliveries`, `before` (sent earlier, or perhaps: never again) and `nothing` (no item for the
    reader). Raises MailServerError where the server cannot be used; what was sent until then is on record.
    """
    outcomes: Counter[str] = Counter()
    readers = readers_of(subscriptions, digest.period)
    settled = {
        delivery.address
        for delivery in subscriptions.list_deliveries()
        if (delivery.period, delivery.period_start_on) == (digest.period.value, digest.start_on)
        and delivery.state in FINAL_STATES
    }
    waiting = [reader for reader in readers if reader.address not in settled]
    outcomes["before"] = len(readers) - len(waiting)
    messages = list(make_messages(connection, waiting, digest, settings, datetime.now(UTC)))
    outcomes["nothing"] = len(waiting) - len(messages)
    while messages:
        with _connect(settings) as server:
            while messages:
                reader, message = messages.pop(0)
                if not subscriptions.begin(reader.address, digest.period, digest.start_on, message["Message-ID"]):
                    outcomes["before"] += 1
                    continue
                state, response = _send(server, message, settings, reader)
                subscriptions.end(reader.address, digest.period, digest.start_on, state, response)
                outcomes[state] += 1
                if state == "sending":
                    break  # the connection is gone; the others get a new one
    return outcomes


def send_latest(
    connection: duckdb.DuckDBPyConnection, subscriptions: Subscriptions, period: Period, settings: MailSettings
) -> Counter[str]:
    """Send the digest of the latest period that is over, to whoever has not got it yet."""
    start_on = find_period(connection, period, None, datetime.now(UTC).date())
    if start_on is None:
        return Counter()
    return send_digest(connection, subscriptions, read_digest(connection, period, start_on), settings)


def send_message(message: EmailMessage, settings: MailSettings, addresses: Sequence[str]) -> None:
    """Send one message that no record is kept of. Raises MailServerError where not all addresses were accepted."""
    with _connect(settings) as server:
        try:
            refused = server.send_message(message, settings.sender, addresses)
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerError(f"The mail server {settings.host} has not taken it: {_words(error)}") from None
    if refused:
        raise MailServerError(f"The mail server {settings.host} has refused {', '.join(sorted(refused))}.")


def read_bounce(content: bytes) -> tuple[str, str, str] | None:
    """Address, Message-ID and reason of a delivery status notification (RFC 3464) for a message that failed for good.

    None for any other mail, a delay included.
    """
    report = email.message_from_bytes(content, policy=email.policy.default)
    address = reason = message_id = ""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in part.get_payload():
                if isinstance(fields, Message) and str(fields.get("Action", "")).strip().lower() == "failed":
                    recipient = str(fields.get("Original-Recipient") or fields.get("Final-Recipient") or "")
                    address = recipient.partition(";")[2].strip().lower()
                    reason = one_line(str(fields.get("Diagnostic-Code") or fields.get("Status") or "failed"))
        elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) else str(payload)
            original = inner if isinstance(inner, Message) else email.message_from_string(inner)
            message_id = str(original.get("Message-ID", "")).strip()
    return (address, message_id, reason) if address and message_id else None


@contextmanager
def _connect(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    """A server that let us in. Raises MailServerError with the cause in words."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=_TIMEOUT)
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerError(f"The mail server {settings.host}:{settings.port} cannot be reached: {error}") from None
    try:
        try:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user and settings.password:
                server.login(settings.user, settings.password)
        except (OSError, smtplib.SMTPException) as error:
            server.close()  # a farewell would wait for an answer on a connection that is no use to either side
            raise MailServerError(f"The mail server {settings.host} does not let us in: {_words(error)}") from None
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def _send(server: smtplib.SMTP, message: EmailMessage, settings: MailSettings, reader: Subscriber) -> tuple[str, str]:
    """State and response. A server that answers no has not taken the message; one that goes silent may have."""
    try:
        server.send_message(message, settings.sender, [reader.address])
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        return _state(code), _words(smtplib.SMTPResponseException(code, answer))
    except smtplib.SMTPResponseException as error:
        return _state(error.smtp_code), _words(error)
    except (OSError, smtplib.SMTPException) as error:
        return "sending", f"the connection was lost, so it is not known whether it went out: {_words(error)}"
    return "sent", ""


def _state(code: int) -> str:
    return "deferred" if 400 <= code < 500 else "refused"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
        return one_line(f"{error.smtp_code} {text}")[:500]
    return one_line(str(error))[:500]
