"""The pages of a warehouse on loopback, for links in the Dagster UI: browsers follow no `file://` from a web page.

    python -m paperhouse.upkeep.pages WAREHOUSE ADDRESS PORT PARENT

What belongs here: releases with their reports, Great Expectations' pages and dbt's; nothing else of the folder. Our own
sources, which links to the code of an asset lead to. Nothing for a page of another site that has this address in its
own name (the `Host` is looked at). Ends with the process that started it, whose number PARENT is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ..files import write_whole
from ..project_files import list_project_files
from ..warehouse.folder import Warehouse
from ..warehouse.settings import PAGES_VARIABLE

#: dbt's documentation, in a warehouse.
DOCS = ".dbt/docs"
#: Folders of a warehouse that are shown.
SHOWN = ("releases", "checks", DOCS)
#: Below this our own sources are shown, as a clone names them.
CODE = "/code/"
#: dbt's page is a program that we did not write: nothing of it may leave the page.
_STAYS = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
_HOSTS = ("127.0.0.1", "localhost")


class _Pages(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self._is_ours() and self._path.startswith(CODE):
            self._show_code(self._path.removeprefix(CODE))
        elif self._is_ours() and self._is_shown():
            super().do_GET() if self.command == "GET" else super().do_HEAD()
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET

    @property
    def _path(self) -> str:
        return unquote(urlsplit(self.path).path)

    def _is_ours(self) -> bool:
        host = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host")
        return host in _HOSTS

    def _is_shown(self) -> bool:
        path = Path(self.directory, self._path.lstrip("/")).resolve()
        inside = [Path(self.directory, name).resolve() for name in SHOWN]
        return path.is_file() and any(path.is_relative_to(folder) for folder in inside)

    def _show_code(self, name: str) -> None:
        """Send a file of ours as text; none but those that the project has."""
        path = dict(list_project_files()).get(name)
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content = path.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.copyfile(BytesIO(content), self.wfile)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file for as long as somebody takes it."""
        with suppress(ConnectionError):
            super().copyfile(source, outputfile)

    def end_headers(self) -> None:
        if self._path.startswith(f"/{DOCS}/"):
            self.send_header("Content-Security-Policy", _STAYS)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal is Dagster's."""


def start_pages(warehouse: Warehouse, served: str, port: int, address: str = "127.0.0.1") -> None:
    """Serve a warehouse's pages from a process of their own, for as long as this one lives, whatever it becomes.

    Args: served is where browsers find them, which links of builds from the command line then name; port and address
    are those of this machine, or of the container.

    Without them all else of the UI works: a port that is taken stops nothing, nor does a full disk.
    """
    os.environ[PAGES_VARIABLE] = served
    with suppress(OSError):
        write_whole(warehouse.served_pages, served.encode())
    module = ["-P", "-m", "paperhouse.upkeep.pages"]
    subprocess.Popen([sys.executable, *module, str(warehouse.folder), address, str(port), str(os.getpid())])


def serve(warehouse: Path, port: int, address: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server of a warehouse's pages at an address of this machine; raises OSError where its port is taken."""
    return ThreadingHTTPServer((address, port), partial(_Pages, directory=str(warehouse)))


def _end_with(parent: int) -> None:
    """Leave as soon as the process that started this one is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(int(sys.argv[4]),), daemon=True).start()
    try:
        serve(Path(sys.argv[1]), int(sys.argv[3]), sys.argv[2]).serve_forever()
    except (OSError, KeyboardInterrupt):
        sys.exit(1)
