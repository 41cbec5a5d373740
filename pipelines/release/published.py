"""What is published, for Python: `paperhouse.open("warehouse")`, then tables and SQL as Polars frames.

What belongs here: the door that a notebook or a script goes through. It reads the file of one release and nothing else;
what may be asked is `warehouse.questions`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import polars as pl

from ..warehouse.folder import DATABASE_NAME, LATEST, Warehouse
from ..warehouse.questions import RefusedQueryError, asking, check_statements

#: The schema of tables that are named without one.
_MARTS = "marts"


class NoSuchTableError(LookupError):
    """No published table has that name; the message says which are near."""


class Published:
    """A release of a warehouse, open to read: it stays that release while others are published. To be closed.

    Open it with `paperhouse.open`. It is also a context manager. Errors of the warehouse are those of `Warehouse.read`.
    """

    def __init__(self, warehouse: str | os.PathLike[str] | None = None, release: str = LATEST) -> None:
        """Open `latest`, or the kept release with that id (or eight characters of it).

        Raises NoSuchReleaseError, NothingPublishedError, WarehouseUnreadableError.
        """
        from .history import find_release

        house = Warehouse.from_environment() if warehouse is None else Warehouse(Path(warehouse).resolve())
        database = None if release == LATEST else find_release(house, release).folder / DATABASE_NAME
        if database is None and house.published_database.exists():
            database = house.published_database.resolve()  # the link may move while it is opened
        self._open = ExitStack()
        self._connection = self._open.enter_context(house.read(database=database))
        self.release_id = database.parent.name if database else ""

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table: of the marts by its bare name (`papers`), of others with its schema (`raw.dumps`).

        Raises NoSuchTableError.
        """
        tables = self.tables()
        whole = name if "." in name else f"{_MARTS}.{name}"
        if whole not in tables:
            near = ", ".join(difflib.get_close_matches(whole, tables, n=3)) or ", ".join(tables)
            raise NoSuchTableError(f"No table is called {name!r}. Near are: {near}.")
        return self._ask(f"from {whole}")

    def tables(self) -> list[str]:
        """The names of all tables with their schemas, sorted; `sql("describe marts.papers")` has the columns of one."""
        names = self._ask(
            "select schema_name || '.' || table_name as name from duckdb_tables() "
            "where database_name = current_database() "
            "union all select schema_name || '.' || view_name from duckdb_views() "
            "where database_name = current_database() and not internal order by 1"
        )
        return names["name"].to_list()

    def sql(self, query: str, values: Sequence[Any] | Mapping[str, Any] | None = None) -> pl.DataFrame:
        """The answer to a query; values are for its `?` or `$name`. Macros are there: `from search_papers('moss')`.

        Of several statements the last one answers. Raises RefusedQueryError where it does more than ask, or is no SQL.
        """
        with asking(self._connection):
            *before, last = check_statements(query)
            for statement in before:
                self._connection.execute(statement)
            if last.type == duckdb.StatementType.CREATE:
                raise RefusedQueryError("The last statement has no answer.")
            return self._connection.execute(last, values).pl()

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    def __enter__(self) -> Published:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def __repr__(self) -> str:
        """Which release it is."""
        return f"<paperhouse release {self.release_id}>"

    def _ask(self, query: str) -> pl.DataFrame:
        return self._connection.execute(query).pl()
