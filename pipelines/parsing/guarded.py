"""Reading in a process of its own, which the kernel ends where a dump takes too long; the dumps around it are read.

What belongs here: that process, from both sides, and what becomes of a dump that ends it. Nothing inside a process can
end a library that does not come back (it may hold the interpreter), so the limit is the kernel's: it counts seconds of
the processor, which a busy machine does not make more. What a batch says of its dumps is in `parser`.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import polars as pl

from ..processes import join_parent, start_process
from . import findings, lines, mapping, parser
from .assembly import Parsed, assemble
from .files import Shelf, Source

#: Seconds of the processor that any dump may take, and so many more per MB: layouts take 0.01 to 6 seconds per MB.
FLOOR_SECONDS = 20
SECONDS_PER_MB = 10
#: A file is opened, whatever is in it: what small ones may take in a batch of many.
_SECONDS_PER_FILE = 0.05
#: Seconds on the clock per second of the processor, before a reader that does nothing is ended, too.
WAITING_FACTOR = 20
#: Memory that reading a batch may take beyond what the process has: so much for any, so many times its bytes, and
#: never more than the last.
FLOOR_BYTES, TIMES_BYTES, MOST_BYTES = 1 << 30, 4, 2 << 30
#: Seconds between two looks at the process.
_LOOK_SECONDS = 0.1
_NO_MEMORY = "no memory"
#: What the process runs.
_SERVE = f"from {__name__} import serve; serve()"

_Row = dict[str, Any]


class ReaderError(RuntimeError):
    """The process that reads dumps cannot be started on this machine."""


class _EndedError(Exception):
    """The process ended over a batch: (reason code, what happened, how many entries and rejects came before)."""

    def __init__(self, reason: str, what: str, before: tuple[int, int]) -> None:
        super().__init__(reason, what)
        self.reason, self.what, self.before = reason, what, before


def allow_seconds(byte_count: int, file_count: int = 1) -> int:
    """Seconds of the processor that so many files of so many bytes in all may take."""
    return int(FLOOR_SECONDS + SECONDS_PER_MB * byte_count / (1 << 20) + _SECONDS_PER_FILE * (file_count - 1))


def allow_bytes(byte_count: int) -> int:
    """Bytes of memory that reading a batch of so many bytes may take."""
    return min(MOST_BYTES, FLOOR_BYTES + TIMES_BYTES * byte_count)


def read_dumps(dumps: pl.DataFrame, own: mapping.ColumnMapping = mapping.NO_MAPPING) -> Iterator[Parsed]:
    """What `parse_dumps` gives, from a process of its own; a dump that ends it is held, with the reason.

    Args: as of parse_dumps. Raises ReaderError where the process cannot be started.
    """
    reader = _Reader(own)
    try:
        for batch in parser.cut_batches(dumps):
            yield from _read(reader, batch)
    finally:
        reader.close()


def _read(reader: _Reader, batch: list[_Row]) -> Iterator[Parsed]:
    try:
        yield from reader.read(batch)
        return
    except _EndedError as end:
        if len(batch) == 1:
            with mapping.using(reader.own):
                yield _hold(batch[0], end)
            return
    # A batch comes whole or not at all: each of its dumps is read by itself, and the one that ends the process is told.
    for row in batch:
        yield from _read(reader, [row])


def _hold(row: _Row, end: _EndedError) -> Parsed:
    """The row of a dump that was not read to its end, with one reject."""
    source = Source(row["dump_id"], row["path"], sorted(row["file_names"]), row["folder_name"], row["byte_count"])
    recorder = findings.Recorder()
    recorder.add_reject(0, end.reason, end.what, None, None, "")
    recorder.add_dump(0, source, lines.LineLedger(b""), "unknown", f"{end.reason}: {end.what}")
    parsed = assemble([source], recorder.findings(), *end.before)
    return Parsed(parsed.dumps.with_columns(status=pl.lit("held")), parsed.entries, parsed.rejects, parsed.line_spans)


class _Reader:
    """The process, from outside: started where there is something to read, and again after it has ended."""

    def __init__(self, own: mapping.ColumnMapping) -> None:
        self.own = own
        self.process: subprocess.Popen[bytes] | None = None

    def read(self, batch: list[_Row]) -> Iterator[Parsed]:
        """What is in a batch; raises _EndedError where the process ends over it."""
        if self.process is None:
            self._start()
        size = sum(row["byte_count"] for row in batch)
        seconds = allow_seconds(size, len(batch))
        entries = rejects = 0
        try:
            most = self._count_bytes() + allow_bytes(size)
            self.pipe.send((seconds, batch))
            deadline = time.monotonic() + WAITING_FACTOR * seconds
            while isinstance(answer := self._receive(deadline, most), Parsed):
                entries, rejects = entries + answer.entries.height, rejects + answer.rejects.height
                yield answer
        except (EOFError, OSError):
            reason, what = self._explain(seconds, size)
            raise _EndedError(reason, what, (entries, rejects)) from None
        if answer is not None:
            reason, what = ("too_large", _say_bytes(size)) if answer == _NO_MEMORY else ("reader_ended", str(answer))
            raise _EndedError(reason, what, (entries, rejects))

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.pipe.close()

    def _start(self) -> None:
        try:
            self.process, self.pipe = start_process(_SERVE)
            self.pipe.send(self.own)
            self.pipe.recv()
        except (EOFError, OSError) as error:
            self.close()
            raise ReaderError("The process that reads dumps does not start.") from error

    def _receive(self, deadline: float, most: int) -> object:
        """The next part of the answer, or what is said behind the last; raises EOFError where no more comes.

        Meanwhile the process is looked at, and ended past the deadline or with more than so many bytes of memory.
        """
        assert self.process is not None
        while not self.pipe.poll(_LOOK_SECONDS):
            if time.monotonic() > deadline:
                self.process.send_signal(signal.SIGXCPU)
            elif self._count_bytes() > most:
                self.process.send_signal(signal.SIGABRT)
        return self.pipe.recv()

    def _count_bytes(self) -> int:
        """Bytes of memory that the process holds; Linux alone tells of another process."""
        assert self.process is not None
        if sys.platform != "linux":
            return 0
        try:
            pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * resource.getpagesize()

    def _explain(self, seconds: int, size: int) -> tuple[str, str]:
        """Why the process has ended: reason code and words."""
        assert self.process is not None
        code = self.process.wait()
        self.close()
        if code == -signal.SIGXCPU:
            return "too_slow", (
                f"reading it took more than {seconds} seconds of the processor: {FLOOR_SECONDS} and "
                f"{SECONDS_PER_MB} for each of its {size / (1 << 20):.1f} MB"
            )
        if code == -signal.SIGABRT:
            # What a library does that gets no memory.
            return "too_large", _say_bytes(size)
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return "reader_ended", f"the process that read it ended ({name})"


def _say_bytes(size: int) -> str:
    return (
        f"reading it took more than {allow_bytes(size) >> 20:,} MB of memory: {FLOOR_BYTES >> 20:,} and "
        f"{TIMES_BYTES} times its {size / (1 << 20):.1f} MB, at most {MOST_BYTES >> 20:,}; part it"
    )


def serve() -> None:
    """Read batches as they are asked for, until nobody asks any more: what the process runs."""
    shelf = Shelf()
    with contextlib.suppress(EOFError, BrokenPipeError):
        pipe = join_parent()
        own = pipe.recv()
        pipe.send("ready")
        # What a library says before it aborts is said in the reject.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with mapping.using(own):
            while True:
                _answer(pipe, shelf)


def _answer(pipe: Connection, shelf: Shelf) -> None:
    seconds, batch = pipe.recv()
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Whole seconds: the one that has begun is not counted.
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)
    end = None
    try:
        with parser.pause_collector():
            for parsed in parser.parse_batch(batch, shelf):
                pipe.send(parsed)
    except (EOFError, BrokenPipeError):
        raise
    except MemoryError:
        end = _NO_MEMORY
    except Exception as error:  # whatever a dump does to a layout, the others are read
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        end = f"reading it failed with {type(error).__name__} in {where}: {str(error)[:200]}"
    pipe.send(end)


def _limit(kind: int, value: int) -> None:
    """Set a limit of this process, as far as its own surroundings allow it."""
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (value if most == resource.RLIM_INFINITY else min(value, most), most))
