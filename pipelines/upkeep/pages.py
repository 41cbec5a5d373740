"""The pages of a warehouse on loopback, for links in the Dagster UI: browsers follow no `file://` from a web page.

    python -m paperhouse.upkeep.pages WAREHOUSE ADDRESS PORT PARENT

What belongs here: releases with their reports, and Great Expectations' pages; nothing else of the folder, and nothing
for a page of another site that has this address in its own name (the `Host` is looked at). Ends with the process that
started it, whose number PARENT is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Folders of a warehouse that are shown.
SHOWN = ("releases", "checks")
_HOSTS = ("127.0.0.1", "localhost")


class _Pages(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self._is_shown():
            super().do_GET()
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET

    def _is_shown(self) -> bool:
        host = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host")
        path = Path(self.directory, unquote(urlsplit(self.path).path).lstrip("/")).resolve()
        inside = [Path(self.directory, name).resolve() for name in SHOWN]
        return host in _HOSTS and path.is_file() and any(path.is_relative_to(folder) for folder in inside)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal is Dagster's."""


def start_pages(warehouse: Path, port: int, address: str = "127.0.0.1") -> None:
    """Serve a warehouse's pages from a process of their own, for as long as this one lives, whatever it becomes.

    Without them all else of the UI works: a port that is taken stops nothing.
    """
    module = ["-P", "-m", "paperhouse.upkeep.pages"]
    subprocess.Popen([sys.executable, *module, str(warehouse), address, str(port), str(os.getpid())])


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
