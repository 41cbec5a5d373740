"""Digests by mail, to a real SMTP server on loopback: encrypted, signed in, once, whatever server or titles do."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import ssl
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import AuthResult
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.digest.items import Period, read_digest
from paperhouse.digest.mail import (
    MailServerError,
    MailSettings,
    make_messages,
    read_bounce,
    readers_of,
    send_digest,
    send_latest,
)
from paperhouse.digest.unsubscribing import MailSettingsError
from tests.serving import FreePortController

DAY = date(2025, 6, 3)
PASSWORD = "invented for this test"


class Server:
    """What came in, and what is answered: by recipient, to RCPT and to the message."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.recipient_answers: dict[str, str] = {}
        self.message_answers: dict[str, str] = {}
        self.hang_up_on: set[str] = set()
        self.process_to_kill: list[int] = []
        self.arrived = threading.Event()

    def authenticate(self, server, session, envelope, mechanism, data):
        # handled=False lets the server say no; otherwise it would think that we have, and the client would wait.
        return AuthResult(success=data.login == b"house" and data.password == PASSWORD.encode(), handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.recipient_answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        [recipient] = envelope.rcpt_tos
        answer = self.message_answers.get(recipient, "250 taken")
        if answer.startswith("250"):
            self.messages.append((recipient, envelope.content))
        while self.process_to_kill:
            os.kill(self.process_to_kill.pop(), signal.SIGKILL)
        self.arrived.set()
        if recipient in self.hang_up_on:
            server.transport.abort()
        return answer


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority of this test, and the file that trusts it."""
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return authority, path


@pytest.fixture
def server(authority):
    """A server that asks for TLS, then for a name and password."""
    handler = Server()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority[0].issue_cert("localhost").configure_cert(context)
    controller = FreePortController(
        handler,
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=handler.authenticate,
    )
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def settings(server, authority):
    return MailSettings(
        "localhost", server.port, "starttls", "digest@example.org", "house", PASSWORD, str(authority[1])
    )


@pytest.fixture
def environment(settings):
    return {
        "PAPERHOUSE_SMTP_HOST": settings.host,
        "PAPERHOUSE_SMTP_PORT": str(settings.port),
        "PAPERHOUSE_SMTP_USER": settings.user,
        "PAPERHOUSE_SMTP_PASSWORD": settings.password,
        "PAPERHOUSE_SMTP_CA_FILE": settings.ca_file,
        "PAPERHOUSE_MAIL_FROM": settings.sender,
    }


@pytest.fixture
def send(house, subscriptions, settings):
    """Send the day's digest; returns the outcomes."""

    def run(chosen=settings):
        with house.read() as connection:
            return send_digest(connection, subscriptions, read_digest(connection, Period.day, DAY), chosen)

    return run


def parse(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def test_one_message_per_reader_and_period(server, subscriptions, send):
    for name in ("a", "b"):
        subscriptions.subscribe(f"{name}@example.org", Period.day, [])
    subscriptions.subscribe("weekly@example.org", Period.week, [])
    subscriptions.subscribe("narrow@example.org", Period.day, ["lidar"])
    assert send() == {"sent": 2, "nothing": 1, "before": 0}
    assert send() == {"nothing": 1, "before": 2}
    assert [recipient for recipient, _ in server.messages] == ["a@example.org", "b@example.org"]
    assert {delivery.state for delivery in subscriptions.list_deliveries()} == {"sent"}


def test_a_message_is_whole_and_its_headers_are_its_own(server, subscriptions, send):
    subscriptions.subscribe("a@example.org", Period.day, [])
    send()
    [(_, content)] = server.messages
    message = parse(content)
    assert message.get_all("To") == ["a@example.org"]
    assert message.get_all("Subject") == ["Papers of the day, 2025-06-03: 4 trending, 1 rising"]
    assert message.get_all("Bcc") is None
    assert message["List-Unsubscribe"].strip().startswith("<mailto:digest@example.org?subject=unsubscribe%20")
    assert not message.defects
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (part.get_content() for part in message.iter_parts())
    assert "Bcc: victim@example.org" in plain
    assert not [line for line in plain.splitlines() if line.startswith("Bcc:")]
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert all(len(line) <= 998 for line in content.splitlines())
    token = subscriptions.list_subscribers()[0].token
    assert token in plain
    assert subscriptions.unsubscribe(token) == "a@example.org"


def test_equal_messages_are_equal_bytes(house, subscriptions, settings):
    subscriptions.subscribe("a@example.org", Period.day, ["optical flow"])
    made = []
    for _ in range(2):
        with house.read() as connection:
            digest = read_digest(connection, Period.day, DAY)
            readers = readers_of(subscriptions, Period.day)
            made.append([m.as_bytes() for _, m in make_messages(connection, readers, digest, settings)])
    assert made[0] == made[1]
    assert len(made[0]) == 1


def test_refusals_are_final_and_deferrals_are_not(server, subscriptions, send):
    for name in ("full", "gone", "later", "spam"):
        subscriptions.subscribe(f"{name}@example.org", Period.day, [])
    server.recipient_answers = {"gone@example.org": "550 no such user", "later@example.org": "450 try later"}
    server.message_answers = {"spam@example.org": "554 looks like spam", "full@example.org": "452 mailbox full"}
    assert send() == {"before": 0, "nothing": 0, "deferred": 2, "refused": 2}
    assert server.messages == []
    said = {delivery.address: (delivery.state, delivery.response) for delivery in subscriptions.list_deliveries()}
    assert said["gone@example.org"] == ("refused", "550 no such user")
    assert said["full@example.org"] == ("deferred", "452 mailbox full")
    server.recipient_answers = server.message_answers = {}
    assert send() == {"before": 2, "nothing": 0, "sent": 2}
    assert {recipient for recipient, _ in server.messages} == {"full@example.org", "later@example.org"}


def test_a_lost_connection_leaves_one_message_open_and_the_others_go_out(server, subscriptions, send):
    for name in ("a", "b", "c"):
        subscriptions.subscribe(f"{name}@example.org", Period.day, [])
    server.hang_up_on = {"b@example.org"}
    assert send() == {"before": 0, "nothing": 0, "sent": 2, "sending": 1}
    assert send()["before"] == 3
    assert [recipient for recipient, _ in server.messages].count("b@example.org") == 1


def test_sent_once_across_a_crash(house, server, environment):
    """The process dies after the server has the message and before it can say so: nobody gets it twice."""
    CliRunner().invoke(app, ["subscribe", "a@example.org", "--warehouse", str(house.folder)])
    CliRunner().invoke(app, ["subscribe", "b@example.org", "--warehouse", str(house.folder)])
    command = [sys.executable, "-c", "import os, sys; from paperhouse.commands.app import app; app()"]
    command += ["digest", "--send", "--warehouse", str(house.folder)]
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        server.process_to_kill = [process.pid]
        assert process.wait(timeout=60) == -signal.SIGKILL
    assert [recipient for recipient, _ in server.messages] == ["a@example.org"]
    again = CliRunner().invoke(app, command[3:], env=environment)
    assert again.exit_code == 0, again.output
    assert "1 sent" in again.output
    assert [recipient for recipient, _ in server.messages] == ["a@example.org", "b@example.org"]
    listed = CliRunner().invoke(
        app, ["subscribers", "--deliveries", "--warehouse", str(house.folder)], env={"COLUMNS": "200"}
    )
    assert "sending" in listed.output


def test_a_server_that_does_not_let_us_in_costs_nobody_a_digest(server, settings, subscriptions, send):
    subscriptions.subscribe("a@example.org", Period.day, [])
    strangers = MailSettings("localhost", settings.port, "starttls", settings.sender, "house", "x", settings.ca_file)
    untrusted = MailSettings("localhost", settings.port, "starttls", settings.sender, "house", PASSWORD)
    nowhere = MailSettings("localhost", 1, "tls", settings.sender)
    for chosen in (strangers, untrusted, nowhere):
        with pytest.raises(MailServerError) as error:
            send(chosen)
        assert PASSWORD not in str(error.value)
    assert subscriptions.list_deliveries() == []
    assert send() == {"before": 0, "nothing": 0, "sent": 1}


def test_the_latest_period_is_sent(house, server, settings, subscriptions):
    subscriptions.subscribe("a@example.org", Period.day, [])
    with house.read() as connection:
        assert send_latest(connection, subscriptions, Period.day, settings)["sent"] == 1
        assert send_latest(connection, subscriptions, Period.week, settings) == {}


def test_a_dry_run_writes_messages_and_sends_nothing(house, server):
    CliRunner().invoke(app, ["subscribe", "a@example.org", "--warehouse", str(house.folder)])
    result = CliRunner().invoke(app, ["digest", "--dry-run", "--warehouse", str(house.folder)])
    assert result.exit_code == 0, result.output
    assert "nothing was sent" in result.output
    [path] = (house.digests / "day-2025-06-03").glob("*.eml")
    assert parse(path.read_bytes())["To"] == "a@example.org"
    assert server.messages == []
    early = CliRunner().invoke(
        app, ["digest", "--send", "--date", datetime.now(UTC).date().isoformat(), "--warehouse", str(house.folder)]
    )
    assert early.exit_code == 1
    assert "not over" in early.output
    both = CliRunner().invoke(app, ["digest", "--dry-run", "--send", "--warehouse", str(house.folder)])
    assert both.exit_code == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PAPERHOUSE_SMTP_HOST": ""}, "PAPERHOUSE_SMTP_HOST"),
        ({"PAPERHOUSE_SMTP_SECURITY": "ssl3"}, "starttls, tls or none"),
        ({"PAPERHOUSE_SMTP_SECURITY": "none", "PAPERHOUSE_SMTP_HOST": "mail.example.org"}, "this machine"),
        ({"PAPERHOUSE_SMTP_PORT": "smtp"}, "number"),
        ({"PAPERHOUSE_SMTP_PASSWORD": ""}, "both"),
        ({"PAPERHOUSE_MAIL_UNSUBSCRIBE_URL": "http://example.org/{token}"}, "https"),
        ({"PAPERHOUSE_MAIL_UNSUBSCRIBE_URL": "https://example.org/{token}"}, "PAPERHOUSE_MAIL_SECRET"),
        ({"PAPERHOUSE_MAIL_SECRET": "too short"}, "fewer than 32"),
        ({"PAPERHOUSE_MAIL_FROM": "x\r\nBcc: y@example.org"}, "not an e-mail address"),
    ],
)
def test_settings_that_cannot_be_used_are_said(environment, tmp_path, changes, said):
    with pytest.raises(ValueError, match=said) as error:
        MailSettings.from_environment(environment | changes, tmp_path / "warehouse.toml")
    assert PASSWORD not in str(error.value)
    assert issubclass(MailSettingsError, ValueError)


BOUNCE = """\
From: mailer-daemon@example.net
To: digest@example.org
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

It came back.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; example.net

Final-Recipient: rfc822; A@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--x
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Papers

--x--
"""


def test_bounces_are_recorded_and_delays_are_not(house, server, settings, subscriptions, send):
    subscriptions.subscribe("a@example.org", Period.day, [])
    send()
    message_id = str(parse(server.messages[0][1])["Message-ID"])
    assert read_bounce(BOUNCE.format(action="delayed", message_id=message_id).encode()) is None
    assert read_bounce(b"\x00\xff no mail") is None
    found = read_bounce(BOUNCE.format(action="failed", message_id=message_id).encode())
    assert found == ("a@example.org", message_id, "smtp; 550 5.1.1 no such user")
    assert subscriptions.record_bounce(*found)
    assert readers_of(subscriptions, Period.day) == []


def test_the_bounces_command(house, tmp_path):
    path = tmp_path / "bounce.eml"
    path.write_text(BOUNCE.format(action="failed", message_id="<unknown@example.org>"))
    result = CliRunner().invoke(app, ["bounces", str(path), "--warehouse", str(house.folder)])
    assert result.exit_code == 0
    assert "left alone" in result.output
    assert CliRunner().invoke(app, ["bounces", str(Path("missing")), "-w", str(house.folder)]).exit_code == 1
