"""What the commands share: the option that names the warehouse, opening what is published, ending with a clear error.

What belongs here: what `pipelines.cli` and the commands kept beside their subject have in common, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import duckdb
import typer
from rich.markup import escape

from pipelines.resources import NothingPublishedError, Warehouse, WarehouseUnavailableError
from pipelines.terminal import err, plain

Folder = Annotated[
    Path,
    typer.Option("--warehouse", "-w", envvar="PAPERHOUSE_WAREHOUSE", help="Folder of the warehouse.", show_envvar=True),
]
DEFAULT_FOLDER = Path("warehouse")


@contextmanager
def reading(house: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published database, or a clear end where there is none."""
    try:
        with house.read() as connection:
            yield connection
    except (NothingPublishedError, WarehouseUnavailableError) as error:
        fail(str(error))


def fail(problem: str, remedy: str = "") -> NoReturn:
    """Say what is wrong and what to do about it on stderr, and end with code 1."""
    err.print(f"[bold red]Error:[/] {escape(plain(problem))}")
    if remedy:
        err.print(escape(remedy))
    raise typer.Exit(1)
