"""The door: where `paperhouse` begins and ends, whatever happens in between.

What belongs here: signals, before anything that takes long is loaded; output that the encoding lacks or the disk has no
room for; the one place where an error that no command has put into words is caught. The words are in `faults`.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import resource
import sys
from collections.abc import Sequence
from typing import TextIO

from ..warehouse import interrupts

#: Bytes of addresses without which Polars and DuckDB end the process while they load, without a word.
LEAST_ADDRESSES = 2 * 10**9


def main() -> None:
    """What the executable calls."""
    _fill_descriptors()
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_ADDRESSES:
        sys.exit(
            f"Error: The addresses of a process are limited to {limit // 10**6:,} MB here (`ulimit -v`), and nothing "
            f"of Paperhouse loads with less than {LEAST_ADDRESSES // 10**6:,} MB. Raise the limit, or take it away."
        )
    collect_seldom()
    code = interrupts.run(lambda: answer(sys.argv[1:]))
    # What is to be done at the end is done; taking the frameworks' modules apart as well takes a build a second.
    atexit._run_exitfuncs()
    os._exit(code)


def collect_seldom() -> None:
    """Look for circles of dead objects a hundred times more seldom: a build has few, and 3 s of 44 went there."""
    gc.set_threshold(50_000, 20, 100)


def answer(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. Raises nothing: what goes wrong is said on stderr, as a sentence."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # what the encoding lacks
    code = 1
    try:
        from .app import app

        try:
            app(list(arguments), prog_name="paperhouse")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stdout.flush()
    except BrokenPipeError:
        code = 1  # whoever read has had enough
    except BaseException as error:
        code = 1
        with contextlib.suppress(Exception):  # nothing can be said where stderr is full, too
            from .faults import tell

            tell(error)
    for stream in (sys.stdout, sys.stderr):
        _let_go(stream)
    return code


def _fill_descriptors() -> None:
    """Give what was closed (`>&-`) to nobody: else the first file that is opened, a database, would be the output."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))


def _let_go(stream: TextIO) -> None:
    """Write what is left, or drop it where that is not possible, so that Python does not fail on it at its very end."""
    with contextlib.suppress(Exception):
        stream.flush()
        return
    with contextlib.suppress(Exception):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
