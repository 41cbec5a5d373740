"""A step is tried again where what stood in its way passes by itself: a file that somebody holds, a disk that is busy.

What belongs here: which errors those are, and how long is waited. Everything else fails at once: the same data meets
the same rule again. A build that holds the warehouse is waited for before any step (`resources`).

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

import errno
import functools
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

import dagster as dg

from ..warehouse.errors import WarehouseInUseError

#: Times a step is tried again, and seconds until the first; doubled each time.
RETRIES, FIRST_PAUSE = 3, 5.0
#: What the system says of a device or a network disk that is busy now; a full disk is none of these.
_BUSY = frozenset({errno.EAGAIN, errno.EBUSY, errno.ENOLCK, errno.ESTALE, errno.ETIMEDOUT, errno.ETXTBSY})

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_Context = TypeVar("_Context", bound=Any)


def passes_by_itself(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is a lock or a busy disk."""
    while error is not None:
        if isinstance(error, WarehouseInUseError) or (isinstance(error, OSError) and error.errno in _BUSY):
            return True
        # SQLAlchemy wraps what SQLite said.
        if isinstance(getattr(error, "orig", error), sqlite3.OperationalError) and "locked" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def retried(
    step: Callable[Concatenate[_Context, _Given], Iterator[_Result]],
) -> Callable[Concatenate[_Context, _Given], Iterator[_Result]]:
    """A step, that is a generator, that asks Dagster to be run again after what passes by itself."""

    @functools.wraps(step)
    def run(context: _Context, *args: _Given.args, **given: _Given.kwargs) -> Iterator[_Result]:
        try:
            yield from step(context, *args, **given)
        except Exception as error:
            if not passes_by_itself(error):
                raise
            pause = FIRST_PAUSE * 2**context.retry_number
            raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=pause) from error

    return run
