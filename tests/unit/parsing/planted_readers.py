"""A text layout that does not come back from some dumps: what the process of `guarded` runs in its tests."""

import os
import re
import signal

from paperhouse.parsing import guarded
from paperhouse.parsing.layouts import text

_parse = text.parse


def parse(sources):
    """Read sources as the layout does, but for those that ask for something else."""
    for _, source, _ in sources:
        if b"loops" in source.data:
            while True:
                pass
        if b"hangs in C" in source.data:
            # The interpreter is held, and looks for signals in vain.
            re.match(r"(?:a|a)*b", "a" * 60)
        if b"fills" in source.data:
            held = [bytes(1 << 20) for _ in range(1 << 14)]
            assert not held
        if b"waits" in source.data:
            signal.pause()
        if b"crashes" in source.data:
            os.kill(os.getpid(), signal.SIGSEGV)
        if b"aborts" in source.data:
            os.abort()
        if b"fails" in source.data:
            raise KeyError("planted")
    return _parse(sources)


def serve() -> None:
    """Serve with that layout."""
    text.parse = parse
    guarded.serve()
