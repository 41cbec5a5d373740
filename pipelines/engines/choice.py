"""Which engine is asked for, and in which lake: two words that only make sense together.

What belongs here: what the words may say. Whether somebody answers at an address is asked in `lake`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

#: What makes the tables: `local`, or an address; and the folder they lie in then. dbt's profile reads both, too.
ENGINE_VARIABLE, LAKE_VARIABLE = "PAPERHOUSE_ENGINE", "PAPERHOUSE_LAKE"
#: Where the engine of the lake that is open listens, for dbt's profile: an embedded one has an address then, too.
ADDRESS_VARIABLE = "PAPERHOUSE_ENGINE_ADDRESS"
#: The engine that is started within the build, and ends with it.
LOCAL = "local"
#: Port of an address that names none: the one a Spark Connect server takes by itself.
_PORT = 15_002
_ADDRESS = re.compile(r"sc://(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252})(?::(?P<port>[0-9]{1,5}))?/?")


class EngineError(RuntimeError):
    """An engine or a lake that cannot be used, or failed; the message says why and what to do."""


@dataclass(frozen=True)
class Engine:
    """An engine by its address (`local`, or `sc://host:port`), and its lake: an absolute folder, or `s3://...`."""

    address: str
    lake: Path | str

    @property
    def host_and_port(self) -> tuple[str, int] | None:
        """Where it listens; None for one that is started within the build."""
        found = _ADDRESS.fullmatch(self.address)
        return (found["host"], int(found["port"])) if found else None


def choose_engine(address: str | None, lake: str | Path | None) -> Engine | None:
    """The engine that two words ask for, None where both are empty: then DuckDB makes the tables, on this machine.

    Raises EngineError where one is there without the other, or says what it cannot say.
    """
    address, folder = (address or "").strip(), str(lake or "").strip()
    if not address and not folder:
        return None
    if not address:
        raise EngineError(
            f"The lake {folder} is for another engine than DuckDB, and none is named. Say which: --engine "
            "sc://host:15002, or --engine local; or leave --lake away."
        )
    found = _ADDRESS.fullmatch(address)
    if address != LOCAL and not (found and 0 < int(found["port"] or _PORT) < 2**16):
        raise EngineError(
            f"The engine is {address!r}; it may be `{LOCAL}`, which starts one here, or the address of a Spark Connect "
            "server, such as sc://host:15002."
        )
    if not folder:
        raise EngineError(
            f"The engine {address} needs a folder for its tables. Say which: --lake FOLDER, which this machine and all "
            "its workers see by the same path, or s3://BUCKET/PATH."
        )
    stored = re.fullmatch(r"[sS]3a?://(?P<path>[^/]+(?:/[^/]+)*)/*", folder)
    if ":/" in folder and not stored:
        raise EngineError(
            f"The lake is {folder}; it may be a folder that this machine and all workers see by the same path, or "
            "a path in an object store that speaks S3: s3://BUCKET/PATH."
        )
    if found:
        address = f"sc://{found['host']}:{found['port'] or _PORT}"
    return Engine(address, f"s3://{stored['path']}" if stored else Path(folder).resolve())


def read_engine() -> Engine | None:
    """The engine that the environment asks for, if it does. Raises EngineError as `choose_engine` does."""
    return choose_engine(os.environ.get(ENGINE_VARIABLE), os.environ.get(LAKE_VARIABLE))
