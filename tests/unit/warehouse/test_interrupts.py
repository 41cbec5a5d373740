"""A command that is stopped: heard at once whatever holds its work, one sentence, the right end."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.stopping import hear_signals

SCRIPT = """
import sys, threading
from paperhouse.warehouse import interrupts

def work():
    {work}
    return 3

sys.exit(interrupts.run(work))
"""
#: Work that holds its thread in somebody else's code for minutes.
HELD = {
    "DuckDB": "import duckdb; say(); "
    "duckdb.sql('select max(a.range * b.range) from range(9999999) a, range(9999999) b').fetchall()",
    "Polars": "import polars as pl; say(); pl.LazyFrame({'a': range(3)}).collect(); threading.Event().wait()",
    "Python": "say()\n    while True: pass",
    "the lock of a file": "import fcntl, tempfile; f = open(name, 'a+'); say(); fcntl.flock(f, fcntl.LOCK_EX)",
    "a loop that takes no exception": "say(); import contextlib\n"
    "    while True:\n        with contextlib.suppress(BaseException): threading.Event().wait()",
}
SAY = "say = lambda: print('working', flush=True)\nname = sys.argv[1]\n"


def start(work: str, name: str = "", script: str = SCRIPT) -> subprocess.Popen:
    code = script.replace("def work():", SAY + "\ndef work():").replace("{work}", work)
    process = subprocess.Popen(
        [sys.executable, "-c", code, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("work", HELD.values(), ids=HELD)
def test_a_stop_is_one_sentence_and_the_signals_end(tmp_path, work, number):
    import fcntl

    with (tmp_path / "lock").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = start(work, str(tmp_path / "lock"))
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said.startswith("Stopped by ")
    assert said.count("\n") == 1
    assert "goes on from there" in said


def test_the_sentence_is_said_where_the_work_began_whatever_has_taken_the_place_of_stderr(tmp_path):
    process = start(
        "import os; os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), 2); say(); threading.Event().wait()",
        str(tmp_path / "captured"),
    )
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert said.startswith("Stopped by SIGTERM")
    assert (tmp_path / "captured").read_bytes() == b""


def test_work_that_ends_gives_its_code():
    process = start("say()")
    assert process.wait(timeout=60) == 3


def test_what_is_registered_is_done_and_said_before_the_end(tmp_path):
    done = tmp_path / "done"
    process = start(
        "with interrupts.when_stopped('the nest is whole', lambda: open(name, 'w').close()):\n"
        "        say(); threading.Event().wait()",
        str(done),
    )
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert said == "Stopped by SIGTERM: the nest is whole.\n"
    assert done.exists()


def test_a_second_signal_ends_at_once_where_the_first_one_is_held_up():
    process = start(
        "with interrupts.when_stopped(act=lambda: (print('acting', flush=True), threading.Event().wait())):\n"
        "        say(); threading.Event().wait()"
    )
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "acting\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGINT, 130)


def test_an_act_that_fails_or_never_ends_keeps_nothing_from_ending():
    process = start(
        "with interrupts.when_stopped(act=lambda: 1 / 0), interrupts.when_stopped(act=threading.Event().wait):\n"
        "        say(); threading.Event().wait()"
    )
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.count("\n")) == (143, 1)


def test_a_release_that_is_being_shown_is_shown_whole_before_the_end(tmp_path):
    """The stop comes between two files that belong together: it waits for the second."""
    process = start(
        "import os, signal\n    with interrupts.undivided():\n"
        "        say(); os.kill(os.getpid(), signal.SIGTERM); sum(range(3_000_000)); open(name, 'w').close()\n"
        "    threading.Event().wait()",
        str(tmp_path / "second"),
    )
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert (tmp_path / "second").exists()


def test_a_signal_that_was_ignored_before_stays_so():
    script = SCRIPT.replace("def work", "import os, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\ndef work")
    process = start("say(); os.kill(os.getpid(), signal.SIGHUP)", script=script)
    assert process.wait(timeout=60) == 3
