"""Where the links of mails lead: a small server that takes a reader off the list by one click (RFC 8058).

What belongs here: HTTP. It listens on this machine alone unless it is told otherwise, behind the operator's own web
server, which has the certificate. Only POST changes anything: programs that look at links in mails send GET. Nothing
of a request is logged, because its address is what takes a reader off.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote

from ..showing.hypertext import make_environment
from ..warehouse.folder import Warehouse
from .unsubscribing import take_off, verify

#: Bytes of a body: the one of RFC 8058 has some thirty, three hundred as a form of several parts.
_LARGEST = 4096
#: Seconds that a caller may be silent.
_PATIENCE = 10
#: What may be around a token in an address: it is the last part of the path, or a value of the query.
_PARTS = re.compile(r"[/?&=#]")
_TEMPLATES = make_environment(Path(__file__).with_name("templates"))
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


def make_server(house: Warehouse, secret: bytes, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    """A server for the readers of a warehouse, listening; port 0 is any free one. Raises OSError."""

    class Handler(_Handler):
        warehouse, key = house, secret

    return ThreadingHTTPServer((host, port), Handler)


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    warehouse: Warehouse
    key: bytes
    timeout = _PATIENCE
    server_version, sys_version = "Paperhouse", ""

    def do_GET(self) -> None:
        """A page that asks whether one means it; nothing changes."""
        if self._read_token() is None:
            self._answer(HTTPStatus.NOT_FOUND, "This link is not ours, or not whole.")
        else:
            self._answer(HTTPStatus.OK, "Do you want to get no more digests?", asks=True)

    def do_HEAD(self) -> None:
        """The same without a page."""
        self.do_GET()

    def do_POST(self) -> None:
        """One click of a mail program, or the button of our page."""
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,9}", length):
            return self._answer(HTTPStatus.LENGTH_REQUIRED, "The request does not say how long it is.")
        if int(length) > _LARGEST:
            return self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too long.")
        body = self.rfile.read(int(length))
        token = self._read_token()
        if token is None:
            return self._answer(HTTPStatus.NOT_FOUND, "This link is not ours, or not whole.")
        if not is_one_click(self.headers.get("Content-Type", ""), body):
            return self._answer(HTTPStatus.BAD_REQUEST, "The request does not say List-Unsubscribe=One-Click.")
        try:
            take_off(self.warehouse, token)
        except OSError:
            return self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "That did not work. Please try again in a while.")
        return self._answer(HTTPStatus.OK, "You get no more digests.")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: who may read a log may not unsubscribe others."""

    def _read_token(self) -> str | None:
        """The token of the address that was asked, if its signature is ours."""
        parts = (unquote(part) for part in _PARTS.split(self.path[:2000]))
        return next((token for part in parts if (token := verify(part, self.key))), None)

    def _answer(self, status: HTTPStatus, words: str, asks: bool = False) -> None:
        page = _TEMPLATES.get_template("unsubscribe.html").render(words=words, asks=asks).encode()
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Length": str(len(page))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)


def is_one_click(content_type: str, body: bytes) -> bool:
    """Whether a form, of either kind that RFC 8058 names, says List-Unsubscribe=One-Click."""
    if content_type.lower().startswith("multipart/form-data"):
        form = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body)
        for part in form.walk():
            value = part.get_payload(decode=True)  # None of what has parts itself
            if part.get_param("name", header="content-disposition") == "List-Unsubscribe" and isinstance(value, bytes):
                return value.strip() == b"One-Click"
        return False
    return parse_qs(body.decode("latin-1")).get("List-Unsubscribe") == ["One-Click"]
