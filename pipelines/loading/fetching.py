"""One request to a server, politely and patiently: tried again where that may help, never half an answer.

What belongs here: HTTP. Which addresses are asked and what becomes of answers is `captures`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any

import httpx
import stamina
from lxml import etree

#: Seconds a server may take to connect, and between two pieces of an answer.
_TIMEOUT = httpx.Timeout(30.0)
#: Requests for one address, the first included, and seconds after which no further one is made.
ATTEMPTS, PATIENCE = 5, 600.0
#: Bytes of one answer; what unpacks to more is no day of a list of papers.
LARGEST = 256 << 20
#: Answers after which it helps to ask again.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class FetchError(RuntimeError):
    """No answer that could be kept; the message says what was asked and what came."""


@dataclass(frozen=True)
class Answer:
    """What a server sent: the body as it came (unpacked), and what it says about it."""

    address: str
    body: bytes
    etag: str
    last_modified: str
    next_address: str


def open_client(contact: str = "") -> httpx.Client:
    """A client that says who it is, and whom to write to where that is known."""
    agent = f"paperhouse/{version('paperhouse')}{f' ({contact})' if contact else ''}"
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=True, headers={"User-Agent": agent})


def fetch(client: httpx.Client, address: str, format: str, known: Mapping[str, str]) -> Answer | None:
    """The answer of an address in a format (json, xml, html or txt); None where it is as what is known (304).

    Args: known: `If-None-Match` and `If-Modified-Since` of what is kept.

    Raises FetchError: an HTTP error, no connection, an answer that breaks off, is too large, or is not of the format.
    """
    try:
        for attempt in stamina.retry_context(
            on=_find_pause, attempts=ATTEMPTS, timeout=PATIENCE, wait_initial=1, wait_max=60
        ):
            with attempt:
                answer = _ask(client, address, known)
    except httpx.HTTPStatusError as error:
        response = error.response
        raise FetchError(f"{address} answered {response.status_code} {response.reason_phrase}.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"{address} gave no whole answer: {error or type(error).__name__}.") from None
    if answer is not None and (wrong := _find_wrong(answer.body, format)):
        raise FetchError(f"{address} answered with what is no {format}: {wrong}.")
    return answer


def _ask(client: httpx.Client, address: str, known: Mapping[str, str]) -> Answer | None:
    with client.stream("GET", address, headers=dict(known)) as response:
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return None
        response.raise_for_status()
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > LARGEST:
                raise FetchError(f"{address} answered with more than {LARGEST >> 20} MB.")
        return Answer(
            address=address,
            body=bytes(body),
            etag=response.headers.get("ETag", ""),
            last_modified=response.headers.get("Last-Modified", ""),
            next_address=str(response.url.join(following["url"])) if (following := response.links.get("next")) else "",
        )


def _find_pause(error: Exception) -> bool | float:
    """Whether it helps to ask again: no, yes after the usual pause, or after the seconds the server names."""
    if isinstance(error, httpx.HTTPStatusError):
        if error.response.status_code not in _PASSING:
            return False
        named = _read_pause(error.response.headers.get("Retry-After", ""))
        return True if named is None else named if named <= PATIENCE else False
    return isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol)


def _read_pause(text: str) -> float | None:
    """Seconds of a `Retry-After`: a number, or a date (RFC 9110, 10.2.3)."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def read_xml(body: bytes) -> Any:
    """The root of an answer in XML; no entity and no address in it is followed. Raises LxmlError, ValueError."""
    return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _find_wrong(body: bytes, format: str) -> str:
    """Why a body is not of a format, or is cut; empty where it is."""
    try:
        if format == "json":
            json.loads(body)
        elif format == "xml":
            read_xml(body)
        elif not body.strip():
            return "it is empty"
    except (ValueError, RecursionError, etree.LxmlError) as error:
        return str(error).split("\n")[0]
    return ""
