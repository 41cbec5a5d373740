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

from ..loading.naming import DUMP_NAMES, PAPER_NAMES, UnknownDumpError, find_dumps, list_dumps
from ..showing.bars import showing_progress
from ..showing.terminal import out, plain
from ..warehouse.folder import Warehouse
from ..warehouse.settings_file import SettingsError
from .arguments import DEFAULT_FOLDER, Folder, Yes, command_line, confirm, fail, holding, open_house

app = typer.Typer()


@app.command()
def rejects(
    dump: Annotated[
        str | None, typer.Option(help="Only of this dump: its file name, its id, or eight digits or more of it.")
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
    with reading_own(open_house(warehouse)) as connection:
        ids = mean_dumps(connection, [dump]) if dump is not None else None
        if as_csv:
            write_rejects(connection, ids, reason, limit)
        else:
            print_rejects(connection, ids, reason, limit or 20)


@app.command()
def replay(
    dump: Annotated[
        list[str] | None,
        typer.Option(help="A dump's file name, its id, or eight digits or more of it; may be given several times."),
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
    house = open_house(warehouse)
    with holding(house), showing_progress() as show:
        with house.connect() as connection:
            ids = mean_dumps(connection, dump) if dump else None
        try:
            result = replay_dumps(house, ids, reason, every, accept, show)
        except SettingsError as error:
            fail(str(error))
    print_replay(house, result)


@app.command()
def accept(
    dumps: Annotated[list[str], typer.Argument(help=f"The dumps: {DUMP_NAMES}.")],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Let held dumps through as they are, whatever rules say of them; the next build publishes with them.

    `paperhouse rejects --dump DUMP` shows what of one was refused. What is accepted stays so until it is forgotten.
    """
    from ..loading.quarantine import accept_dumps

    with reading_own(open_house(warehouse)) as connection:
        ids = mean_dumps(connection, dumps)
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
    dumps: Annotated[
        list[str] | None, typer.Argument(help=f"The dumps: {DUMP_NAMES}. With --everywhere papers: {PAPER_NAMES}.")
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Take papers down: out of all dumps, kept releases too, for good.")
    ] = False,
    gone: Annotated[bool, typer.Option("--gone", help="Dumps none of whose files is there any more.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Bring back all that was forgotten since the last build.")
    ] = False,
    yes: Yes = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Take dumps out of the warehouse, after showing which; the next build publishes without them. Files stay.

    Until that build begins, `paperhouse forget --undo` brings them back as they were; the build makes it final.

    --everywhere takes down papers, for whoever has to: their entries become rejects without text, dumps that bring them
    again are read without them, kept releases that have them are deleted, and the next release says so in its
    `changes.parquet` (`taken_down`) and its notes. It is final. What lies elsewhere is yours: files of dumps, backups,
    digests, copies that were published.

        paperhouse forget 2024-05-09.json
        paperhouse forget --everywhere 2403.01234 && paperhouse build
    """
    from ..loading.forgotten import bring_back
    from ..loading.forgotten import forget as set_aside
    from ..loading.gone import find_gone

    house = open_house(warehouse)
    if everywhere:
        if gone or undo or not dumps:
            fail("--everywhere goes with papers, and with no other option.", f"Give {PAPER_NAMES}.")
        _take_down(house, dumps, yes)
        return
    if undo and (dumps or gone):
        fail("--undo goes with nothing else.", "It brings back all that was forgotten since the last build.")
    if not dumps and not gone and not undo:
        fail("No dump is named.", "Give ids or file names, or --gone.")
    with reading_own(house) as connection:
        if undo:
            print_dumps("Back again", back := bring_back(connection))
            out.print("All is as it was." if back else "Nothing was forgotten since the last build began.")
            return
        ids = mean_dumps(connection, dumps) if dumps else []
        ids += [dump_id for dump_id, _ in find_gone(connection)] if gone else []
        named = list_dumps(connection, ids)
        if not named:
            out.print("Nothing to forget: a file of each dump is still there.")
            return
        print_dumps("To be forgotten", named)
        confirm(f"Forget {'this dump' if len(named) == 1 else f'these {len(named)} dumps'}?", yes)
        set_aside(connection, ids)
    print_dumps("Forgot", named)
    out.print(
        "`paperhouse forget --undo` brings them back until the next build begins, which publishes without them. If "
        "their files are still in the inbox, move them out first.",
        soft_wrap=True,
    )


def _take_down(house: Warehouse, names: list[str], yes: bool) -> None:
    """Show the papers and the releases that go with them, ask, and take them down."""
    from ..loading.takedown import UnknownPaperError, find_papers, take_down
    from ..release.history import drop_holding, find_holding

    with reading_own(house) as connection:
        try:
            papers = find_papers(connection, names)
        except UnknownPaperError as error:
            fail(*error.args)
        ids = [paper_id for paper in papers for paper_id in paper.ids]
        for paper in papers:
            files = ", ".join(paper.file_names[:5]) + (" ..." if len(paper.file_names) > 5 else "")
            entries = f"{paper.entry_count:,} {'entry' if paper.entry_count == 1 else 'entries'}"
            out.print(
                f"To be taken down: {paper.paper_id} {plain(paper.title)} ({entries} in {plain(files)})", soft_wrap=True
            )
        holding_it = find_holding(house, ids)
        for kept in holding_it:
            when = "with the next build" if kept.is_latest else "now"
            out.print(f"To be deleted {when}: release {plain(kept.release_id)}", soft_wrap=True)
        confirm("Take down for good? Nothing brings it back.", yes)
        count = take_down(connection, papers)
    with holding(house):
        for release_id in drop_holding(house, ids):
            out.print(f"Deleted {plain(release_id)}")
    noun = "paper" if len(papers) == 1 else "papers"
    became = "1 entry is a reject without its text now"
    if count != 1:
        became = f"{count:,} entries are rejects without their text now"
    out.print(f"Took down {len(papers):,} {noun}: {became}.")
    if any(kept.is_latest for kept in holding_it):
        out.print(f"Readers see it until you build: {command_line(house, 'build')}", soft_wrap=True)
    out.print("Files of dumps, backups, digests and published copies are yours to look through.", soft_wrap=True)


@contextmanager
def reading_own(house: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The pipeline's own file, which holds what failed a gate, too; or a clear end where there is none to be had."""
    with holding(house), house.connect() as connection:
        yield connection


def mean_dumps(connection: duckdb.DuckDBPyConnection, names: list[str]) -> list[str]:
    """The ids of the loaded dumps that names mean, or a clear end where one of them means none, or two."""
    try:
        return find_dumps(connection, names)
    except UnknownDumpError as error:
        fail(*error.args)


def print_dumps(word: str, dumps: list[tuple[str, list[str]]]) -> None:
    """A line a dump, each begun with the word for what becomes of it."""
    for dump_id, names in dumps:
        out.print(f"{word}: {dump_id[:16]} ({plain(', '.join(names))})", soft_wrap=True)
