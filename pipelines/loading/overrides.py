"""What users correct by hand, loaded at the start of every build: files of `<warehouse>/overrides/` into raw tables.

What belongs here: replacing what the tables hold. What a file may say is `keyword_overrides` and `paper_overrides`;
what it does to keywords and papers is SQL (`dbt_project/`).
"""

from __future__ import annotations

import duckdb
import polars as pl

from ..warehouse.folder import Warehouse
from ..warehouse.tables import append
from .keyword_overrides import KEYWORDS_FILE, read_keyword_overrides
from .paper_overrides import PAPERS_FILE, read_paper_overrides


def load_overrides(warehouse: Warehouse) -> None:
    """Put what the override files say now in the place of what they said before.

    Raises OverrideError, naming file, line and remedy; then the tables stay as they were.
    """
    overrides = {
        "raw.keyword_overrides": read_keyword_overrides(warehouse.overrides / KEYWORDS_FILE),
        "raw.paper_overrides": read_paper_overrides(warehouse.overrides / PAPERS_FILE),
    }
    with warehouse.connect() as connection:
        for table, frame in overrides.items():
            replace_overrides(connection, table, frame)


def replace_overrides(connection: duckdb.DuckDBPyConnection, table: str, overrides: pl.DataFrame) -> None:
    """Put the overrides in the place of those that the table holds."""
    connection.execute(f"delete from {table}")
    append(connection, table, overrides)
