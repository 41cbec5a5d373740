"""Run one command and report what it used: the only code between a measurement and its subject.

Started as a script by `measure`, with the standard library alone, so that it stays small: Linux counts the memory of
whoever starts a process towards that process's peak. What to run, and what the numbers mean, is decided elsewhere.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def launch(report: Path, log: Path, command: list[str]) -> int:
    """Run a command with its output in a log file, write its usage as JSON, and return its exit code.

    `wait4` reports the CPU time of the command and of every descendant that was waited for, and as peak memory that
    of the largest single one of these processes.
    """
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    # Kibibytes on Linux, bytes on macOS.
    scale = 1 if sys.platform == "darwin" else 1024
    exit_code = os.waitstatus_to_exitcode(status)
    measured = {
        "wall_seconds": wall,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * scale,
        "exit_code": exit_code,
    }
    report.write_text(json.dumps(measured), encoding="utf-8")
    return exit_code


if __name__ == "__main__":
    sys.exit(launch(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
