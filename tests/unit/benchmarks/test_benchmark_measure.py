import os
import sys
from pathlib import Path

import pytest

from benchmarks.measure import CommandFailed, Usage, measure

MEBIBYTE = 2**20
#: Fills 200 MiB, so that the pages are really there.
FILL = "x = bytearray(200 * 2**20); x[::4096] = b'1' * len(x[::4096])"
SPIN = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def test_a_command_is_measured_with_its_children():
    fill = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {FILL!r}], check=True)"
    used = measure([sys.executable, "-c", fill])
    assert 200 * MEBIBYTE < used.peak_bytes < 300 * MEBIBYTE
    spin = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SPIN!r}], check=True)"
    used = measure([sys.executable, "-c", spin])
    assert 0.3 <= used.cpu_seconds < 5
    assert used.wall_seconds > 0.25


def test_the_memory_of_whoever_measures_does_not_count():
    held = bytearray(150 * MEBIBYTE)
    held[:: os.sysconf("SC_PAGE_SIZE")] = b"1" * len(held[:: os.sysconf("SC_PAGE_SIZE")])
    assert measure(["true"]).peak_bytes < 50 * MEBIBYTE


def test_the_median_run_counts_and_every_run_is_told(tmp_path: Path):
    told: list[Usage] = []
    prepared: list[int] = []
    used = measure(["true"], repeat=3, before=lambda: prepared.append(1), after=told.append)
    assert len(prepared) == len(told) == 3
    assert used is sorted(told, key=lambda run: run.wall_seconds)[1]


def test_a_failure_shows_the_end_of_the_output():
    with pytest.raises(CommandFailed, match=r"(?s)exit code 3.*last words"):
        measure([sys.executable, "-c", "import sys; print('last words'); sys.exit(3)"])
