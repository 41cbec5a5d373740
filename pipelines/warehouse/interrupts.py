"""Ctrl-C, SIGTERM and SIGHUP: a command works in a thread, and the main thread, free of work, hears signals at once.

Python runs its signal handlers in the main thread and between two of its steps only, so that one inside Polars or
DuckDB hears nothing for as long as a query takes; and frameworks put handlers of their own into the main thread's place
(Dagster, dbt), in no other thread. What a command writes is whole wherever it is killed (transactions, files and links
moved in one step). So nothing is unwound: what has to be said of the work is done, a sentence is written, and the
process ends. What belongs here: that, what a piece of work registers for its end, and the one thing that is waited for.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

_SIGNALS = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "the terminal's end (SIGHUP)"}
#: Seconds that registered acts, and a release that is just being shown, may take before the process ends without them.
_PATIENCE = 1.2
#: As in a main thread; a thread of its own would have less where the system's limit is "unlimited".
_STACK_BYTES = 16 * 2**20

_WORDS = ["what stands is whole and stays, and the same command, given again, goes on from there"]
_acts: list[Callable[[], None]] = []
#: Where the sentence goes: stderr as it was when the work began.
_stderr = 2
_moment = threading.Lock()


@contextlib.contextmanager
def when_stopped(words: str = "", act: Callable[[], None] | None = None) -> Iterator[None]:
    """For the block: what a stop says of what stands, and what it does before the process ends.

    An act is called in a thread of its own while the work goes on, and has about a second.
    """
    if words:
        _WORDS.append(words)
    if act:
        _acts.append(act)
    try:
        yield
    finally:
        if words:
            _WORDS.remove(words)
        if act:
            _acts.remove(act)


@contextlib.contextmanager
def undivided() -> Iterator[None]:
    """A block, of milliseconds, that a stop waits for, and that no stop lets begin: a release is shown or is not."""
    with _moment:
        yield


def run(work: Callable[[], int]) -> int:
    """Do the work of a command in a thread, and return its exit code; on a signal, end the process with 128 + signal.

    A signal that is ignored already (nohup, a shell's background) stays so. A second one ends the process as the system
    does, at once. Must be called in the main thread.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    # Waiting for the thread itself would not do: Polars puts its own handler before ours, after which the system takes
    # such a wait up again as if nothing had happened. A byte that can be read ends any wait.
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    # Dagster's steps put a file in the place of stderr, and a child that copies it; Ctrl-C ends that child as well.
    global _stderr
    _stderr = os.dup(2)
    code, is_done = 1, False

    def work_and_tell() -> None:
        nonlocal code, is_done
        try:
            code = work()
        finally:
            is_done = True
            os.write(writing, b"\0")

    threading.stack_size(_STACK_BYTES)
    threading.Thread(target=work_and_tell, name="work", daemon=True).start()
    threading.stack_size(0)
    while not is_done:
        os.read(reading, 1)
    _let_signals_end()
    return code


def _let_signals_end() -> None:
    """From here on a signal ends the process without Python, which may be held up."""
    for number in _SIGNALS:
        if signal.getsignal(number) is _stop:
            signal.signal(number, signal.SIG_DFL)


def _stop(number: int, _frame: object) -> None:
    """End the process: acts, one sentence, and 128 + the signal's number. The main thread holds nothing but this."""
    _let_signals_end()
    acting = threading.Thread(target=_act, daemon=True)
    acting.start()
    acting.join(_PATIENCE)
    # A cursor that a bar has hidden comes back; the system's call, since the work may be holding Python's own files.
    shown = "\x1b[?25h\n" if os.isatty(_stderr) else ""
    with contextlib.suppress(OSError):
        os.write(_stderr, f"{shown}Stopped by {_SIGNALS[signal.Signals(number)]}: {_WORDS[-1]}.\n".encode())
    os._exit(128 + number)


def _act() -> None:
    _moment.acquire()  # and never let go: from now on no release is shown
    for act in reversed(_acts):
        with contextlib.suppress(Exception):  # a stop is no time to fail
            act()
    if "multiprocessing.util" in sys.modules:
        # Private: gives back the semaphores that dbt asked for, of which Python would warn after our end.
        sys.modules["multiprocessing.util"]._run_finalizers()
