"""For tests that stop a process: it hears each signal, whatever the shell that started the tests ignores."""

from __future__ import annotations

import signal


def hear_signals() -> None:
    """As `preexec_fn`: signals that stop a process do what they do unless somebody says otherwise."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
