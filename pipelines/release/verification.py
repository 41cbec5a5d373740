"""Whether a release is what it says: its files as published, and, built anew from the same dumps, the same bytes again.

What belongs here: rebuilding beside the warehouse and comparing. How the whole path is run is the caller's to say;
what the comparison means is put into words by `commands.comparisons`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ..warehouse.connections import literal
from ..warehouse.folder import LATEST, Warehouse
from ..warehouse.interrupts import when_stopped
from ..warehouse.settings_file import format_columns
from .changes import compare, read_release
from .history import Kept, find_release

Build = Callable[[Warehouse, Sequence[Path]], str]


class CannotRebuildError(RuntimeError):
    """The dumps a release was made of cannot be read again; the message says which and why."""


@dataclass(frozen=True)
class Rebuilt:
    """How a release compares with one built anew.

    files is the number compared; differing names those whose bytes differ; rows is the number of rows that differ by
    table; because says what is not the same as when it was published (`inputs`, `code_sha256`, ...), and so may be why.
    """

    files: int
    differing: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    because: list[str] = field(default_factory=list)


def rebuild(warehouse: Warehouse, kept: Kept, build: Build) -> Rebuilt:
    """Build the latest release's dumps anew in a folder of its own inside the warehouse, and compare.

    Args: build runs the whole path: a warehouse and the files to read; it returns what kept it from publishing, or "".

    Raises CannotRebuildError where a dump's file is gone or the build fails, WarehouseBusyError where a build runs.
    """
    scratch = Warehouse(warehouse.folder / ".verify")
    shutil.rmtree(scratch.folder, ignore_errors=True)
    with when_stopped(act=lambda: shutil.rmtree(scratch.folder, ignore_errors=True)):
        return _rebuild(warehouse, kept, build, scratch)


def _rebuild(warehouse: Warehouse, kept: Kept, build: Build, scratch: Warehouse) -> Rebuilt:
    try:
        with warehouse.lock(), warehouse.connect() as connection:
            paths = [
                Path(path)
                for (path,) in connection.execute("select distinct path from raw.files order by 1").fetchall()
            ]
            # Sidecars are found beside their dumps; one that is a link has to be named to be heeded.
            sidecars = connection.execute("select distinct path from raw.sidecars order by 1").fetchall()
            paths += [Path(path) for (path,) in sidecars if Path(path).is_symlink()]
            scratch.prepare()
            _hand_over(connection, warehouse, scratch)
            if names := kept.manifest.get("columns"):
                scratch.settings_file.write_text(format_columns(names), encoding="utf-8")
        gone = [path for path in paths if not path.exists()]
        if gone or not paths:
            named = ", ".join(str(path) for path in gone[:3]) or "no file is known"
            raise CannotRebuildError(
                f"{len(gone):,} of {len(paths):,} files that dumps were read from are gone: {named}. "
                "Put them back, or check the files of the release alone: paperhouse verify --files-only"
            )
        if problem := build(scratch, paths):
            raise CannotRebuildError(f"The build of the same dumps {problem}")
        return _compare(kept, find_release(scratch, LATEST))
    finally:
        warehouse.set_environment()
        shutil.rmtree(scratch.folder, ignore_errors=True)


def _hand_over(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, scratch: Warehouse) -> None:
    """What a release depends on beside its dumps: corrections by hand, ids once published, what was taken down."""
    if warehouse.overrides.exists():
        shutil.copytree(warehouse.overrides, scratch.overrides)
    names = ("quality.published_papers", "quality.taken_down")
    tables = {name: connection.execute(f"select * from {name}").to_arrow_table() for name in names}
    with scratch.connect() as other:
        for name, rows in tables.items():
            other.from_arrow(rows).insert_into(name)


def _compare(kept: Kept, again: Kept) -> Rebuilt:
    digests = [{file["path"]: file["sha256"] for file in one.manifest["files"]} for one in (kept, again)]
    differing = sorted(
        path for path in digests[0].keys() | digests[1].keys() if digests[0].get(path) != digests[1].get(path)
    )
    then, now = ({**one.manifest["versions"], "inputs": one.manifest.get("inputs_sha256")} for one in (kept, again))
    rows: dict[str, int] = {}
    if differing:
        with duckdb.connect() as connection:
            connection.execute(f"set temp_directory = {literal(again.folder / '.spill')}")
            tables = {table: facts["key"] for table, facts in again.manifest["tables"].items()}
            compare(
                connection,
                read_release(kept.folder, kept.manifest),
                read_release(again.folder, again.manifest),
                tables,
                "nothing",
                [],
            )
            rows = dict(connection.execute("select table_name, count(*) from changes group by 1 order by 1").fetchall())
    return Rebuilt(len(digests[0]), differing, rows, [name for name in now if now[name] != then.get(name)])
