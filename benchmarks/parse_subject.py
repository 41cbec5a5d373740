"""What the parse benchmark runs in a process of its own: read a folder of dumps, to frames and into a warehouse.

    python -m benchmarks.parse_subject REPEAT FOLDER [WAREHOUSE]

Prints a line of JSON: seconds of the processor to frames and loaded, each the fewest of so many runs, entries, rejects.
What is paid once, however much is read, is left out of the seconds: imports, the first use of everything (one file is
parsed before the clock starts), a new warehouse's tables. What the seconds are compared with is in `parse`.
"""

import json
import resource
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl

from paperhouse.loading.dumps import load_dumps
from paperhouse.parsing import find_files, hash_files, parse_dumps
from paperhouse.warehouse.folder import Warehouse

_Result = TypeVar("_Result")


def parse_to_frames(folder: Path) -> tuple[int, int]:
    """Parse every dump under a folder, keep nothing; return how many entries and rejects there were."""
    hashed = hash_files(find_files([folder]))
    dumps = hashed.with_columns(file_names=pl.concat_list("file_name"))
    parsed = [(batch.entries.height, batch.rejects.height) for batch in parse_dumps(dumps)]
    return sum(entries for entries, _ in parsed), sum(rejects for _, rejects in parsed)


def time_frames(folder: Path) -> tuple[float, tuple[int, int]]:
    """Seconds of the processor to frames, and how many entries and rejects there were."""
    return _time(lambda: parse_to_frames(folder))


def time_loading(folder: Path, warehouse: Path) -> float:
    """Seconds of the processor into a new warehouse's raw tables, those of the process that reads included."""
    shutil.rmtree(warehouse, ignore_errors=True)
    house = Warehouse(warehouse)
    house.prepare()
    seconds, _ = _time(lambda: load_dumps(house, find_files([folder])))
    shutil.rmtree(warehouse)
    return seconds


def _time(run: Callable[[], _Result]) -> tuple[float, _Result]:
    before = _count_seconds()
    result = run()
    return _count_seconds() - before, result


def _count_seconds() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    repeat, corpus = int(sys.argv[1]), Path(sys.argv[2])
    parse_to_frames(find_files([corpus])[0])
    runs = [time_frames(corpus) for _ in range(repeat)]
    figures = {"frames": min(seconds for seconds, _ in runs), "entries": runs[0][1][0], "rejects": runs[0][1][1]}
    if len(sys.argv) > 3:
        figures["loaded"] = min(time_loading(corpus, Path(sys.argv[3])) for _ in range(repeat))
    print(json.dumps(figures))
