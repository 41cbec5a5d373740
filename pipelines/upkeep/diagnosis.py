"""What a warehouse's state is, and what looks wrong with it, each with what to do: for `paperhouse doctor`.

What belongs here: looking, cheaply, and without changing or making anything. Whether files of a release are as they
were published is `release.verification`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..release.history import Kept, list_damaged, list_releases
from ..release.imprint import read_imprint
from ..warehouse.connections import dbt_memory_limit
from ..warehouse.errors import NothingPublishedError, WarehouseUnavailableError
from ..warehouse.folder import Warehouse
from ..warehouse.lock import find_holder
from ..warehouse.migrations import FORMAT, read_marker
from ..warehouse.settings import MEMORY_VARIABLE, BadSettingError, check_environment
from ..warehouse.settings_file import SettingsError, read_columns
from .growth import Part, find_free, measure
from .room import estimate
from .room import find_free as find_free_disk
from .versions import name_versions


@dataclass(frozen=True)
class Ended:
    """How the last build ended: its status in small letters, and all of it in words."""

    status: str
    words: str


@dataclass(frozen=True)
class Trouble:
    """Something that looks wrong, and what to do about it."""

    problem: str
    remedy: str


@dataclass(frozen=True)
class Diagnosis:
    """Facts by name, in the order they are shown, as plain values; and the troubles."""

    facts: dict[str, Any]
    troubles: list[Trouble]


def diagnose(warehouse: Warehouse, last: Ended | None) -> Diagnosis:
    """Look at a warehouse's folder, whatever state it is in. Args: last is how its last build ended, if one has."""
    troubles = [*_find_bad_settings(warehouse), *_find_unusable(warehouse)]
    if last and last.status == "failure":
        troubles.append(Trouble("The last build failed.", "`paperhouse quality` says why; build again when mended."))
    free, needed = find_free_disk(warehouse.folder), estimate(warehouse)
    if free < needed:
        remedy = "`paperhouse tidy --dry-run` shows what takes room; `paperhouse releases --keep 1` makes some."
        troubles.append(Trouble(f"The next build takes about {needed / 1e6:,.0f} MB, and less is free.", remedy))
    releases = _list(warehouse)
    facts: dict[str, Any] = {
        "versions": name_versions(),
        "folder": str(warehouse.folder),
        "is_there": warehouse.folder.is_dir(),
        "format": read_marker(warehouse.folder) or None,
        "release": next((kept.release_id for kept in releases if kept.is_latest), None),
        "releases": len(releases),
        "bytes": {part.name: part.bytes for part in _measure(warehouse) if part.bytes},
        "free_bytes": free,
        "build_bytes": needed,
        "memory_limit": _tell_memory(warehouse),
        "lock": find_holder(warehouse.lock_file) or None,
        "last_build": last.words if last else None,
    }
    return Diagnosis(facts, troubles)


def _list(warehouse: Warehouse) -> list[Kept]:
    try:
        return list_releases(warehouse)
    except (WarehouseUnavailableError, OSError):
        return []


def _measure(warehouse: Warehouse) -> list[Part]:
    try:
        return measure(warehouse) if warehouse.folder.is_dir() else []
    except (BadSettingError, WarehouseUnavailableError, OSError):
        return []


def _tell_memory(warehouse: Warehouse) -> str:
    try:
        limit = dbt_memory_limit(warehouse.database)
    except BadSettingError:
        return "none that can be read"
    return f"{limit} for dbt" + (f" ({MEMORY_VARIABLE})" if os.environ.get(MEMORY_VARIABLE) else "")


def _find_bad_settings(warehouse: Warehouse) -> Iterator[Trouble]:
    try:
        check_environment()
        read_columns(warehouse.settings_file)
        read_imprint(warehouse.settings_file)
    except (BadSettingError, SettingsError) as error:
        yield Trouble(str(error), "Correct it, or take it away.")


def _find_unusable(warehouse: Warehouse) -> Iterator[Trouble]:
    """What keeps the warehouse from being read or built, the first reason of each."""
    if not warehouse.folder.is_dir():
        yield Trouble(f"There is no warehouse in {warehouse.folder}.", "Build it first: paperhouse build")
        return
    try:
        warehouse.refuse_newer()
        warehouse.refuse_foreign()
        with warehouse.read() as connection:
            connection.execute("select count(*) from marts.papers").fetchall()
    except (NothingPublishedError, WarehouseUnavailableError, BadSettingError) as error:
        yield Trouble(str(error), "")
    except Exception as error:  # DuckDB's, of a file that opens and is damaged inside
        first = (str(error).splitlines() or [""])[0]
        yield Trouble(
            f"{warehouse.published_database} cannot be read: {first}",
            "`paperhouse releases` lists what one can go back to with `paperhouse rollback`.",
        )
    for place in (warehouse.folder, warehouse.releases, warehouse.dagster_home, warehouse.database):
        if place.exists() and not os.access(place, os.W_OK):
            yield Trouble(f"{place} cannot be written.", "Give yourself the right to, or use another folder.")
    if find_free(warehouse) is None and not find_holder(warehouse.lock_file):
        yield Trouble(
            f"{warehouse.database} cannot be opened, though no build runs.",
            "Close whatever has it open. Where nothing has, it is damaged: restore a backup, or build the dumps anew.",
        )
    try:
        yield from (Trouble(damage, "") for damage in list_damaged(warehouse))
    except (WarehouseUnavailableError, OSError):
        pass  # said above
    if 0 < read_marker(warehouse.folder) < FORMAT:
        yield Trouble("An earlier version made this warehouse.", "`paperhouse build` upgrades it, after a copy.")
