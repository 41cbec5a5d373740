"""A process beside the one in which Dagster runs: what it makes comes one by one, while the next is being made.

dbt works there. Its Python and Dagster's would wait for each other in one process; it loads while dumps are being read;
and what it takes of memory comes back when it has done. What belongs here: that process from both sides, one for all
builds of this one. What is done in it is a generator, named by its function.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import pickle
import signal
import subprocess
from collections.abc import Callable, Generator, Iterator
from multiprocessing import resource_tracker
from typing import Any, TypeVar

from ..processes import join_parent, start_process
from ..warehouse.settings import MEMORY_VARIABLE

_Item = TypeVar("_Item")

#: What the process runs.
_SERVE = f"from {__name__} import serve; serve()"
#: Seconds after which whoever waits hears of a signal. Polars lets the system take a wait up again as if no signal had
#: come, so that one without an end would hear of none.
HEARING = 0.2
#: Seconds it may take to end by itself.
PATIENCE = 2.0
_worker: _Worker | None = None


class WorkerEndedError(RuntimeError):
    """The process ended over its work, or does not start."""


def work_ahead(function: Callable[[], Iterator[object]]) -> None:
    """Have the process do something that is wanted later, such as loading; nobody waits for it."""
    _get_worker().ask(function)


def work_beside(function: Callable[..., Iterator[_Item]], *arguments: object) -> Generator[_Item]:
    """Iterate there what a function of a module gives, and yield it here, each as soon as it is there.

    Arguments and what comes are pickled; the environment is this one's. What is raised there is raised here. Where
    whoever iterates stops or is interrupted, the process ends, which leaves files as any end of a build does. Raises
    WorkerEndedError where it ends by itself.
    """
    worker = _get_worker()
    is_done = False
    try:
        worker.ask(function, *arguments)
        yield from worker.answer()
        is_done = True
    finally:
        if not is_done:
            worker.end()


def _get_worker() -> _Worker:
    global _worker
    if _worker is None or not _worker.lives():
        _worker = _Worker()
    return _worker


@atexit.register
def _dismiss() -> None:
    """Let it end by itself, so that what it took counts as this process's."""
    if _worker is not None:
        _worker.dismiss()


class _Worker:
    """The process, from outside. Each question is answered to its end before the next; ahead counts those unheard."""

    def __init__(self) -> None:
        try:
            self._process, self._pipe = start_process(_SERVE)
        except OSError as error:
            raise WorkerEndedError(f"The process in which dbt works does not start: {error}.") from error
        self._ahead = -1

    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, function: Callable[..., Iterator[object]], *arguments: object) -> None:
        with self._explaining():
            self._pipe.send((dict(os.environ), function, arguments))
        self._ahead += 1

    def answer(self) -> Generator[Any]:
        """What comes of the last question."""
        for _ in range(self._ahead):
            with contextlib.suppress(Exception):  # whatever it is, the work that follows meets it
                for _ in self._take():
                    pass
        self._ahead = -1
        yield from self._take()

    def dismiss(self) -> None:
        if self._ahead >= 0:  # it is at something that nobody wants any more
            self._process.kill()
        self._pipe.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._pipe.close()

    def _take(self) -> Generator[Any]:
        while True:
            with self._explaining():
                while not self._pipe.poll(HEARING):
                    pass
                kind, found = self._pipe.recv()
            if kind == "item":
                yield found
            elif kind == "raised":
                raise found
            else:
                return

    @contextlib.contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise WorkerEndedError(_explain_end(self._process)) from None


def _explain_end(process: subprocess.Popen[bytes]) -> str:
    code = process.wait()
    if code == -signal.SIGKILL:
        return (
            "The system ended the process in which dbt works, as it does where memory is short. Give it less to take: "
            f"{MEMORY_VARIABLE}=500MB paperhouse build."
        )
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"The process in which dbt works ended ({name})."


def serve() -> None:
    """Do what is asked, one after the other, until nobody asks any more: what the process runs."""
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe = join_parent()
        _quiet_tracker()
        while True:
            environment, function, arguments = pipe.recv()
            os.environ.clear()
            os.environ.update(environment)
            try:
                for item in function(*arguments):
                    pipe.send(("item", item))
                answer: tuple[str, object] = ("done", None)
            except (EOFError, BrokenPipeError, ConnectionResetError):
                raise
            except BaseException as error:
                answer = ("raised", _make_sendable(error))
            gc.collect()
            pipe.send(answer)


def _make_sendable(error: BaseException) -> BaseException:
    """An error as it is, or its words where it does not come through a pipe as it is."""
    with contextlib.suppress(Exception):
        pickle.loads(pickle.dumps(error))
        return error
    return RuntimeError(f"{type(error).__name__}: {error}")


def _quiet_tracker() -> None:
    """Keep Python from warning of semaphores, which dbt asks for, where this process is ended: they are given back."""
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # the tracker is a process, which keeps what it begins with
    resource_tracker.ensure_running()
    os.dup2(stderr, 2)
    os.close(stderr)
    os.close(nowhere)
