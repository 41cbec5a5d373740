"""What a running build tells whoever watches it: which stage it is in, how far, how long each took, what it met.

Assets report here; the command line listens. Nobody listening costs nothing. Nothing here prints or logs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Called with the stage's name, the units done so far and the units in all (None where unknown).
Listener = Callable[[str, int, int | None], None]

_listeners: list[Listener] = []
#: Seconds each stage of the current build has taken, in order of first start.
stage_seconds: dict[str, float] = {}
#: What the current build met, e.g. `new dumps`, for its summary.
counts: dict[str, int] = {}
#: What whoever started the current build should know or do about it, a sentence or two each: files left out, say.
notes: list[str] = []


@contextmanager
def listen(listener: Listener) -> Iterator[None]:
    """Send reports to a listener for the length of the block; times, counts and notes start from nothing."""
    stage_seconds.clear()
    counts.clear()
    notes.clear()
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@contextmanager
def stage(name: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Time a stage and report on it. Yields a function to call with the number of units just finished."""
    done = 0

    def advance(units: int) -> None:
        nonlocal done
        done += units
        _report(name, done, total)

    _report(name, 0, total)
    start = time.perf_counter()
    try:
        yield advance
    finally:
        stage_seconds[name] = stage_seconds.get(name, 0.0) + time.perf_counter() - start


def _report(name: str, done: int, total: int | None) -> None:
    for listener in _listeners:
        listener(name, done, total)
