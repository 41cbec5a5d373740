"""What the load benchmark runs in a process of its own: the raw stage of a build, on a folder.

    python -m benchmarks.load_subject FOLDER WAREHOUSE REPORT

Writes JSON: seconds in all and by stage (imports left out), what was met, and how many dumps this load added by their
load time. What the numbers are compared with is in `load`.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from paperhouse.loading.dumps import load_dumps
from paperhouse.parsing import find_files
from paperhouse.showing import progress
from paperhouse.warehouse.folder import Warehouse


def load_folder(folder: Path, warehouse: Path) -> dict[str, object]:
    """Find and load the dumps of a folder; returns seconds, seconds by stage, counts and rows."""
    house = Warehouse(warehouse)
    house.prepare()
    started, begun_at = time.perf_counter(), datetime.now(UTC).replace(tzinfo=None)
    with progress.stage("find"):
        files = find_files([folder])
    load_dumps(house, files)
    seconds = time.perf_counter() - started
    with house.connect() as connection:
        dumps, entries, rejects, parsed = connection.execute(
            """
            select
                count(*), sum(entry_count)::bigint, sum(reject_count)::bigint,
                count(*) filter (loaded_at >= $begun_at)
            from raw.dumps
            """,
            {"begun_at": begun_at},
        ).fetchall()[0]
    return {
        "seconds": seconds,
        "stages": dict(progress.stage_seconds),
        "counts": dict(progress.counts),
        "notes": list(progress.notes)[:5],
        "dumps": dumps,
        "entries": entries,
        "rejects": rejects,
        "parsed_dumps": parsed,
    }


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(json.dumps(load_folder(Path(sys.argv[1]), Path(sys.argv[2]))), encoding="utf-8")
