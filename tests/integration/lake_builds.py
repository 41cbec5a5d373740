"""The command as a user gives it with another engine, on one warehouse: `python lake_builds.py DUMPS FOLDER`.

In a process of its own, which prints a line of JSON after each: the engine makes a part of the dumps, then all of them
in the same lake, where it runs the unit tests of the models, too; a third has nothing to do; then DuckDB makes the
models in the file that the engine has left, by dbt alone: gates and release know of no engine, and have passed twice by
then.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from benchmarks.measure import ROOT
from paperhouse.commands.door import answer
from paperhouse.engines import Engine, Lake, choose_engine, keeping_lakes, open_lake
from paperhouse.orchestration import resources
from paperhouse.orchestration.dbt_project import LAKE, prepare_project
from paperhouse.orchestration.dbt_run import run_dbt
from paperhouse.orchestration.dbt_stream import NO_TESTS
from paperhouse.warehouse.folder import Warehouse

#: What another engine takes for something else in SQL that gives rows, or for nothing: a list, a hash, a range, a cast.
_DUCKDB = re.compile(r"\[|\bhash\(|\brange\(|::")


def main() -> None:
    """Build, and copy the file of the pipeline after each build beside the warehouse, as what is compared."""
    dumps, folder = Path(sys.argv[1]), Path(sys.argv[2])
    files = sorted(path for path in dumps.rglob("*") if path.is_file())
    some = [str(path) for path in files[: len(files) // 2]]
    place = ["--warehouse", str(folder / "warehouse")]
    engine = ["--engine", "local", "--lake", str(folder / "lake")]
    warehouse = Warehouse(folder / "warehouse")
    for name, inputs in {"some": some, "all": [str(dumps)], "again": [str(dumps)]}.items():
        units = {}
        with keeping_lakes(), mock.patch.object(resources, "keeping_lakes", nullcontext):
            code = answer(["build", *inputs, *engine, *place])
            if name == "all":
                units = _run_unit_tests(warehouse, choose_engine("local", folder / "lake"))
        _tell(folder, name, code, units)
    _tell(folder, "duckdb", int(bool(run_dbt(warehouse, ["build", *NO_TESTS]).problem)), {})


def _run_unit_tests(warehouse: Warehouse, engine: Engine) -> dict[str, str]:
    """How each of the portable unit tests ends in the lake that a build has left open."""
    tests = json.loads(prepare_project(LAKE).manifest_path.read_text())["unit_tests"].values()
    portable = [
        test["name"] for test in tests if all(_is_portable(side["rows"]) for side in (*test["given"], test["expect"]))
    ]
    with open_lake(engine) as lake:
        _describe(lake)
        outcome = run_dbt(warehouse, ["--log-level=none", "test", "--select", *portable], target=LAKE)
    print(outcome.problem, flush=True)
    return {result.name: result.status for result in outcome.results}


def _describe(lake: Lake) -> None:
    """Say of what was given to the lake which columns it has: dbt asks, and a Sail knows only where the files lie."""
    names = [("staging", path.stem) for path in (ROOT / "dbt_project" / "seeds").glob("*.csv")]
    for schema, name in (*names, ("intermediate", "int_texts__searched")):
        place = f"{lake.folder}/{schema}/{name}"
        columns = ", ".join(
            f"{field.name} {field.dataType.simpleString()}" for field in lake._session.read.parquet(place).schema
        )
        lake._session.sql(f"drop table {schema}.{name}").collect()
        lake._session.sql(f"create table {schema}.{name} ({columns}) using parquet location '{place}'").collect()


def _is_portable(rows: str | list[dict[str, Any]]) -> bool:
    """Whether rows of a unit test are the same to another engine; no list is, which dbt writes as it stands."""
    if isinstance(rows, str):
        return not _DUCKDB.search(rows)
    return not any(str(value).startswith("[") for row in rows for value in row.values())


def _tell(folder: Path, name: str, code: int, units: dict[str, str]) -> None:
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
        "build": name, "code": code, "releases": releases, "passed tests": passed, "parts": parts, "views": len(marts),
        "unit tests": units,
    }  # fmt: skip
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
