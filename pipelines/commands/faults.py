"""Errors that no command has put into words, as sentences: what is wrong, what to do, where the details are.

What belongs here: what an error of the system, of DuckDB or of ours means to a person. Where they are caught is `door`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import traceback
from pathlib import Path

import duckdb

from ..loading.budget import BadBudgetError
from ..parsing import MissingInputError
from ..showing.terminal import err, plain
from ..warehouse.errors import NothingPublishedError, WarehouseUnavailableError
from ..warehouse.settings import BadSettingError
from ..warehouse.settings_file import SettingsError
from .arguments import first_line

#: Errors whose message is a sentence with its remedy already.
SAID = (
    BadBudgetError,
    BadSettingError,
    MissingInputError,
    NothingPublishedError,
    SettingsError,
    WarehouseUnavailableError,
)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)


def tell(error: BaseException) -> None:
    """Say on stderr what an error means; the details of one that was not foreseen go to a file that is named."""
    problem, remedy = explain(error)
    err.print(f"[bold red]Error:[/] {plain(problem)}", soft_wrap=True)
    if remedy:
        err.print(plain(remedy), soft_wrap=True)
    if not isinstance(error, SAID):
        details = _write_details(error)
        err.print(f"The details are in {plain(details)}." if details else "The details could not be written anywhere.")


def explain(error: BaseException) -> tuple[str, str]:
    """What an error means, and what to do about it (perhaps nothing)."""
    if isinstance(error, SAID):
        return str(error), ""
    if isinstance(error, OSError):
        return _explain_system(error)
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return (
            "There is not enough memory for this. What is published is as it was.",
            "Give more (PAPERHOUSE_MEMORY_LIMIT says how much DuckDB may take), or ask for less.",
        )
    if isinstance(error, duckdb.Error):
        return (
            f"A database of the warehouse cannot be read on: {first_line(error)}",
            "`paperhouse verify --files-only` says whether what is published is damaged, `paperhouse releases` which "
            "releases one can go back to with `paperhouse rollback`.",
        )
    if isinstance(error, RuntimeError) and str(error).startswith("Symlink loop"):  # so says pathlib
        return f"A link leads to itself. {first_line(error)}.", "Remove that link; the next build makes its own anew."
    return (
        f"Something that was not foreseen happened: {type(error).__name__}: {first_line(error)}",
        "What is published is as it was. Please report it, with the details.",
    )


def _explain_system(error: OSError) -> tuple[str, str]:
    said = error.strerror or first_line(error)
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if error.errno in _NO_ROOM:
        return f"{where or 'The output'} cannot be written: {said}.", "Make room, and give the command again."
    if error.errno in _NO_RIGHT:
        return (
            f"{where or 'Something'} cannot be used: {said}.",
            "Give yourself the right to read and write there, or choose another folder with --warehouse.",
        )
    if error.errno == errno.ENOENT and not where and _is_nowhere():
        return "The folder that this was started in is there no longer.", "Change to another folder, and give it again."
    return f"{where or 'The system'}: {said}.", "What is published is as it was."


def _is_nowhere() -> bool:
    """Whether somebody has removed the folder that this process works in."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _write_details(error: BaseException) -> Path | None:
    """The traceback in a file of its own, for its owner alone; None where none can be written."""
    with contextlib.suppress(Exception):
        number, name = tempfile.mkstemp(prefix="paperhouse-error-", suffix=".txt")
        with open(number, "w", encoding="utf-8", errors="replace") as file:
            file.write("".join(traceback.format_exception(error)))
        return Path(name)
    return None
