"""What is given to a lake, in parts that are written once: a build writes those of them that the lake does not have.

What belongs here: which rows are a part, what its file is called, and which files of a folder are of no part any more.
A file is called by what is in it, so that a folder needs no list of what it holds, and whatever takes rows out, changes
them or begins a table anew (`paperhouse forget`, `replay`, new text rules) is followed as what adds some is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb

from ..row_hashes import hashed_values

#: Rows of a part: those that DuckDB keeps together, so that one part is read without the others. New rows come last.
PART_ROWS = 122_880
#: Raised where parts of the same rows are to be written anew: another form of file.
_FORMAT = 1


def write_parts(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> int:
    """Have a folder hold the rows of one of DuckDB's tables as Parquet, and nothing else; returns the parts written.

    A table without rows is one part, which has its columns. A part is whole or not there, whenever this ends.
    """
    columns = {name: type for name, type, *_ in connection.execute(f"describe {table}").fetchall()}
    folder.mkdir(parents=True, exist_ok=True)
    wanted = _name_parts(connection, table, columns)
    found = {path.name for path in folder.iterdir()}
    missing = {name: number for name, number in wanted.items() if name not in found}
    for name, number in missing.items():
        # Engines pass over what begins with a dot.
        aside = folder / f".{name}"
        rows = f"rowid >= {number * PART_ROWS} and rowid < {(number + 1) * PART_ROWS}"
        connection.execute(f"copy ({_select(table, columns)} where {rows}) to '{aside}' (format parquet)")
        os.replace(aside, folder / name)
    for name in found - wanted.keys():
        (folder / name).unlink(missing_ok=True)  # what a killed build left aside has been moved in
    return len(missing)


def _name_parts(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> dict[str, int]:
    """Numbers of the parts by the names of their files."""
    values = ", ".join(hashed_values(name, type) for name, type in columns.items())
    form = f"{_FORMAT} {dict(columns)}"
    parts = connection.execute(
        f"""
        select part, md5(concat_ws(' ', $form, count(*), sum(row_number)))
        from (select rowid // {PART_ROWS} as part, hash({values})::hugeint as row_number from {table})
        group by part order by part
        """,
        {"form": form},
    ).fetchall()
    if not parts:
        parts = connection.execute("select 0, md5($form)", {"form": form}).fetchall()
    return {f"part-{number:06}-{digest[:16]}.parquet": number for number, digest in parts}


def _select(table: str, columns: Mapping[str, str]) -> str:
    """The rows of a table as an engine reads them: Spark has no unsigned integers; a decimal keeps all their digits."""
    unsigned = ", ".join(f'"{name}"::decimal(20, 0) as "{name}"' for name, type in columns.items() if type == "UBIGINT")
    return f"select * {f'replace ({unsigned})' if unsigned else ''} from {table}"
