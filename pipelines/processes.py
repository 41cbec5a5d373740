"""Another Python process that works for this one, and does not outlive it.

What belongs here: starting one and joining the two, seen from both sides. What it is asked, and how it answers, is the
business of whoever starts it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection

#: Linux: the signal a process gets when the one that started it ends (`prctl`).
_DEATH_SIGNAL = 1


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
