"""Alerts of failed runs, to a real mail server and a real HTTP server on loopback."""

from __future__ import annotations

import email
import email.policy
import json

import pytest
from aiosmtpd.handlers import Message

from paperhouse.upkeep.alerts import Alert, tell
from paperhouse.warehouse.settings import BadSettingError, check_environment
from tests.serving import FreePortController, serving

#: A reason as a gate gives it, with a title in it that would drive a terminal and forge a header.
REASON = "gate_1 has held a dump: votes are negative.\r\nBcc: victim@example.org\n\x1b[2J Way out: paperhouse forget 3f"
ALERT = Alert("/data/house", "0123456789abcdef", "raw_tables", REASON)


class Mailbox(Message):
    """Keeps what it is given."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def handle_message(self, message):
        self.messages.append(email.message_from_bytes(message.as_bytes(), policy=email.policy.default))


@pytest.fixture
def mailbox(monkeypatch):
    box = Mailbox()
    controller = FreePortController(box, hostname="127.0.0.1", port=0)
    controller.start()
    monkeypatch.setenv("PAPERHOUSE_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("PAPERHOUSE_SMTP_PORT", str(controller.port))
    monkeypatch.setenv("PAPERHOUSE_SMTP_SECURITY", "none")
    monkeypatch.setenv("PAPERHOUSE_MAIL_FROM", "house@example.org")
    yield box
    controller.stop()


def test_who_is_named_is_mailed_once_and_text_of_a_dump_stays_text(mailbox, monkeypatch):
    monkeypatch.setenv("PAPERHOUSE_ALERT_MAIL", "ops@example.org, second@example.org")
    assert tell(ALERT) == ["The failure was mailed to ops@example.org, second@example.org."]
    [message] = mailbox.messages
    assert message["To"] == "ops@example.org, second@example.org"
    assert message["Subject"] == "Paperhouse: a run failed at raw_tables"
    assert message["Bcc"] is None
    text = message.get_content()
    assert "votes are negative" in text
    assert "Way out: paperhouse forget 3f" in text
    assert "\x1b" not in text


def test_an_address_is_told_in_json(monkeypatch):
    with serving() as server:
        server.answer("/hook", 204)
        monkeypatch.setenv("PAPERHOUSE_ALERT_URL", f"{server.base}/hook")
        assert tell(ALERT) == ["The failure was told to 127.0.0.1."]
    told = json.loads(server.posted[0])
    assert (told["stage"], told["run_id"], told["warehouse"]) == ("raw_tables", "0123456789abcdef", "/data/house")
    assert "votes are negative" in told["text"]
    assert "\x1b" not in told["text"] + told["reason"]


def test_what_cannot_be_told_is_said_and_stops_nothing(mailbox, monkeypatch):
    monkeypatch.setenv("PAPERHOUSE_ALERT_MAIL", "ops@example.org")
    monkeypatch.setenv("PAPERHOUSE_SMTP_PORT", "1")
    with serving() as server:
        server.answer("/secret-token", 500)
        monkeypatch.setenv("PAPERHOUSE_ALERT_URL", f"{server.base}/secret-token")
        mailed, posted = tell(ALERT)
    assert mailed.startswith("The failure was not mailed (PAPERHOUSE_ALERT_MAIL): The mail server 127.0.0.1:1")
    assert posted == "The failure was not told to 127.0.0.1: it answered 500."
    # Nobody listens there any more, and the address is not shown: it may be what lets us in.
    assert tell(ALERT)[1] == "The failure was not told to 127.0.0.1: ConnectError."


def test_a_redirect_is_not_followed(monkeypatch):
    with serving() as server:
        server.answer("/hook", (302, {"Location": f"{server.base}/elsewhere"}, b"", -1))
        monkeypatch.setenv("PAPERHOUSE_ALERT_URL", f"{server.base}/hook")
        assert tell(ALERT) == ["The failure was not told to 127.0.0.1: it answered 302."]
        assert server.asked["/elsewhere"] == 0


def test_nobody_is_told_unasked(mailbox, monkeypatch):
    monkeypatch.delenv("PAPERHOUSE_ALERT_MAIL", raising=False)
    monkeypatch.delenv("PAPERHOUSE_ALERT_URL", raising=False)
    assert tell(ALERT) == []
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PAPERHOUSE_ALERT_MAIL", "nobody"),
        ("PAPERHOUSE_ALERT_MAIL", "a@example.org, b@example.org\r\nBcc: c@example.org"),
        ("PAPERHOUSE_ALERT_URL", "http://hooks.example.org/T0/B0"),
        ("PAPERHOUSE_ALERT_URL", "file:///etc/passwd"),
        ("PAPERHOUSE_ALERT_URL", "https://hooks.example.org/a b"),
    ],
)
def test_a_setting_that_tells_nobody_is_refused_before_a_build(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettingError, match=variable) as refused:
        check_environment()
    assert variable == "PAPERHOUSE_ALERT_MAIL" or value not in str(refused.value)
    assert tell(ALERT)[0].startswith(f"Not everyone was told of the failure: {variable}")
