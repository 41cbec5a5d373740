"""Dumps whose files are there no more: they stay in the warehouse until somebody takes them out.

What belongs here: finding them, and saying so for folders that are built again. Taking them out is `dumps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ..warehouse.folder import Warehouse

#: Files named in a summary.
SHOWN_FILES = 5


def find_gone(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    """Dumps of which a file is known and none is there: dump id and the paths they were read from."""
    rows = connection.execute(
        """
        select dump_id, list(distinct path order by path)
        from raw.files inner join raw.dumps using (dump_id)
        group by dump_id order by min(path), dump_id
        """
    ).fetchall()
    return [(dump_id, paths) for dump_id, paths in rows if not any(Path(path).exists() for path in paths)]


def tell_gone(warehouse: Warehouse, folders: Sequence[Path]) -> list[str]:
    """A sentence where files are gone from folders that are built again, with the command that takes them out."""
    roots = [folder.resolve() for folder in folders if folder.is_dir()]
    with warehouse.connect() as connection:
        gone = find_gone(connection) if roots else []
    paths = [path for _, found in gone for path in found if any(Path(path).is_relative_to(root) for root in roots)]
    if not paths:
        return []
    named = ", ".join(Path(path).name for path in paths[:SHOWN_FILES])
    more = f" and {len(paths) - SHOWN_FILES:,} more" if len(paths) > SHOWN_FILES else ""
    return [
        f"Gone since they were read: {named}{more}. What was read of them stays in the warehouse. To take it out: "
        f"paperhouse forget --gone --warehouse {warehouse.folder}"
    ]
