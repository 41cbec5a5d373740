"""The `paperhouse` command: its groups, in the order in which help names them.

What belongs here: putting the groups together. No command lives here, and no group knows the others or this module.
"""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Annotated

import typer

from . import asking, building, capturing, digests, dumps, releases

#: What the answers and the bytes of a build depend on beside our own code.
FOUNDATIONS = ("duckdb", "polars", "dbt-core", "dagster", "great-expectations")

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
for group in (building, capturing, asking, dumps, releases, digests):
    app.add_typer(group.app)


def print_version(is_asked: bool) -> None:
    """Print our version and those of what we stand on, and end, where it is asked for. Loads none of them."""
    if is_asked:
        others = ", ".join(f"{name} {version(name)}" for name in FOUNDATIONS)
        typer.echo(f"paperhouse {version('paperhouse')} (Python {platform.python_version()}, {others})")
        raise typer.Exit


@app.callback()
def main(
    is_version_asked: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Paperhouse: raw dumps of Daily Papers pages in; a warehouse of papers, keywords and trends out."""
