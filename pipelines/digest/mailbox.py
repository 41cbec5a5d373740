"""Mail that readers and their servers send back, read from a maildir: who leaves, and what came back.

What belongs here: which mails of a mailbox are answered to, and which are left alone. Leaving is `unsubscribing`, what
a mail that came back says is `mail`.
"""

from __future__ import annotations

import email.policy
import os
import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

from ..files import read_whole
from .mail import read_bounce
from .subscriptions import Subscriptions
from .unsubscribing import verify

#: Bytes of a mail that is read; what comes back has the digest in it.
_LARGEST = 2_000_000
_SUBJECT = re.compile(r"\s{0,9}unsubscribe[ \t]{1,9}([A-Za-z0-9._-]{45})\s{0,9}", re.IGNORECASE)


class NoMailboxError(ValueError):
    """A folder is no maildir."""


def read_mailbox(folder: Path, subscriptions: Subscriptions, secret: bytes) -> Iterator[tuple[str, str]]:
    """Heed the new mails of a maildir; gives the name of each and what was done: `left`, `bounced` or `nothing`.

    What was heeded is moved to the mails that have been seen; all else stays new, for a person. Raises NoMailboxError.
    """
    new, seen = folder / "new", folder / "cur"
    if not new.is_dir() or not seen.is_dir():
        raise NoMailboxError(f"{folder} is no maildir: it has no folders `new` and `cur`.")
    for path in sorted(new.iterdir()):
        if not path.is_file() or path.stat().st_size > _LARGEST:
            continue
        done = _heed(read_whole(path), subscriptions, secret)
        if done != "nothing":
            os.replace(path, seen / f"{path.name}:2,S")
        yield path.name, done


def _heed(content: bytes, subscriptions: Subscriptions, secret: bytes) -> str:
    subject = str(message_from_bytes(content, policy=email.policy.default)["Subject"] or "")
    if found := _SUBJECT.fullmatch(subject):
        token = verify(found[1], secret)
        if token:
            subscriptions.unsubscribe(token)  # who has left already stays so
            return "left"
        return "nothing"
    bounce = read_bounce(content)
    return "bounced" if bounce and subscriptions.record_bounce(*bounce) else "nothing"
