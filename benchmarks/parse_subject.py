"""What the parse benchmark runs in a process of its own: read a folder of dumps, to frames or into a warehouse.

    python -m benchmarks.parse_subject FOLDER [WAREHOUSE]

Prints a line of JSON: seconds, entries, rejects. What is paid once, however much is read, is left out of the seconds:
imports, the first use of everything (one file is parsed before the clock starts), a new warehouse's tables. What the
seconds are compared with is in `parse`.
"""

import json
import sys
import time
from pathlib import Path

import polars as pl

from paperhouse.loading.dumps import load_dumps
from paperhouse.parsing import find_files, hash_files, parse_dumps
from paperhouse.warehouse.folder import Warehouse


def parse_to_frames(folder: Path) -> tuple[int, int]:
    """Parse every dump under a folder, keep nothing; return how many entries and rejects there were."""
    hashed = hash_files(find_files([folder]))
    dumps = hashed.with_columns(file_names=pl.concat_list("file_name"))
    parsed = [(batch.entries.height, batch.rejects.height) for batch in parse_dumps(dumps)]
    return sum(entries for entries, _ in parsed), sum(rejects for _, rejects in parsed)


def load_into_warehouse(folder: Path, warehouse: Path) -> tuple[int, int]:
    """Load every dump into a warehouse's raw tables; return how many entries and rejects there are."""
    house = Warehouse(warehouse)
    load_dumps(house, find_files([folder]))
    with house.connect() as connection:
        counts = connection.execute(
            "select (select count(*) from raw.entries), (select count(*) from raw.rejects)"
        ).fetchall()
    return counts[0]


if __name__ == "__main__":
    parse_to_frames(find_files([Path(sys.argv[1])])[0])
    if len(sys.argv) > 2:
        Warehouse(Path(sys.argv[2])).prepare()
    started = time.perf_counter()
    if len(sys.argv) > 2:
        entry_count, reject_count = load_into_warehouse(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        entry_count, reject_count = parse_to_frames(Path(sys.argv[1]))
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "entries": entry_count, "rejects": reject_count}))
