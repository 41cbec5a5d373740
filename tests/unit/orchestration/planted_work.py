"""What the process beside the tests' own does in its tests: it knows no function of a test."""

from __future__ import annotations

import multiprocessing
import os
import signal


def count(limit):
    yield from range(limit)


def name_process():
    yield os.getpid()


def fail_after(item, error):
    yield item
    raise error


def read_variable(name):
    yield os.environ.get(name)


def end_by(number):
    yield "begun"
    os.kill(os.getpid(), number)


def wait_for(fifo):
    """A second item once somebody has written, which only happens after the first has come."""
    yield "first"
    yield fifo.read_text()


class UnpicklableError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} {two}")


def fail():
    yield from fail_after(1, ValueError("ahead"))


def fail_oddly():
    yield from ()
    raise UnpicklableError("a", "b")


def hold_semaphore():
    lock = multiprocessing.get_context("spawn").RLock()
    yield os.getpid()
    with lock:
        signal.pause()
