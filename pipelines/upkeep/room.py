"""Whether a disk has room for a build: before it begins, not when it is half done.

What belongs here: the rule, and its sentence. What a full disk means once it is full is said by `orchestration.build`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ..warehouse.errors import WarehouseNotWritableError
from ..warehouse.folder import Warehouse
from .growth import size

#: The rule. A build takes LEAST bytes (the sample's first one, twice over); one more release like the one before, which
#: goes when the next is there; a quarter of the pipeline's own file, because tables are written before those they
#: replace are let go of; a first one five times the bytes of its dumps (real ones of 21 MB made a warehouse of 147 MB).
LEAST = 50_000_000
OWN_SHARE, DUMP_FACTOR = 0.25, 5


def estimate(warehouse: Warehouse, new_bytes: int = 0) -> int:
    """Bytes that a build of so many bytes of new dumps takes, by the rule above."""
    own = warehouse.database.stat().st_size if warehouse.database.is_file() else 0
    release = size(warehouse.latest_release.resolve()) if warehouse.latest_release.exists() else 0
    return LEAST + release + round(OWN_SHARE * own) + DUMP_FACTOR * new_bytes


def find_free(folder: Path) -> int:
    """Bytes that are free where a folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def require_room(warehouse: Warehouse, dumps: Sequence[Path]) -> None:
    """Raise WarehouseNotWritableError where the disk clearly has too little room for a build of these dumps."""
    try:
        # What is loaded already takes nothing more; which of the files are is known when they are hashed.
        new = 0 if warehouse.database.is_file() else sum(path.stat().st_size for path in dumps)
        needed, free = estimate(warehouse, new), find_free(warehouse.folder)
    except OSError:
        return  # what cannot be looked at is said by whoever reads it
    if free < needed:
        raise WarehouseNotWritableError(
            f"The disk with {warehouse.folder} has {free / 1e6:,.0f} MB free, and this build takes about "
            f"{needed / 1e6:,.0f} MB. Nothing was begun. Make room (`paperhouse tidy --dry-run` shows what takes it, "
            "`paperhouse releases --keep 1` deletes old releases), or choose another folder with --warehouse."
        )
