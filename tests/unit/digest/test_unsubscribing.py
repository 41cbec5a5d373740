"""How readers leave: by links that only the holder of the secret makes, at one click, without a look doing it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime
from email import policy
from email.parser import BytesParser

import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.digest.endpoint import is_one_click, make_server
from paperhouse.digest.items import Period, read_digest
from paperhouse.digest.mail import MailSettings, make_message
from paperhouse.digest.mailbox import NoMailboxError, read_mailbox
from paperhouse.digest.subscriptions import open_subscriptions, queue_of
from paperhouse.digest.unsubscribing import MailSettingsError, Ways, read_secret, read_ways, sign, verify
from paperhouse.warehouse.settings_file import SettingsError

SECRET = b"invented for this test, and long"
TOKEN = "a" * 22
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
PARTS = (
    b'--kelp\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--kelp--\r\n',
    "multipart/form-data; boundary=kelp",
)


def subscribe(house, address="a@example.org"):
    """The signed token of a new reader."""
    with open_subscriptions(house) as subscriptions:
        subscriptions.subscribe(address, Period.day, [])
        return sign(next(one.token for one in subscriptions.list_subscribers() if one.address == address), SECRET)


def readers(house):
    with open_subscriptions(house) as subscriptions:
        return [reader.address for reader in subscriptions.list_subscribers()]


@contextmanager
def serving(house):
    """Asks a real server on loopback: method, path, body, kind; gives status, headers and page."""
    with make_server(house, SECRET) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def ask(method, path, body=None, kind=FORM):
            connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)
            connection.request(method, path, body, {"Content-Type": kind} if body else {})
            answer = connection.getresponse()
            page = answer.read().decode()
            connection.close()
            return answer.status, answer.headers, page

        try:
            yield ask
        finally:
            server.shutdown()
            thread.join()


def test_only_the_secret_makes_a_token():
    signed = sign(TOKEN, SECRET)
    assert verify(signed, SECRET) == TOKEN
    other = signed[:-1] + ("A" if signed[-1] != "A" else "B")
    for wrong in (TOKEN, f"{TOKEN}.", other, f"{signed}x", f" {signed}", "", f"{'b' * 22}{signed[22:]}", "../../etc/x"):
        assert verify(wrong, SECRET) is None
    assert verify(signed, SECRET + b"x") is None


def test_a_secret_comes_from_the_environment_or_a_file_and_is_long(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(SECRET + b"\n")
    assert read_secret({"PAPERHOUSE_MAIL_SECRET": SECRET.decode()}) == SECRET
    assert read_secret({"PAPERHOUSE_MAIL_SECRET_FILE": str(path)}) == SECRET
    assert read_secret({}) is None
    for environment in ({"PAPERHOUSE_MAIL_SECRET": "kelp"}, {"PAPERHOUSE_MAIL_SECRET_FILE": str(tmp_path / "none")}):
        with pytest.raises(MailSettingsError) as error:
            read_secret(environment)
        assert "kelp" not in str(error.value)
    settings = MailSettings("localhost", 25, "none", "digest@example.org", secret=SECRET)
    assert SECRET.decode() not in repr(settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("digest = 1", "is no table"),
        ('[digest]\nunsubscribe = "x"', "line 2: there is no setting 'unsubscribe'"),
        ('[digest]\nunsubscribe_url = "http://example.org/{token}"', "line 2: unsubscribe_url"),
        ('[digest]\nunsubscribe_url = "https://example.org/"', "line 2: unsubscribe_url"),
        (
            "[digest]\nunsubscribe_url = 'https://example.org/{token}>, <https://evil.example/{token}'",
            "unsubscribe_url",
        ),
        ('[digest]\nunsubscribe_mail = "nobody"', "line 2: unsubscribe_mail"),
        ("[digest]\nunsubscribe_mail = 3", "is no text"),
    ],
)
def test_settings_that_cannot_be_followed_are_said(tmp_path, text, said):
    path = tmp_path / "warehouse.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_ways(path, {})


def test_ways_are_read_and_want_a_secret(tmp_path):
    path = tmp_path / "warehouse.toml"
    path.write_text(
        '[digest]\nunsubscribe_url = "https://example.org/bye?t={token}"\nunsubscribe_mail = "Bye@example.org"\n'
    )
    assert read_ways(path, {}) == Ways("https://example.org/bye?t={token}", "bye@example.org")
    assert read_ways(tmp_path / "none.toml", {}) == Ways()
    environment = {"PAPERHOUSE_SMTP_HOST": "localhost", "PAPERHOUSE_MAIL_FROM": "digest@example.org"}
    with pytest.raises(MailSettingsError, match="PAPERHOUSE_MAIL_SECRET"):
        MailSettings.from_environment(environment, path)
    settings = MailSettings.from_environment(environment | {"PAPERHOUSE_MAIL_SECRET": SECRET.decode()}, path)
    assert (settings.ways.mail, settings.secret) == ("bye@example.org", SECRET)


def test_a_mail_has_one_click_and_a_mailbox(house):
    signed = subscribe(house)
    ways = Ways(f"https://{'papers.' * 12}example.org/{{token}}", "bye@example.org")
    settings = MailSettings("localhost", 25, "none", "digest@example.org", ways=ways, secret=SECRET)
    with house.read() as connection, open_subscriptions(house) as subscriptions:
        digest = read_digest(connection, Period.day, date(2025, 6, 3))
        [reader] = subscriptions.list_subscribers()
    made = make_message(digest, reader, settings, datetime(2025, 6, 4, tzinfo=UTC)).as_bytes()
    message = BytesParser(policy=policy.default).parsebytes(made)
    # However long the address is, it stays in one piece.
    assert f"List-Unsubscribe: <https://{'papers.' * 12}example.org/{signed}>, <mailto:bye@".encode() in made
    assert all(len(line) <= 78 for line in made.partition(b"\r\n\r\n")[2].splitlines())
    assert message["List-Unsubscribe"].split() == [
        f"<https://{'papers.' * 12}example.org/{signed}>,",
        f"<mailto:bye@example.org?subject=unsubscribe%20{signed}>",
    ]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"example.org/{signed}" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("path", ["/unsubscribe/{}", "/bye?t={}", "/bye?u=1&t={}", "/{}/"])
def test_one_click_takes_a_reader_off_and_a_look_does_not(house, path):
    signed = subscribe(house)
    subscribe(house, "b@example.org")
    with serving(house) as ask:
        for method in ("GET", "HEAD"):
            status, headers, page = ask(method, path.format(signed))
            assert status == 200
            assert ("<button>Unsubscribe</button>" in page) is (method == "GET")
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert readers(house) == ["a@example.org", "b@example.org"]
        for _ in range(2):  # who has left already stays so
            status, _, page = ask("POST", path.format(signed), ONE_CLICK)
            assert (status, "You get no more digests." in page) == (200, True)
        assert readers(house) == ["b@example.org"]


def test_what_is_no_click_of_ours_changes_nothing(house):
    signed = subscribe(house)
    with serving(house) as ask:
        for path in (f"/{signed[:22]}", f"/{signed[:-1]}", "/", "/<script>", f"/{'a' * 22}.{'b' * 22}"):
            for method, body in (("GET", None), ("POST", ONE_CLICK)):
                status, _, page = ask(method, path, body)
                assert status == 404
                assert "<script" not in page
        for body in (b"x", b"List-Unsubscribe=No", b"a" * 4096):
            assert ask("POST", f"/{signed}", body)[0] == 400
        assert ask("POST", f"/{signed}", b"a" * 5000)[0] == 413
        assert ask("PUT", f"/{signed}", ONE_CLICK)[0] == 501
    assert readers(house) == ["a@example.org"]


def test_both_kinds_of_form_are_a_click():
    assert is_one_click(FORM, ONE_CLICK)
    assert is_one_click(PARTS[1], PARTS[0])
    assert not is_one_click(PARTS[1], PARTS[0].replace(b"One-Click", b"x"))
    assert not is_one_click("multipart/form-data", b"\xff\x00")


def test_a_click_while_digests_are_being_sent_is_kept(house):
    signed = subscribe(house)
    sending = "from paperhouse.digest.subscriptions import open_subscriptions\n"
    sending += "from paperhouse.warehouse.folder import Warehouse\nfrom pathlib import Path\nimport sys\n"
    sending += "with open_subscriptions(Warehouse(Path(sys.argv[1]))): print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", sending, str(house.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "open\n"
        with serving(house) as ask:
            assert ask("POST", f"/{signed}", *PARTS)[0] == 200
        assert [path.name for path in queue_of(house).iterdir()] == [signed[:22]]
        other.communicate("")
    assert readers(house) == []
    assert list(queue_of(house).iterdir()) == []


def test_the_operator_takes_a_reader_off_by_a_signed_token(house):
    signed = subscribe(house)
    result = CliRunner().invoke(app, ["unsubscribe", signed, "--warehouse", str(house.folder)])
    assert result.exit_code == 0, result.output
    assert readers(house) == []


def test_a_mailbox_is_read(house, tmp_path):
    signed, kept = subscribe(house), subscribe(house, "b@example.org")
    folder = tmp_path / "mail"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    mails = {"1": f"unsubscribe {signed}", "2": "Unsubscribe me please", "3": f"unsubscribe {kept[:-2]}zz"}
    for name, subject in mails.items():
        (folder / "new" / name).write_text(f"From: somebody@example.org\nSubject: {subject}\n\nhello\n")
    (folder / "new" / "4").write_bytes(b"\xff\x00 no mail")
    arguments = ["digest", "--read-mailbox", str(folder), "--warehouse", str(house.folder)]
    result = CliRunner().invoke(app, arguments, env={"PAPERHOUSE_MAIL_SECRET": SECRET.decode()})
    assert result.exit_code == 0, result.output
    assert "1: a reader unsubscribed" in result.output
    assert result.output.count("left alone") == 3
    assert readers(house) == ["b@example.org"]
    assert [path.name for path in (folder / "cur").iterdir()] == ["1:2,S"]
    assert sorted(path.name for path in (folder / "new").iterdir()) == ["2", "3", "4"]
    with open_subscriptions(house) as subscriptions, pytest.raises(NoMailboxError):
        list(read_mailbox(tmp_path, subscriptions, SECRET))


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--serve"], {"PAPERHOUSE_MAIL_SECRET": ""}, "PAPERHOUSE_MAIL_SECRET is not set"),
        (["--serve"], {"PAPERHOUSE_MAIL_SECRET": "short"}, "fewer than 32"),
        (["--serve", "--at", "here"], {"PAPERHOUSE_MAIL_SECRET": SECRET.decode()}, "an address and a port"),
        (["--serve", "--send"], {}, "exclude each other"),
        (["--read-mailbox", "nowhere"], {"PAPERHOUSE_MAIL_SECRET": SECRET.decode()}, "is no maildir"),
    ],
)
def test_what_cannot_be_done_is_said(house, arguments, environment, said):
    result = CliRunner().invoke(app, ["digest", *arguments, "--warehouse", str(house.folder)], env=environment)
    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
