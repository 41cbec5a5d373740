"""The commands about what was read: rejects, replay, forget.

What belongs here: arguments, exit codes, and which function does the work. What was read is put into words by
`readings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import duckdb
import typer

from ..showing.bars import showing_progress
from ..showing.terminal import out, plain
from ..warehouse.errors import WarehouseUnavailableError
from ..warehouse.folder import Warehouse
from ..warehouse.settings_file import SettingsError
from .arguments import DEFAULT_FOLDER, Folder, fail, holding

app = typer.Typer()


@app.command()
def rejects(
    dump: Annotated[
        str | None, typer.Option(help="Only of this dump: its id, the start of one, or a file name.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Only those of this reason code.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Rows to show at most (default: 20; with --csv: all).")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write rows as CSV, text in full, formulas defused.")] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """List what could not become an entry: reason, dump, lines and the text itself, and what each code means.

    The warehouse's own file is read, so that rejects of a build that failed are shown, too.
    """
    from ..parsing import REASONS
    from .readings import print_rejects, write_rejects

    if reason is not None and reason not in REASONS:
        fail(f"There is no reason {reason!r}.", f"The codes are: {', '.join(sorted(REASONS))}.")
    with reading_own(Warehouse(warehouse.resolve())) as connection:
        ids = find_dumps(connection, [dump]) if dump else None
        if as_csv:
            write_rejects(connection, ids, reason, limit)
        else:
            print_rejects(connection, ids, reason, limit or 20)


@app.command()
def replay(
    dump: Annotated[
        list[str] | None,
        typer.Option(help="A dump's id, the start of one, or a file name; may be given several times."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Dumps with rejects of this reason code.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dump that is loaded.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Put what was read now in place of what was.")] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Read loaded dumps again from their files and show what would change; change it with --accept.

    Without a choice: dumps with rejects, and dumps that another version of the parser read, or the parser with other
    column names than `warehouse.toml` has now. What is accepted replaces
    the old reading in one step, and the next build publishes it.
    """
    from ..loading.replay import replay_dumps
    from ..parsing import REASONS
    from .readings import print_replay

    if reason is not None and reason not in REASONS:
        fail(f"There is no reason {reason!r}.", f"The codes are: {', '.join(sorted(REASONS))}.")
    house = Warehouse(warehouse.resolve())
    with holding(house), showing_progress() as show:
        with house.connect() as connection:
            ids = find_dumps(connection, dump) if dump else None
        try:
            result = replay_dumps(house, ids, reason, every, accept, show)
        except SettingsError as error:
            fail(str(error))
    print_replay(house, result)


@app.command()
def accept(
    dumps: Annotated[list[str], typer.Argument(help="Dump ids (or the start of one), or file names.")],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Let held dumps through as they are, whatever rules say of them; the next build publishes with them.

    `paperhouse rejects --dump DUMP` shows what of one was refused. What is accepted stays so until it is forgotten.
    """
    from ..loading.quarantine import accept_dumps

    with reading_own(Warehouse(warehouse.resolve())) as connection:
        ids = find_dumps(connection, dumps)
        accept_dumps(connection, ids)
        rows = connection.execute(
            "select dump_id, file_names, status from raw.dumps where dump_id in $1 order by 1", [ids]
        ).fetchall()
    for dump_id, names, status in rows:
        what = "Accepted" if status == "loaded" else f"Nothing to accept, it is {status}:"
        out.print(f"{what} {dump_id[:16]} ({plain(', '.join(names))})")
    out.print("Build again to publish with them.")


@app.command()
def forget(
    dumps: Annotated[list[str] | None, typer.Argument(help="Dump ids (or the start of one), or file names.")] = None,
    gone: Annotated[bool, typer.Option("--gone", help="Dumps none of whose files is there any more.")] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Take dumps out of the warehouse; the next build publishes without them. Files are left alone."""
    from ..loading.dumps import forget_dumps
    from ..loading.gone import find_gone

    house = Warehouse(warehouse.resolve())
    if not house.database.exists():
        fail(f"There is no warehouse in {house.folder}.")
    if not dumps and not gone:
        fail("No dump is named.", "Give ids or file names, or --gone.")
    try:
        with house.lock():
            with house.connect() as connection:
                ids = find_dumps(connection, dumps) if dumps else []
                ids += [dump_id for dump_id, _ in find_gone(connection)] if gone else []
                named = connection.execute(
                    "select dump_id, file_names from raw.dumps where dump_id in $1 order by 1", [ids]
                ).fetchall()
            forget_dumps(house, ids)
    except WarehouseUnavailableError as error:
        fail(str(error))
    for dump_id, names in named:
        out.print(f"Forgot {dump_id[:16]} ({plain(', '.join(names))})")
    out.print("Build again to publish without them. If their files are still in the inbox, move them out first.")


@contextmanager
def reading_own(house: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The pipeline's own file, which holds what failed a gate, too; or a clear end where there is none to be had."""
    with holding(house), house.connect() as connection:
        yield connection


def find_dumps(connection: duckdb.DuckDBPyConnection, dumps: list[str]) -> list[str]:
    """The ids of loaded dumps with these ids, starts of ids or file names, or a clear end where there is none."""
    ids = connection.execute(
        "select dump_id from raw.dumps where list_has_any(file_names, $1) "
        "or list_bool_or([starts_with(dump_id, name) for name in $1]) order by dump_id",
        [dumps],
    ).fetchall()
    if not ids:
        fail("No loaded dump has such an id or file name.", '`paperhouse sql "from raw.dumps"` lists them.')
    return [dump_id for (dump_id,) in ids]
