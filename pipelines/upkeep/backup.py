"""A copy of a warehouse that is whole, whatever goes on meanwhile; and a warehouse made of one.

What belongs here: what is in a copy, how each part is taken consistently, proving it. A copy is a warehouse folder with
`backup.json`: it can be asked where it lies, and be restored anywhere.

Left out is what a build makes anew: dbt's artifacts, check pages, Dagster's history of runs, overflow.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb

from ..files import clone
from ..release.history import find_damage, list_releases, protect
from ..release.parquet import hash_file
from ..warehouse.errors import NothingPublishedError, WarehouseNotWritableError
from ..warehouse.folder import Warehouse
from ..warehouse.interrupts import undivided, when_stopped
from ..warehouse.lock import using_alone
from ..warehouse.migrations import read_marker, refuse_newer

#: What says that a folder is a copy, and what is in it.
MANIFEST = "backup.json"
#: Folders and files that are copied as they are: what people and captures wrote.
_PLAIN = ("inbox", "overrides", "digests", "sample", "sample-truth", "warehouse.toml", "last_build.json", ".format")
#: DuckDB files that a process may have open for writing.
_OWN = ("warehouse.duckdb", "subscriptions.duckdb")
#: Seconds between two looks whether a file that is being written has been let go of.
_PAUSE = 0.05


class BackupError(RuntimeError):
    """No copy could be made, or what should be one is none; the message says why. Nothing of the warehouse changed."""


@dataclass(frozen=True)
class Backup:
    """A copy that was made or restored: where it lies, its files, their bytes, its releases."""

    folder: Path
    files: int
    bytes: int
    releases: int


def back_up(warehouse: Warehouse, target: Path, say: Callable[[str], None]) -> Backup:
    """Copy a warehouse into a new or empty folder, prove the copy, and only then give it its name.

    A build may go on: the pipeline's own file is taken between two of its steps, from where a build of the copy goes
    on, and say is told that it is waited for. Raises BackupError, NothingPublishedError, WarehouseUnavailableError.
    """
    if not warehouse.database.exists() and not os.path.lexists(warehouse.latest_release):
        raise NothingPublishedError(
            f"There is no warehouse in {warehouse.folder}. Build it first: paperhouse build -w {warehouse.folder}"
        )
    if target.resolve().is_relative_to(warehouse.folder):
        raise BackupError(f"{target} lies in the warehouse itself. Choose a folder beside it, best on another disk.")
    _refuse_filled(target)
    with _placing(target, f"The copy {target}") as new:
        new.mkdir(parents=True)
        waiting = f"{warehouse.database.name} is being written; it is copied after that step of the build."
        with using_alone(warehouse.file_lock, lambda: say(waiting)):
            _take_database(warehouse.database, new / warehouse.database.name, say)
        _take_database(warehouse.subscriptions, new / warehouse.subscriptions.name, say)
        _take_releases(warehouse, new)
        for name in _PLAIN:
            _take(warehouse.folder / name, new / name)
        _write_manifest(new, warehouse)
        done = check(new)
    return Backup(target, done.files, done.bytes, done.releases)


def restore(source: Path, warehouse: Warehouse) -> Backup:
    """Make a warehouse of a copy, in a new or empty folder; the copy is proved before and what was made after.

    Raises BackupError, NewerWarehouseError, WarehouseNotWritableError.
    """
    check(source)
    _refuse_filled(warehouse.folder)
    with _placing(warehouse.folder, str(warehouse.folder)) as new:
        shutil.copytree(source, new, symlinks=True)
        done = check(new)
        (new / MANIFEST).unlink()
    warehouse.prepare()
    return Backup(warehouse.folder, done.files, done.bytes, done.releases)


def check(folder: Path) -> Backup:
    """Prove that a copy is what was written: every file by its digest, every release whole, every database readable.

    Raises BackupError with what is wrong, NewerWarehouseError.
    """
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        files = {str(file["path"]): (int(file["bytes"]), str(file["sha256"])) for file in told["files"]}
        refuse_newer(int(told["format"]))
    except FileNotFoundError:
        raise BackupError(f"{folder} is no backup: it has no {MANIFEST}.") from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupError(f"{folder / MANIFEST} cannot be read: {error}.") from None
    found = {path.relative_to(folder).as_posix(): path for path in _list_files(folder) if path.name != MANIFEST}
    problems = [f"{name} is missing" for name in sorted(files.keys() - found.keys())]
    problems += [f"{name} is none of its files" for name in sorted(found.keys() - files.keys())]
    problems += [
        f"{name} is not what was copied"
        for name in sorted(files.keys() & found.keys())
        if found[name].stat().st_size != files[name][0] or hash_file(found[name]) != files[name][1]
    ]
    for name in _OWN:
        if not problems and (folder / name).exists():
            problems += _find_unreadable(folder / name)
    releases = list_releases(Warehouse(folder.resolve()))
    problems += [problem for kept in releases if not problems for problem in find_damage(kept)]
    if problems:
        raise BackupError(f"{folder} is no whole backup: {'; '.join(problems[:3])}.")
    return Backup(folder, len(files), sum(size for size, _ in files.values()), len(releases))


@contextmanager
def _placing(folder: Path, words: str) -> Iterator[Path]:
    """A folder to be made and filled, which takes the name of an empty one, or of none, when the block ends.

    Nothing of it is left where the block does not. Raises WarehouseNotWritableError, in which words name the folder.
    """
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    with when_stopped(act=lambda: shutil.rmtree(new, ignore_errors=True)):
        try:
            yield new
            # A stop empties the folder while this thread goes on: what it has begun to empty gets no name.
            with undivided():
                if folder.exists():
                    folder.rmdir()
                os.replace(new, folder)
        except OSError as error:
            raise WarehouseNotWritableError(
                f"{words} cannot be written: {error.strerror or error}. Nothing of it was left."
            ) from None
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _refuse_filled(folder: Path) -> None:
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return
    except OSError as error:
        raise BackupError(f"{folder} cannot be looked into: {error.strerror}.") from None
    raise BackupError(f"{folder} is not an empty folder. Choose a new one; nothing was written.")


def _take_database(source: Path, target: Path, say: Callable[[str], None]) -> None:
    """A DuckDB file as it is between two transactions: while it is copied nobody writes it."""
    if not source.exists():
        return
    with _reading(source, say):
        clone(source, target)
        if (log := source.with_name(f"{source.name}.wal")).exists():
            clone(log, target.with_name(f"{target.name}.wal"))
    target.chmod(source.stat().st_mode & 0o777)
    try:  # what is in the log goes into the file: the copy is one file
        with duckdb.connect(str(target)) as connection:
            connection.execute("checkpoint")
    except duckdb.Error as error:
        raise BackupError(f"{source} is damaged, so that no copy of it would be whole: {error}") from None


@contextmanager
def _reading(file: Path, say: Callable[[str], None]) -> Iterator[None]:
    """A DuckDB file, held for reading, so that nobody writes it; waited for where somebody does now."""
    is_said = False
    while True:
        try:
            connection = duckdb.connect(str(file), read_only=True, config={"memory_limit": "250MB"})
            break
        except duckdb.Error as error:
            if "Could not set lock" not in str(error):
                raise BackupError(f"{file} cannot be opened, so it cannot be copied: {error}") from None
            if not is_said:
                say(f"{file.name} is open elsewhere; it is copied as soon as it is let go of.")
                is_said = True
        time.sleep(_PAUSE)
    with connection:
        yield


def _take_releases(warehouse: Warehouse, new: Path) -> None:
    """All whole releases, and the links to the one readers see. None is deleted meanwhile: a file of it is open."""
    (new / "releases").mkdir()
    latest = ""
    for kept in list_releases(warehouse):
        with contextlib.suppress(FileNotFoundError), (kept.folder / "manifest.json").open("rb"):
            target = new / "releases" / kept.release_id
            shutil.copytree(kept.folder, target, symlinks=True)
            protect(target)
            latest = kept.release_id if kept.is_latest else latest
    if latest:
        (new / "releases" / "latest").symlink_to(latest)
        (new / "paperhouse.duckdb").symlink_to("releases/latest/paperhouse.duckdb")


def _take(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.part", ".*.new"))
    elif source.is_file():
        clone(source, target)


def _write_manifest(folder: Path, warehouse: Warehouse) -> None:
    files = [
        {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": hash_file(path)}
        for path in _list_files(folder)
    ]
    told = {
        "format": read_marker(folder) or 1,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "made_by": version("paperhouse"),
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _list_files(folder: Path) -> list[Path]:
    """Files below a folder; links are none."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _find_unreadable(database: Path) -> list[str]:
    """What of a DuckDB file cannot be read, every row of every table being looked at."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
            ).fetchall()
            for schema, table in tables:
                connection.execute(f'select bit_xor(hash(one)) from "{schema}"."{table}" as one').fetchall()
    except duckdb.Error as error:
        return [f"{database.name} cannot be read: {str(error).splitlines()[0]}"]
    return []
