"""The releases that are kept: which there are, which one readers see, how far back one can go.

What belongs here: listing, checking and deleting whole releases. Making one is `publication`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..warehouse.folder import DATABASE_NAME, LATEST, Warehouse, read_manifest
from .parquet import hash_file

#: Environment variable for the number of releases that are kept, the latest included; 0 keeps all.
KEEP_VARIABLE = "PAPERHOUSE_KEEP_RELEASES"
DEFAULT_KEEP = 5


class NoSuchReleaseError(LookupError):
    """No kept release has that id."""


@dataclass(frozen=True)
class Kept:
    """A whole release in the warehouse folder."""

    release_id: str
    folder: Path
    manifest: dict[str, Any]
    is_latest: bool

    @property
    def bytes(self) -> int:
        """Size of everything in the folder."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def list_releases(warehouse: Warehouse) -> list[Kept]:
    """All whole releases, the newest first."""
    latest = warehouse.latest_release.resolve()
    found = []
    for folder in warehouse.releases.iterdir() if warehouse.releases.exists() else ():
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith("."):
            manifest = read_manifest(folder)
            if manifest:
                found.append(Kept(folder.name, folder, manifest, folder.resolve() == latest))
    return sorted(found, key=lambda kept: kept.release_id, reverse=True)


def find_release(warehouse: Warehouse, name: str) -> Kept:
    """The release with an id or a part of one that only it has, or `latest`.

    Raises NoSuchReleaseError, with the ids there are.
    """
    releases = list_releases(warehouse)
    found = [kept for kept in releases if (kept.is_latest if name == LATEST else kept.release_id == name)]
    found = found or [kept for kept in releases if name in kept.release_id]
    if len(found) == 1:
        return found[0]
    problem = f"{len(found)} releases have" if found else "No release has"
    ids = ", ".join(kept.release_id for kept in found or releases) or "none"
    raise NoSuchReleaseError(f"{problem} {name!r} in the id. Kept are: {ids}.")


def find_damage(kept: Kept) -> list[str]:
    """What of a release is not as its manifest says, a sentence each; the cheapest proof that it is whole."""
    problems = []
    for file in [*kept.manifest["files"], *kept.manifest.get("documents", [])]:
        path = kept.folder / file["path"]
        if not path.exists():
            problems.append(f"{file['path']} is missing.")
        elif path.stat().st_size != file["bytes"] or hash_file(path) != file["sha256"]:
            problems.append(f"{file['path']} is not the file that was published.")
    return problems


def prune(warehouse: Warehouse, keep: int | None = None) -> list[str]:
    """Delete the oldest releases beyond the newest `keep`; returns the ids of those deleted.

    The one that readers see and any of which a file is open anywhere on this machine stay, and count as kept. keep is
    PAPERHOUSE_KEEP_RELEASES where not given, else 5; 0, and what is no number, deletes nothing.
    """
    if keep is None:
        setting = os.environ.get(KEEP_VARIABLE) or str(DEFAULT_KEEP)
        keep = int(setting) if setting.isdigit() else 0
    if keep <= 0:
        return []
    deleted = []
    for kept in list_releases(warehouse)[keep:]:
        if not kept.is_latest and not is_in_use(kept.folder):
            # Out of sight in one step: a crash while deleting leaves nothing that looks like a release.
            gone = kept.folder.with_name(f".old-{kept.release_id}")
            os.replace(kept.folder, gone)
            deleted.append(kept.release_id)
    for gone in warehouse.releases.glob(".old-*"):
        shutil.rmtree(gone, ignore_errors=True)
    return deleted


def is_in_use(folder: Path) -> bool:
    """Whether any process has a file of the folder open: a descriptor (Linux), or DuckDB's lock on the database."""
    prefix = f"{folder.resolve()}{os.sep}"
    # First, because closing a file drops the locks that this process itself has on it.
    if any(target.startswith(prefix) for target in _open_files()):
        return True
    database = folder / DATABASE_NAME
    if database.exists():
        try:
            with database.open("rb+") as handle:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _open_files() -> Iterator[str]:
    """Paths that processes have open, where the system shows them (/proc) and as far as it lets us look."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            descriptors = list((process / "fd").iterdir())
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                yield os.readlink(descriptor)
            except OSError:
                continue
