"""The releases that are kept: which there are, which one readers see, how far back one can go.

What belongs here: listing, checking and deleting whole releases. Making one is `publication`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from ..warehouse.errors import DamagedReleaseError
from ..warehouse.folder import DATABASE_NAME, LATEST, Warehouse, read_manifest
from ..warehouse.settings import read_keep_releases
from .changes import read_release
from .parquet import hash_file

#: Characters of an id that may stand for it, where only one has them: fewer are a slip, and none an unset variable.
NAMING_CHARACTERS = 8
#: Releases that are kept where the environment does not say, the latest included.
DEFAULT_KEEP = 5

_WRITING = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


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
    def number(self) -> int:
        """Its place among all releases of the warehouse, from 1; 0 for those made before they were numbered."""
        return int(self.manifest.get("number", 0))

    @property
    def bytes(self) -> int:
        """Size of everything in the folder; what a link leads to is not."""
        return sum(found.st_size for path in self.folder.rglob("*") if stat.S_ISREG((found := path.lstat()).st_mode))


def list_releases(warehouse: Warehouse) -> list[Kept]:
    """All whole releases, the newest first; those whose manifest is damaged are `list_damaged`.

    They are numbered as they are made: the time in an id is the machine's, whose clock may have gone back.
    """
    latest = _find_latest(warehouse)
    found = []
    for folder in _list_folders(warehouse):
        with contextlib.suppress(DamagedReleaseError):
            if manifest := read_manifest(folder):
                found.append(Kept(folder.name, folder, manifest, folder.name == latest))
    return sorted(found, key=lambda kept: (kept.number, kept.release_id), reverse=True)


def next_number(warehouse: Warehouse) -> int:
    """The number of the release that is made next."""
    return 1 + max((kept.number for kept in list_releases(warehouse)), default=0)


def list_damaged(warehouse: Warehouse) -> list[str]:
    """A sentence on each release whose manifest is damaged, and on the one that readers see where that has none."""
    latest, said = _find_latest(warehouse), []
    for folder in _list_folders(warehouse):
        try:
            if read_manifest(folder) is None and folder.name == latest:
                said.append(
                    f"The release {latest} that readers see has lost its manifest.json; the next build makes a new one."
                )
        except DamagedReleaseError as error:
            said.append(str(error))
    return said


def _list_folders(warehouse: Warehouse) -> list[Path]:
    """Folders that may be releases."""
    if not warehouse.releases.is_dir():
        return []
    folders = (path for path in sorted(warehouse.releases.iterdir()) if not path.name.startswith("."))
    return [folder for folder in folders if folder.is_dir() and not folder.is_symlink()]


def _find_latest(warehouse: Warehouse) -> str:
    """The name of the folder that `latest` leads to; nothing where it leads nowhere or out of the releases."""
    try:
        latest = warehouse.latest_release.resolve(strict=True)
    except (OSError, RuntimeError):  # a chain of links that ends nowhere or never
        return ""
    return latest.name if latest.parent == warehouse.releases.resolve() else ""


def find_release(warehouse: Warehouse, name: str) -> Kept:
    """The release with an id, or with eight characters or more of one that only it has, or `latest`.

    Raises NoSuchReleaseError, with the ids there are.
    """
    releases = list_releases(warehouse)
    found = [kept for kept in releases if (kept.is_latest if name == LATEST else kept.release_id == name)]
    if not found and len(name) >= NAMING_CHARACTERS:
        found = [kept for kept in releases if name in kept.release_id]
    if len(found) == 1:
        return found[0]
    problem = f"{len(found)} releases have {name!r} in the id" if found else f"No release is named {name!r}"
    ids = ", ".join(kept.release_id for kept in found or releases) or "none"
    raise NoSuchReleaseError(
        f"{problem}. Give an id, or {NAMING_CHARACTERS} characters or more that only one has. Kept are: {ids}."
    )


def find_damage(kept: Kept) -> list[str]:
    """What of a release is not as its manifest says, a sentence each; the cheapest proof that it is whole.

    Files that the manifest does not name are told, too. No link is followed, and nothing but a file is opened.
    """
    problems, named = [], {"manifest.json"}
    for file in [*kept.manifest["files"], *kept.manifest.get("documents", [])]:
        path = kept.folder / file["path"]
        named.add(path.relative_to(kept.folder).as_posix())
        if not os.path.lexists(path):
            problems.append(f"{file['path']} is missing.")
        elif _is_link(kept.folder, path) or not stat.S_ISREG(path.lstat().st_mode):
            problems.append(f"{file['path']} is no file, but a link, a folder or a device; it was not opened.")
        elif path.lstat().st_size != file["bytes"] or hash_file(path) != file["sha256"]:
            problems.append(f"{file['path']} is not the file that was published.")
    extra = [path.relative_to(kept.folder).as_posix() for path in sorted(kept.folder.rglob("*"))]
    is_folder = {str(parent) for name in named for parent in PurePosixPath(name).parents}
    problems += [f"{name} was not published." for name in extra if name not in named and name not in is_folder]
    return problems


def _is_link(folder: Path, path: Path) -> bool:
    """Whether a path inside a folder is reached by a link, wherever that leads."""
    return any(part.is_symlink() for part in (path, *path.parents) if part.is_relative_to(folder) and part != folder)


def protect(folder: Path) -> None:
    """Take from everybody the right to write the files of a release. Folders keep it: whole releases are deleted."""
    for path in folder.rglob("*"):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) and mode & _WRITING:
            path.chmod(stat.S_IMODE(mode) & ~_WRITING)


def prune(warehouse: Warehouse, keep: int | None = None) -> list[str]:
    """Delete the oldest releases beyond the newest `keep`; returns the ids of those deleted.

    The one that readers see and any of which a file is open anywhere on this machine stay, and count as kept. keep is
    PAPERHOUSE_KEEP_RELEASES where not given, else 5; 0 deletes nothing. Raises BadSettingError.
    """
    if keep is None:
        keep = read_keep_releases(DEFAULT_KEEP)
    if keep <= 0:
        return []
    deleted = []
    for kept in find_surplus(warehouse, keep):
        # Out of sight in one step: a crash while deleting leaves nothing that looks like a release.
        gone = kept.folder.with_name(f".old-{kept.release_id}")
        os.replace(kept.folder, gone)
        deleted.append(kept.release_id)
    for gone in warehouse.releases.glob(".old-*"):
        shutil.rmtree(gone, ignore_errors=True)
    return deleted


def list_staying(warehouse: Warehouse) -> list[Kept]:
    """The releases that stay when the next one has been made, the newest first, but for any that is in use."""
    keep = read_keep_releases(DEFAULT_KEEP)
    return list_releases(warehouse)[: keep - 1 if keep > 0 else None]


def find_surplus(warehouse: Warehouse, keep: int) -> list[Kept]:
    """The oldest releases beyond the newest `keep`, without the one that readers see and any that is in use."""
    return [kept for kept in list_releases(warehouse)[keep:] if not kept.is_latest and not is_in_use(kept.folder)]


def find_holding(warehouse: Warehouse, paper_ids: Sequence[str]) -> list[Kept]:
    """The kept releases that have one of these papers, newest first; one whose papers cannot be read may have it."""
    found = []
    with duckdb.connect() as connection:
        for kept in list_releases(warehouse) if paper_ids else []:
            papers = read_release(kept.folder, kept.manifest).get("papers")
            try:
                rows = connection.execute(
                    f"select 1 from {papers} where paper_id in $ids limit 1", {"ids": list(paper_ids)}
                ).fetchall()
            except duckdb.Error:
                found.append(kept)
            else:
                found += [kept] if rows else []
    return found


def drop_holding(warehouse: Warehouse, paper_ids: Sequence[str]) -> list[str]:
    """Delete the kept releases that have one of these papers, but for the one that readers see; returns their ids.

    Whoever has a file of one open goes on reading it; nobody opens it anew.
    """
    gone = [kept for kept in find_holding(warehouse, paper_ids) if not kept.is_latest]
    for kept in gone:
        hidden = kept.folder.with_name(f".old-{kept.release_id}")
        os.replace(kept.folder, hidden)
        shutil.rmtree(hidden, ignore_errors=True)
    return [kept.release_id for kept in gone]


def is_in_use(folder: Path) -> bool:
    """Whether any process has a file of the folder open: a descriptor (Linux), or DuckDB's lock on the database."""
    prefix = f"{folder.resolve()}{os.sep}"
    # First, because closing a file drops the locks that this process itself has on it.
    if any(target.startswith(prefix) for target in _open_files()):
        return True
    database = folder / DATABASE_NAME
    if database.exists():
        mode = stat.S_IMODE(database.lstat().st_mode)
        try:
            database.chmod(mode | stat.S_IWUSR)  # only who may write a file may ask for this lock
            with database.open("rb+") as handle:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            with contextlib.suppress(OSError):
                database.chmod(mode)
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
