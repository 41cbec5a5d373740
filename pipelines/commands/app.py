"""The `paperhouse` command: its groups, in the order in which help names them.

What belongs here: putting the groups together. No command lives here, and no group knows the others or this module.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

from ..upkeep.versions import name_versions
from ..warehouse.settings import WAREHOUSE_VARIABLE
from . import asking, building, capturing, digests, dumps, keeping, releases
from .arguments import named_path


class Commands(typer.core.TyperGroup):
    """Commands whose help shows a flag as a flag: what it takes is nothing, so no type stands beside it."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _hide_types_of_flags(command.get_params(ctx))
        return command

    def get_params(self, ctx: Any) -> Any:
        """Options of all commands."""
        params = super().get_params(ctx)
        _hide_types_of_flags(params)
        return params


def _hide_types_of_flags(params: Iterable[Any]) -> None:
    for param in params:
        if getattr(param, "is_flag", False) and param.metavar is None:
            param.metavar = ""


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (building, capturing, asking, dumps, releases, digests, keeping):
    app.add_typer(group.app)


def print_version(is_asked: bool) -> None:
    """Print our version and those of what we stand on, and end, where it is asked for. Loads none of them."""
    if is_asked:
        typer.echo(name_versions())
        raise typer.Exit


@app.callback()
def main(
    is_version_asked: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--warehouse",
            "-w",
            parser=named_path,
            metavar="FOLDER",
            help="Folder of the warehouse, for any command; it may as well stand behind the command.",
        ),
    ] = None,
) -> None:
    """Paperhouse: raw dumps of Daily Papers pages in; a warehouse of papers, keywords and trends out."""
    if folder:
        os.environ[WAREHOUSE_VARIABLE] = str(folder)
