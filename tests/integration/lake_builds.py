"""The command as a user gives it with another engine, on one warehouse: `python lake_builds.py DUMPS FOLDER`.

In a process of its own, which prints a line of JSON after each: the engine makes a part of the dumps, then all of them
in the same lake; a third has nothing to do; then DuckDB makes the models in the file that the engine has left, by dbt
alone: gates and release know of no engine, and have passed twice by then.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import duckdb

from paperhouse.commands.door import answer
from paperhouse.orchestration.dbt_run import run_dbt
from paperhouse.orchestration.dbt_stream import NO_TESTS
from paperhouse.warehouse.folder import Warehouse


def main() -> None:
    """Build, and copy the file of the pipeline after each build beside the warehouse, as what is compared."""
    dumps, folder = Path(sys.argv[1]), Path(sys.argv[2])
    files = sorted(path for path in dumps.rglob("*") if path.is_file())
    some = [str(path) for path in files[: len(files) // 2]]
    place = ["--warehouse", str(folder / "warehouse")]
    engine = ["--engine", "local", "--lake", str(folder / "lake")]
    for name, inputs in {"some": some, "all": [str(dumps)], "again": [str(dumps)]}.items():
        _tell(folder, name, answer(["build", *inputs, *engine, *place]))
    _tell(folder, "duckdb", int(bool(run_dbt(Warehouse(folder / "warehouse"), ["build", *NO_TESTS]).problem)))


def _tell(folder: Path, name: str, code: int) -> None:
    """Keep the file as it is after a build, with all rows of its marts, and print what is to be known of that."""
    shutil.copy(folder / "warehouse" / "warehouse.duckdb", folder / f"{name}.duckdb")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{folder / f'{name}.duckdb'}' as warehouse; use warehouse")  # as views know it
        marts = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' and table_type = 'VIEW'"
        ).fetchall()
        for (mart,) in marts:  # the next build in the lake replaces what they read
            connection.execute(f"create table marts.copied as from marts.{mart}; drop view marts.{mart}")
            connection.execute(f"alter table marts.copied rename to {mart}")
        tests = "select count(*) from quality.check_results where stage = 'dbt' and status = 'pass'"
        passed = connection.execute(tests).fetchall()[0][0]
    releases = len(list((folder / "warehouse" / "releases").glob("2*")))
    parts = sorted(str(path.relative_to(folder)) for path in (folder / "lake" / "extracted").rglob("*.parquet"))
    told = {
        "build": name, "code": code, "releases": releases, "passed tests": passed, "parts": parts, "views": len(marts)
    }  # fmt: skip
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
