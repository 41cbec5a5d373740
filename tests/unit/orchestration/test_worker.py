"""The process beside this one: what comes of it, when, and what is said where it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from planted_work import (
    count,
    end_by,
    fail,
    fail_after,
    fail_oddly,
    name_process,
    read_variable,
    wait_for,
)

from paperhouse.orchestration import worker
from paperhouse.orchestration.worker import work_ahead, work_beside
from paperhouse.processes import WorkerEndedError

FOLDER = str(Path(__file__).parent)


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """A process of this module's own, which knows what is planted."""
    monkeypatch.setenv("PYTHONPATH", FOLDER)
    monkeypatch.setattr(worker, "_worker", None)
    yield
    if worker._worker and worker._worker.lives():
        worker._worker.end()


def test_each_item_comes_while_the_next_is_made(tmp_path):
    fifo = tmp_path / "taken"
    os.mkfifo(fifo)
    stream = work_beside(wait_for, fifo)
    assert next(stream) == "first"
    fifo.write_text("second")
    assert list(stream) == ["second"]


def test_one_process_does_all_and_it_is_another_one():
    [first], [second] = list(work_beside(name_process)), list(work_beside(name_process))
    assert first == second != os.getpid()


def test_what_was_asked_ahead_is_done_before_and_nobody_hears_of_it():
    work_ahead(name_process)
    work_ahead(fail)
    assert list(work_beside(count, 3)) == [0, 1, 2]


def test_what_is_raised_there_is_raised_here_after_what_came_before():
    stream = work_beside(fail_after, 1, KeyError("kettle"))
    assert next(stream) == 1
    with pytest.raises(KeyError, match="kettle"):
        next(stream)
    with pytest.raises(RuntimeError, match="UnpicklableError: a b"):
        list(work_beside(fail_oddly))
    assert list(work_beside(count, 1)) == [0]


def test_the_environment_is_that_of_whoever_asks(monkeypatch):
    for value in ("one", "two"):
        monkeypatch.setenv("PAPERHOUSE_KETTLE", value)
        assert list(work_beside(read_variable, "PAPERHOUSE_KETTLE")) == [value]
    monkeypatch.delenv("PAPERHOUSE_KETTLE")
    assert list(work_beside(read_variable, "PAPERHOUSE_KETTLE")) == [None]


def test_whoever_stops_ends_the_process_and_the_next_work_has_another_one():
    [before] = work_beside(name_process)
    stream = work_beside(count, 10**9)
    next(stream)
    stream.close()
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    [after] = work_beside(name_process)
    assert after != before


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGKILL, "where memory is short. Give it less to take: PAPERHOUSE_MEMORY_LIMIT=500MB"),
        (signal.SIGSEGV, r"The process in which dbt works ended \(SIGSEGV\)"),
    ],
)
def test_a_process_that_ends_by_itself_is_told(number, words):
    stream = work_beside(end_by, number)
    assert next(stream) == "begun"
    with pytest.raises(WorkerEndedError, match=words):
        next(stream)
    assert list(work_beside(count, 1)) == [0]


def test_ctrl_c_is_not_for_it():
    assert list(work_beside(end_by, signal.SIGINT)) == ["begun"]


def test_it_ends_with_the_process_that_started_it_and_says_nothing():
    code = """
import os, signal
from planted_work import hold_semaphore
from paperhouse.orchestration.worker import work_beside
print(next(work_beside(hold_semaphore)), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    # Its output ends when the last process that has it has ended.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
    assert done.stderr == ""
