"""The process beside the one in which Dagster runs: what it makes comes one by one, while the next is being made.

dbt works there. Its Python and Dagster's would wait for each other in one process; it loads while dumps are being read;
and what it takes of memory comes back when it has done. What belongs here: that there is one, for all builds of this
process. What a worker is and how it is spoken to is `processes`.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from ..processes import Worker
from ..warehouse.settings import MEMORY_VARIABLE

_Item = TypeVar("_Item")

_REMEDY = f"Give it less to take: {MEMORY_VARIABLE}=500MB paperhouse build."
_worker: Worker | None = None


def work_ahead(function: Callable[[], Iterator[object]]) -> None:
    """Have the process do something that is wanted later, such as loading; nobody waits for it."""
    _get_worker().ask(function)


def work_beside(function: Callable[..., Iterator[_Item]], *arguments: object) -> Generator[_Item]:
    """Iterate there what a function of a module gives, and yield it here: see `Worker.work`."""
    return _get_worker().work(function, *arguments)


def _get_worker() -> Worker:
    global _worker
    if _worker is None or not _worker.lives():
        _worker = Worker("dbt works", _REMEDY)
    return _worker


@atexit.register
def _dismiss() -> None:
    if _worker is not None:
        _worker.dismiss()
