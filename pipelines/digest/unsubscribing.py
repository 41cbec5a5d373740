"""How readers leave by themselves: links that are signed, where they lead, and what becomes of one that is followed.

What belongs here: the table `digest` of a warehouse's settings file, the secret, signing and judging tokens, taking a
reader off. Who listens is `endpoint` and `mailbox`. The secret is the operator's: it comes from the environment and is
written nowhere, so that whoever reads a mail, a log or the file of subscribers cannot make a link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import duckdb

from ..files import read_whole, write_whole
from ..warehouse.folder import Warehouse
from ..warehouse.settings_file import DIGEST, BadValueError, SettingsError, find_place, read_settings
from .subscriptions import AddressError, SubscriptionsBusyError, normalize_address, open_subscriptions, queue_of

SECRET = "PAPERHOUSE_MAIL_SECRET"
SECRET_FILE = "PAPERHOUSE_MAIL_SECRET_FILE"
#: Characters of a secret, at least: as many as 24 random bytes take in Base64.
_SHORTEST = 32
#: A token of `subscriptions`, a dot, and 16 bytes of its HMAC-SHA256 (RFC 2104), all in the letters of URLs.
_SIGNED = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})")
EXAMPLE = 'unsubscribe_url = "https://papers.example.org/unsubscribe/{token}"'
#: One at a time opens the file of subscribers, whose rights are set for the whole process.
_ALONE = Lock()


class MailSettingsError(ValueError):
    """The environment does not say how to send mail or sign links, or says something unsafe."""


@dataclass(frozen=True)
class Ways:
    """Where a reader leaves: an https address with {token} in it, and a mailbox that is read; empty where none is."""

    url: str = ""
    mail: str = ""


def read_ways(path: Path, environment: Mapping[str, str] = os.environ) -> Ways:
    """What a settings file says; PAPERHOUSE_MAIL_UNSUBSCRIBE_URL goes before its address.

    Raises SettingsError naming the file and the line, MailSettingsError where the variable cannot be used.
    """
    settings, text = read_settings(path)
    try:
        ways = _check(settings.get(DIGEST, {}))
    except BadValueError as error:
        raise SettingsError(f"{find_place(path, text, error.name)}: {error}.") from None
    url = environment.get("PAPERHOUSE_MAIL_UNSUBSCRIBE_URL") or ""
    if url and not _is_address(url):
        raise MailSettingsError("PAPERHOUSE_MAIL_UNSUBSCRIBE_URL must be an https address with {token} in it.")
    return Ways(url or ways.url, ways.mail)


def _check(given: object) -> Ways:
    if not isinstance(given, dict):
        raise BadValueError(f"{DIGEST} is no table. Write [{DIGEST}], and lines such as {EXAMPLE}", DIGEST)
    names = ("unsubscribe_url", "unsubscribe_mail")
    for name, value in given.items():
        if name not in names:
            raise BadValueError(f"there is no setting {name!r} of {DIGEST}. They are {', '.join(names)}", name)
        if not isinstance(value, str):
            raise BadValueError(f"{name} = {value!r} is no text. Write it in quotes", name)
    url, mail = (given.get(name, "") for name in names)
    if url and not _is_address(url):
        raise BadValueError(f"unsubscribe_url = {url!r} is no https address with {{token}} in it. {EXAMPLE}", names[0])
    try:
        return Ways(url, normalize_address(mail) if mail else "")
    except AddressError as error:
        raise BadValueError(f"unsubscribe_mail: {str(error).rstrip('.')}", names[1]) from None


def _is_address(url: str) -> bool:
    return url.startswith("https://") and url.count("{token}") == 1 and re.fullmatch(r"[!-~]+", url) is not None


def read_secret(environment: Mapping[str, str] = os.environ) -> bytes | None:
    """The operator's secret, from a variable or the file that another one names; None where neither is set.

    Raises MailSettingsError where it is too short to be one, or cannot be read.
    """
    text, path = environment.get(SECRET, ""), environment.get(SECRET_FILE, "")
    if not text and path:
        try:
            text = read_whole(Path(path)).decode()
        except (OSError, UnicodeDecodeError) as error:
            raise MailSettingsError(f"{SECRET_FILE} names a file that cannot be read: {error}.") from None
    secret = text.strip().encode()
    if not secret:
        return None
    if len(secret) < _SHORTEST:
        raise MailSettingsError(
            f"{SECRET} has fewer than {_SHORTEST} characters. Make one, and keep it, or links of sent mails stop to "
            'work: python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return secret


def sign(token: str, secret: bytes) -> str:
    """A reader's token, with what proves that it comes from here."""
    return f"{token}.{_mark(token, secret)}"


def verify(signed: str, secret: bytes) -> str | None:
    """The token of a signed one; None where the signature is not ours."""
    found = _SIGNED.fullmatch(signed)
    return found[1] if found and hmac.compare_digest(found[2], _mark(found[1], secret)) else None


def _mark(token: str, secret: bytes) -> str:
    mark = hmac.new(secret, f"paperhouse unsubscribe {token}".encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(mark).decode().rstrip("=")


def take_off(house: Warehouse, token: str) -> None:
    """Take the reader of a token that was verified off the list: now, or where digests are being sent right after that.

    It is on disk when this returns. Raises OSError where it cannot be.
    """
    queue = queue_of(house)
    with _ALONE:
        queue.mkdir(mode=0o700, exist_ok=True)
        write_whole(queue / token, b"", is_durable=True)
        try:
            with open_subscriptions(house):
                pass  # opening it takes off whoever waits
        except (SubscriptionsBusyError, duckdb.Error):
            return
