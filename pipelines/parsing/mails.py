"""Messages as mail programs and browsers save them: the body that is to be read, and the day of the message.

What belongs here: telling a message from other text that begins with names and colons, and finding its body. Where one
message ends and the next begins in a mailbox is in `archives`.
"""

import email
import re
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import NamedTuple

_HEAD_BYTES = 1 << 16
#: Header lines of a message, among them that of its parts: MHTML has no others that are sure.
_PAGE = re.compile(
    rb"(?:[A-Za-z][A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,60}?content-type:\s*(?:multipart/|text/html)", re.IGNORECASE
)
_HEADER = re.compile(
    rb"(?:From [^\n]{0,500}+\n)?(?:[A-Za-z][A-Za-z0-9-]{0,60}+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+){3,}+\r?\n"
)
_NAME = re.compile(rb"^(from|to|date|subject|message-id|mime-version|received|return-path|content-type):", re.I | re.M)
#: What a message has besides a sender.
_FEW_NAMES = 3


class Mail(NamedTuple):
    """What is read of a message: its body, and the day it was sent, as YYYY-MM-DD in the sender's own time zone."""

    body: bytes
    day: str | None


def unwrap(raw: bytes) -> Mail | None:
    """The body of a message: its page, or else its text; None for other content, and for a message without either."""
    head = raw[:_HEAD_BYTES]
    if not _PAGE.match(head) and not _is_message(head):
        return None
    try:
        message = email.message_from_bytes(raw)
        parts = [part for part in message.walk() if part.get_content_disposition() != "attachment"]
        pages = (_read(part) for part in parts if part.get_content_type() == "text/html")
        body = next((page for page in pages if page), b"")
        if not body:
            texts = [_read(part) for part in parts if part.get_content_type() == "text/plain"]
            body = b"\n\n".join(text for text in texts if text)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        # Parts inside parts without end, or in no encoding there is.
        return None
    return Mail(body, _read_day(message)) if body else None


def _is_message(head: bytes) -> bool:
    found = _HEADER.match(head)
    names = {name.lower() for name in _NAME.findall(found[0])} if found else set()
    return b"from" in names and len(names) >= _FEW_NAMES


def _read(part: Message) -> bytes:
    """A part, decoded; in UTF-8 where it says in which encoding it is, and with whole paragraphs where it flows."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return b""
    if charset := part.get_content_charset():
        try:
            payload = payload.decode(charset).encode()
        except (ValueError, LookupError):
            return payload
    if str(part.get_param("format", "")).lower() == "flowed":
        payload = _join_flowed(payload.replace(b"\r\n", b"\n"), str(part.get_param("delsp", "")).lower() == "yes")
    return payload


def _join_flowed(text: bytes, is_space_added: bool) -> bytes:
    """Lines that end in a space go on in the next one; the line before a signature does not."""
    pieces: list[bytes] = []
    for row in text.split(b"\n"):
        row = row.removeprefix(b" ")
        if row.endswith(b" ") and row != b"-- ":
            pieces.append(row[:-1] if is_space_added else row)
        else:
            pieces += [row, b"\n"]
    return b"".join(pieces)


def _read_day(message: Message) -> str | None:
    try:
        return parsedate_to_datetime(str(message["date"])).date().isoformat() if message["date"] else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
