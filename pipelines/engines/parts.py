"""What is given to a lake, in parts that are written once: a build writes those of them that the lake does not have.

What belongs here: which rows are a part, what its file is called, and which files of a folder are of no part any more.
A file is called by what is in it, so that a folder needs no list of what it holds, and whatever takes rows out, changes
them or begins a table anew (`paperhouse forget`, `replay`, new text rules) is followed as what adds some is.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from ..row_hashes import hashed_values
from .files import Files

#: Rows of a part: those that DuckDB keeps together, so that one part is read without the others. New rows come last.
PART_ROWS = 122_880
#: How DuckDB writes for an engine. It holds a group of rows until it is whole, and does not spill it: 122,880 entries
#: or texts, its own choice, are more than a build's 250 MB.
FORM = "format parquet, row_group_size 8192"
#: Raised where parts of the same rows are to be written anew: another form of file.
_FORMAT = 1


def write_parts(connection: duckdb.DuckDBPyConnection, table: str, files: Files, folder: tuple[str, ...]) -> int:
    """Have a folder hold the rows of one of DuckDB's tables as Parquet, and nothing else; returns the parts written.

    A table without rows is one part, which has its columns. A part is whole or not there, whenever this ends.
    """
    columns = {name: type for name, type, *_ in connection.execute(f"describe {table}").fetchall()}
    wanted = _name_parts(connection, table, columns)
    found = set(files.list_names(*folder))
    missing = {name: number for name, number in wanted.items() if name not in found}
    for name, number in missing.items():
        rows = f"rowid >= {number * PART_ROWS} and rowid < {(number + 1) * PART_ROWS}"
        with files.writing(*folder, name) as path:
            connection.execute(f"copy ({_select(table, columns)} where {rows}) to '{path}' ({FORM})")
    for name in found - wanted.keys():
        files.remove(*folder, name)  # what a killed build left aside has been moved in
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
