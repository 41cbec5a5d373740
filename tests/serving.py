"""Servers on loopback: one of HTTP that answers as it is told, whole or not; one of mail on a port that is free."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


class Server:
    """Answers by path: a list of answers, of which the last stays; each status, headers, body, and bytes promised."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes, int]]] = {}
        self.asked: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.posted: list[bytes] = []
        #: Done at each request before it is answered.
        self.on_get: Callable[[], object] = lambda: None
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked[self.path] += 1
                server.headers.append(dict(self.headers))
                server.on_get()
                answers = server.answers.get(self.path, [(404, {}, b"nothing here", -1)])
                status, headers, body, promised = answers.pop(0) if len(answers) > 1 else answers[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) if promised < 0 else promised))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                server.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.httpd.server_port}"

    def answer(self, path: str, *answers: bytes | int | tuple) -> None:
        """What a path answers, one after the other: a body, a status, or all of it."""
        self.answers[path] = [
            (200, {}, one, -1) if isinstance(one, bytes) else (one, {}, b"", -1) if isinstance(one, int) else one
            for one in answers
        ]

    def close(self) -> None:
        """Answer nobody any more."""
        self.httpd.shutdown()
        self.httpd.server_close()


@contextmanager
def serving() -> Iterator[Server]:
    """A server for the length of the block."""
    server = Server()
    try:
        yield server
    finally:
        server.close()


class FreePortController(Controller):
    """Listens on whatever port is free; the controller itself would knock at port 0 to see whether it is up."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
