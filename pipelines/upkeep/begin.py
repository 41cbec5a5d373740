"""Become a program of this installation, on the warehouse that the environment names, which is made where it is not.

    python -P -m paperhouse.upkeep.begin dagster-daemon run -m paperhouse.definitions

What belongs here: what units of systemd and containers begin with; `upkeep.service` writes those.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..warehouse.errors import WarehouseUnavailableError
from ..warehouse.folder import Warehouse


def begin(program: str, arguments: list[str]) -> None:
    """Prepare the warehouse, and go on as a program that lies beside this Python."""
    warehouse = Warehouse.from_environment()
    try:
        warehouse.prepare()
    except WarehouseUnavailableError as error:
        sys.exit(f"Error: {error}")
    warehouse.set_environment()
    path = str(Path(sys.executable).with_name(program))
    os.execv(path, [path, *arguments])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Error: no program is named.")
    begin(sys.argv[1], sys.argv[2:])
