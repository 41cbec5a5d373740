"""Runs whose process ended without a word: killed, or on a machine that went down.

Dagster would show them as started for ever, and a queue of one run would wait for them. What belongs here: how a run
shows that its process is alive, and saying of the others that they failed.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

_UNFINISHED = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
#: Files that this process holds.
_HELD: set[Path] = set()
#: What is said of such a run.
LOST = (
    "The process of this run ended without a word: it was killed, or the machine went down. What was published is "
    "whole and stays, what was read is kept; build again, and that goes on from there."
)


@contextmanager
def show_alive(home: Path, run_id: str) -> Iterator[None]:
    """Hold a file of a run in Dagster's home for the length of the block: a process lets go of it however it ends.

    A block inside that asks for the same run has it already: a step of its own in a run that holds the warehouse.
    """
    file = home / "alive" / run_id
    if file in _HELD:
        yield
        return
    file.parent.mkdir(exist_ok=True)
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _HELD.add(file)
        try:
            yield
        finally:
            _HELD.discard(file)
            # Gone before it is let go of: who ends in order is never taken for lost.
            file.unlink(missing_ok=True)


def end_lost_runs(instance: dg.DagsterInstance, home: Path) -> list[str]:
    """Report each unfinished run whose file nobody holds as failed; return their ids."""
    files = [file for file in sorted((home / "alive").glob("*")) if _is_let_go(file)]
    lost = []
    for file in files:
        run = instance.get_run_by_id(file.name)
        if run and run.status in _UNFINISHED:
            instance.report_run_failed(run, LOST)
            lost.append(file.name)
        file.unlink(missing_ok=True)
    return lost


def _is_let_go(file: Path) -> bool:
    """Whether the process that made the file has ended; False where the file is gone: its run ended in order."""
    try:
        with file.open("r+") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
