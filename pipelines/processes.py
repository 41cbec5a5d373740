"""Another Python process that works for this one, and does not outlive it.

What belongs here: starting one and joining the two, seen from both sides; and a worker, whose work is a generator,
named by its function. What else one may be asked, and how it answers, is the business of whoever starts it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from multiprocessing import Pipe, resource_tracker
from multiprocessing.connection import Connection
from typing import Any, TypeVar

#: Linux: the signal a process gets when the one that started it ends (`prctl`).
_DEATH_SIGNAL = 1

_Item = TypeVar("_Item")

#: What a worker runs.
_SERVE = f"from {__name__} import serve; serve()"
#: Seconds after which whoever waits hears of a signal. Polars lets the system take a wait up again as if no signal had
#: come, so that one without an end would hear of none.
HEARING = 0.2
#: Seconds a worker may take to end by itself.
PATIENCE = 2.0


class WorkerEndedError(RuntimeError):
    """A worker ended over its work, or does not start; the message says which and why."""


def start_process(code: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """Run code, which joins this process first, in a new one; returns it and this end of a pipe between the two.

    On Linux it ends with the thread that called this. Raises OSError where it does not start.
    """
    pipe, end = Pipe()
    with end:
        process = subprocess.Popen([sys.executable, "-P", "-c", code, str(end.fileno())], pass_fds=[end.fileno()])
    pipe.send(os.getpid())
    return process, pipe


def join_parent() -> Connection:
    """In the new process: its end of the pipe, once it is settled that it ends with the one that started it.

    Ctrl-C reaches both, and is the other one's to hear. Raises EOFError where that has ended by now.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe: Connection = Connection(int(sys.argv[1]))
    parent = pipe.recv()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        raise EOFError
    return pipe


class Worker:
    """A process that iterates what functions of modules give, one after the other, and sends it here as it comes."""

    def __init__(self, work: str, remedy: str) -> None:
        """Start it. For people: what is done there (`dbt works`), what helps where memory is short.

        Raises WorkerEndedError where it does not start.
        """
        self._place, self._remedy = f"process in which {work}", remedy
        try:
            self._process, self._pipe = start_process(_SERVE)
        except OSError as error:
            raise WorkerEndedError(f"The {self._place} does not start: {error}.") from error
        # Questions before the one that is answered, of which nobody hears.
        self._ahead = -1

    def lives(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def ask(self, function: Callable[..., Iterator[object]], *arguments: object) -> None:
        """Have it do something, in this environment; nobody waits for it."""
        with self._explaining():
            self._pipe.send((dict(os.environ), function, arguments))
        self._ahead += 1

    def work(self, function: Callable[..., Iterator[_Item]], *arguments: object) -> Generator[_Item]:
        """What a function gives there, each as soon as it is there.

        Arguments and what comes are pickled; the environment is this one's. What is raised there is raised here. Where
        whoever iterates stops or is interrupted, the process ends, which leaves files as any end of a build does.
        Raises WorkerEndedError where it ends by itself.
        """
        is_done = False
        try:
            self.ask(function, *arguments)
            yield from self._answer()
            is_done = True
        finally:
            if not is_done:
                self.end()

    def _answer(self) -> Generator[Any]:
        for _ in range(self._ahead):
            with contextlib.suppress(Exception):  # whatever it is, the work that follows meets it
                for _ in self._take():
                    pass
        self._ahead = -1
        yield from self._take()

    def dismiss(self) -> None:
        """Let it end by itself, so that what it took counts as this process's."""
        if self._ahead >= 0:  # it is at something that nobody wants any more
            self._process.kill()
        self._pipe.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def end(self) -> None:
        """End it, whatever it does."""
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
            raise WorkerEndedError(self._explain_end()) from None

    def _explain_end(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return f"The system ended the {self._place}, as it does where memory is short. {self._remedy}"
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"The {self._place} ended ({name})."


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
