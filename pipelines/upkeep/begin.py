"""Become a program of this installation, on the warehouse that the environment names, which is made where it is not.

    python -P -m paperhouse.upkeep.begin dagster-daemon run -m paperhouse.definitions

What belongs here: what units of systemd and containers begin with; `upkeep.service` writes those.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from ..warehouse.errors import WarehouseUnavailableError
from ..warehouse.folder import Warehouse
from ..warehouse.run_files import make_run_files
from ..warehouse.settings import PAGES, PAGES_VARIABLE
from .pages import start_pages


def begin(program: str, arguments: list[str]) -> None:
    """Prepare the warehouse, and go on as a program that lies beside this Python.

    Beside a webserver, at its address, the pages that its links lead to are served.
    """
    warehouse = Warehouse.from_environment()
    try:
        warehouse.prepare()
        warehouse.set_environment()
        make_run_files(warehouse)
    except WarehouseUnavailableError as error:
        sys.exit(f"Error: {error}")
    if program == "dagster-webserver":
        served = os.environ.get(PAGES_VARIABLE) or PAGES
        address = arguments[arguments.index("-h") + 1] if "-h" in arguments else "127.0.0.1"
        start_pages(warehouse, served, urlsplit(served).port or 80, address)
    path = str(Path(sys.executable).with_name(program))
    os.execv(path, [path, *arguments])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Error: no program is named.")
    begin(sys.argv[1], sys.argv[2:])
