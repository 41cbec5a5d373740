"""Where the rows of a broken rule come from: the file and the line.

What belongs here: tracing a row that a check keeps as an example back to its dump, and saying it in words, never as
JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

#: Rows of a broken rule that are told.
SHOWN_ROWS = 3
_PLACES = {
    "entry_id": "select file_names[1], first_line from raw.entries inner join raw.dumps using (dump_id) "
    "where entry_id = $1",
    "text_id": "select file_names[1], first_line from raw.entries inner join raw.dumps using (dump_id) "
    "where text_id = $1 order by entry_id limit 1",
    "paper_id": "select file_names[1], first_line from marts.entries inner join raw.dumps using (dump_id) "
    "where paper_id = $1 order by dump_id limit 1",
    "dump_id": "select file_names[1], null from raw.dumps where dump_id = $1",
}


def tell_rows(connection: duckdb.DuckDBPyConnection, failing: str) -> Iterator[str]:
    """Sample rows of a rule as sentences with file and line; what is no JSON, as dbt's messages, as it stands."""
    try:
        rows = json.loads(failing or "[]")
    except ValueError:
        yield failing
        return
    for row in rows[:SHOWN_ROWS]:
        if isinstance(row, Mapping):
            facts = ", ".join(f"{name} {value}" for name, value in row.items() if name != "file_names")
            yield f"{_find_place(connection, row)}{facts}"
        else:
            yield str(row)


def _find_place(connection: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> str:
    """`file, line n: ` where the row can be traced to one, else nothing."""
    for key, query in _PLACES.items():
        if key in row:
            try:
                found = connection.execute(query, [row[key]]).fetchall()
            except duckdb.CatalogException:
                continue  # the marts are not made yet
            if found:
                name, line = found[0]
                return f"{name}, line {line}: " if line else f"{name}: "
    return ""
