"""Errors of a disk, of memory, and of Dagster's own files, as sentences: for whatever writes through Dagster.

What belongs here: telling such errors from others, and what to do about them in words.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from ..warehouse.errors import WarehouseNotWritableError, WarehouseUnreadableError
from ..warehouse.folder import Warehouse
from ..warehouse.settings import MEMORY_VARIABLE

#: Errors of Dagster's own files, by package and name: neither package may load before a build does.
_HISTORY_ERRORS = {
    "builtins.UnicodeDecodeError",
    "dagster.DagsterInvalidConfigError",
    "dagster.DagsterHomeNotSetError",
    "sqlalchemy.DatabaseError",
    "sqlite3.DatabaseError",
    "yaml.YAMLError",
}
_FULL_DISK = re.compile(
    r"No space left on device|disk I/O error|(?:database or )?disk is full|Disk quota exceeded", re.I
)
#: MiB that are free on a disk of which nobody says that it is full: SQLite's and the system's words are the same for
#: other limits.
_FULL_BELOW = 100


@contextmanager
def explaining_storage(warehouse: Warehouse) -> Iterator[None]:
    """Raise WarehouseNotWritableError for a full disk, WarehouseUnreadableError where Dagster's files are damaged."""
    try:
        yield
    except Exception as error:
        if is_full(error):
            raise WarehouseNotWritableError(say_full(warehouse)) from None
        if _is_history(error):
            raise WarehouseUnreadableError(_damaged_history(warehouse, error)) from error
        raise


def say_full(warehouse: Warehouse) -> str:
    """That a file of the warehouse finds no room, and what to do about it."""
    free = shutil.disk_usage(warehouse.folder).free / 2**20
    if free > _FULL_BELOW:
        return (
            f"A file in {warehouse.folder} cannot be written, though its disk has {free:,.0f} MiB free: a quota, or a "
            "limit on the size of files (`ulimit -f`) or on memory (`ulimit -v`), stands in the way. What was "
            "published is as it was. Raise it and build again: nothing that was read is lost."
        )
    return (
        f"The disk with {warehouse.folder} is full ({free:,.1f} MiB are free). What was published is as it was. Make "
        "room (`paperhouse releases --keep 1` deletes old releases) and build again: nothing that was read is lost."
    )


def _damaged_history(warehouse: Warehouse, error: Exception) -> str:
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return (
        f"Dagster's settings or run history in {warehouse.dagster_home} cannot be read: {cause}. No data is in that "
        "folder, only the story of earlier runs: give it another name, and the next build begins a new one."
    )


def _is_history(error: BaseException) -> bool:
    """Whether an error is one of Dagster's files: its SQLite databases, or its `dagster.yaml`."""
    kinds = {f"{kind.__module__.partition('.')[0]}.{kind.__name__}" for kind in type(error).__mro__}
    return bool(kinds & _HISTORY_ERRORS)


def is_full(error: object) -> bool:
    """Whether an error, or anything that caused it, is a full disk in the words of the system, DuckDB or SQLite."""
    while error is not None:
        if _FULL_DISK.search(str(error)):
            return True
        error = getattr(error, "__cause__", None) or getattr(error, "__context__", None)
    return False


def is_short_of_memory(problem: str) -> bool:
    """Whether what went wrong is DuckDB's limit of memory."""
    return "Out of Memory Error" in problem


def say_short_of_memory(problem: str) -> str:
    """That a step needs more memory than it may have, what to do about it, and which; DuckDB's remedies are none."""
    limit = os.environ.get(MEMORY_VARIABLE)
    remedy = (
        f"{MEMORY_VARIABLE} is {limit}. Raise it, or take it away: then a build takes what its papers and this machine "
        "call for."
        if limit
        else f"Name more than this build gave itself, if the machine has it: {MEMORY_VARIABLE}=8GB paperhouse build."
    )
    step = problem.partition("Possible solutions")[0].rstrip()
    return (
        f"A step needs more memory than it may have: {remedy} What was published is as it was, and what was read is "
        f"kept.\n{step}"
    )
