"""The commands that make something: build, sample, ui, docs.

What belongs here: arguments, exit codes, and which function does the work. How a build ended is put into words by
`summary`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ..engines import ENGINE_VARIABLE, LAKE_VARIABLE, Engine, EngineError, choose_engine, try_engine
from ..showing.bars import showing_progress
from ..showing.terminal import err, out, plain
from ..upkeep.pages import start_pages
from ..warehouse.errors import UnknownSelectionError, WarehouseUnavailableError
from ..warehouse.folder import Warehouse
from ..warehouse.interrupts import when_stopped
from ..warehouse.run_files import make_run_files
from ..warehouse.settings import (
    BUDGET_VARIABLE,
    KEYWORDS_VARIABLE,
    LINKS_VARIABLE,
    BadSettingError,
    KeywordSetting,
    check_environment,
)
from ..warehouse.settings_file import SettingsError, read_columns
from .arguments import DEFAULT_FOLDER, Folder, fail, named_path, open_house

app = typer.Typer()
#: Links named where a folder holds nothing else.
SHOWN_LINKS = 3


_Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Dumps: files and folders, read where they lie. Without any: the warehouse's inbox.",
        parser=named_path,
        metavar="[PATHS]...",
    ),
]
_RejectBudget = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        envvar=BUDGET_VARIABLE,
        help="Share of a dump's content that may be refused before all of it is held back (default: 0.5).",
    ),
]
_FollowLinks = Annotated[
    bool,
    typer.Option(
        "--follow-links",
        help="Follow symbolic links inside folders, too; each folder is read once. A link named outright is always "
        f"followed, any other is named among what was left. [env var: {LINKS_VARIABLE}]",
    ),
]
_Keywords = Annotated[
    KeywordSetting | None,
    typer.Option(
        envvar=KEYWORDS_VARIABLE,
        show_envvar=True,
        help="Which keywords of a paper come first: `exhaustive` every real term, as an indexer would; `author` "
        "the few an author would choose; `balanced` (the default) both. Another one than last time builds anew.",
    ),
]

_Select = Annotated[
    str | None,
    typer.Option(
        metavar="PART",
        help="Make a part only: stages (raw, extracted, staging, intermediate, marts, search, release) and tables, "
        "with commas between them; `+` before one adds what it needs, behind one what follows.",
    ),
]
_Engine = Annotated[
    str | None,
    typer.Option(
        metavar="ENGINE",
        envvar=ENGINE_VARIABLE,
        show_envvar=True,
        help="Have Spark make the tables instead of DuckDB: the address of a Spark Connect server (sc://host:15002), "
        "or `local`, an engine of its kind within the build, for a look. Needs --lake and the extra `spark`.",
    ),
]
_Lake = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER",
        envvar=LAKE_VARIABLE,
        show_envvar=True,
        help="Folder for that engine's tables, which this machine and all its workers see by the same path, or "
        "s3://BUCKET/PATH (extra `cloud`). Each build makes it anew.",
    ),
]


@app.command()
def build(
    paths: _Paths = None,
    reject_budget: _RejectBudget = None,
    follow_links: _FollowLinks = False,
    warehouse: Folder = DEFAULT_FOLDER,
    keywords: _Keywords = None,
    wait: Annotated[bool, typer.Option("--wait", help="Where another build is running, wait for it to end.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with code 3 where dumps are held back.")] = False,
    select: _Select = None,
    engine: _Engine = None,
    lake: _Lake = None,
) -> None:
    """Build the warehouse: parse new dumps, judge them, build papers, keywords and trends, publish.

    Dumps that are loaded already are skipped. A `dumps.csv` beside dumps (columns `file_name`, `captured_on`, `source`,
    `note`) says when and where they were captured. Files that are still being written wait for the next build. With an
    empty inbox and nothing loaded, a generated sample is built.

    Odd records and odd dumps are kept back, said, and stop nothing. Ends with 0 where what is loaded is published, with
    1 where it is not: then the next build goes on from there.

    A part (`--select keywords+`, `--select extracted+`) is judged by the gates of its tables, and publishes only where
    `release` is in it and all that a release shows has been judged as it stands: readers never see a mixture.

    Where one machine is too small for the tables, another engine makes them, equal ones, and all else goes on as ever:

        pip install 'paperhouse[spark]'                       (in a clone: make setup EXTRAS=spark)
        paperhouse build --engine local --lake lake
        paperhouse build --engine sc://host:15002 --lake /shared/lake
    """
    from ..orchestration.build import run_build
    from .summary import count_held, print_report

    if keywords:
        os.environ[KEYWORDS_VARIABLE] = keywords.value
    house = open_house(warehouse)
    _check_inputs(house, paths or [], follow_links)
    chosen = _check_engine(engine, lake, select)
    try:
        with showing_progress() as show:
            waiting = _say_waiting if wait else None
            report = run_build(house, paths or [], show, reject_budget, follow_links or None, waiting, select, chosen)
    except (WarehouseUnavailableError, UnknownSelectionError) as error:
        fail(str(error))
    print_report(house, report, chosen)
    if report.outcome == "failed":
        raise typer.Exit(1)
    raise typer.Exit(3 if strict and count_held(house) else 0)


def _check_engine(address: str | None, lake: str | None, select: str | None) -> Engine | None:
    """The engine that is asked for; a clear end where it cannot be used, before the warehouse is touched."""
    try:
        engine = choose_engine(address, lake)
        if engine and select:
            fail(f"{engine.address} makes all tables or none.", "Leave --select away, or --engine and --lake.")
        if engine:
            try_engine(engine)
    except EngineError as error:
        fail(str(error))
    return engine


def _say_waiting(busy: str) -> None:
    err.print(f"{plain(busy)} Waiting for it to end ...")


def _check_inputs(house: Warehouse, paths: list[Path], follow_links: bool) -> None:
    """End at once, before the frameworks load, where settings cannot be followed or paths hold nothing to read."""
    from ..loading.inputs import find_dump_files, follows_links
    from ..parsing import MissingInputError
    from ..release.imprint import read_imprint

    if house.folder.exists() and not house.folder.is_dir():
        fail(f"{house.folder} is a file, and no warehouse.", "Choose another folder with --warehouse.")
    try:
        check_environment()
        read_columns(house.settings_file)
        read_imprint(house.settings_file)
        files, links = find_dump_files(house, paths, follows_links(follow_links or None))
    except (BadSettingError, MissingInputError, SettingsError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename} cannot be read: {error.strerror}.", "Give yourself the right to read it.")
    if paths and not files:
        left = "".join(f" {link.path}: {link.reason}." for link in links.left[:SHOWN_LINKS])
        fail(
            f"There is no file in {', '.join(map(str, paths))}.{left}",
            "Give the path of a dump, or of a folder of dumps.",
        )


@app.command()
def sample(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder to write the dumps to; must be new or empty.", parser=named_path, metavar="FOLDER"),
    ],
    papers: Annotated[int, typer.Option(min=1, help="How many papers to invent.")] = 600,
    days: Annotated[int, typer.Option(min=1, help="On how many days they are listed; each gives a dump.")] = 60,
    days_apart: Annotated[int, typer.Option(min=1, help="Weekdays from one of these days to the next.")] = 7,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
) -> None:
    """Write sample dumps of invented papers, with the truth about them beside.

    Some keywords are planted: the defaults make nineteen months in which one rises, one falls and one is too rare to
    say. `planted.json` in the truth's folder names them.
    """
    from ..sample import write_sample

    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            fail(f"{folder} is not an empty folder.", "Choose a new one; nothing was written.")
        with when_stopped(f"a part of the sample lies in {folder}; delete that folder before giving the command again"):
            write_sample(folder, papers=papers, days=days, seed=seed, days_apart=days_apart)
    except ValueError as error:
        fail(f"No such sample can be made: {error}.")
    except OSError as error:
        fail(f"{folder} cannot be written: {error.strerror}.", "Choose another folder.")
    out.print(f"Wrote {papers:,} invented papers to {escape(str(folder))}. Build them: paperhouse build {folder}")


#: `python -m dagster` that SIGTERM ends. Dagster does on it what Ctrl-C does: nothing where a script has begun this in
#: the background, since Ctrl-C is ignored there.
_DAGSTER = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('dagster', run_name='__main__', alter_sys=True)"
)


@app.command()
def ui(
    port: Annotated[
        int,
        typer.Option(
            min=1,
            max=65_534,
            help="Port on this machine's loopback address; the one behind it shows reports and check pages.",
        ),
    ] = 3000,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Start the Dagster UI on loopback with this warehouse: assets, runs, checks, the inbox sensor."""
    house = open_house(warehouse)
    try:
        house.prepare()
        house.set_environment()
        make_run_files(house)
    except WarehouseUnavailableError as error:
        fail(str(error))
    start_pages(house, f"http://127.0.0.1:{port + 1}", port + 1)
    out.print(f"Dagster UI: http://127.0.0.1:{port} (warehouse {escape(str(house.folder))}; Ctrl-C ends it)")
    sys.stdout.flush()
    # By this Python, whatever else is called `dagster` on the path; -P: no file of the current folder is a module.
    command = [sys.executable, "-P", "-c", _DAGSTER, "dev", "-m", "paperhouse.definitions"]
    os.execv(command[0], [*command, "-h", "127.0.0.1", "-p", str(port)])


@app.command()
def docs(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port on this machine's loopback address.")] = 8080,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make the page, say where it is, and end.")] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show dbt's documentation on loopback: every model with its SQL, columns, tests, lineage, and who reads it.

    One page without network, of the tables as the last build left them; where a build is running, the page that was
    made last. Ctrl-C ends it.

        paperhouse docs
        paperhouse docs --no-serve
    """
    from ..orchestration.dbt_docs import NoDocsError, locate_docs, make_docs
    from ..upkeep.pages import serve

    house = open_house(warehouse)
    if not house.database.exists():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    page = locate_docs(house)
    try:
        make_docs(house)
    except (NoDocsError, WarehouseUnavailableError) as error:
        if not page.exists():
            fail(str(error))
        err.print(f"{plain(str(error))} What was made last is shown.", soft_wrap=True)
    if no_serve:
        typer.echo(page)  # never wrapped, so that it can be piped
        return
    try:
        server = serve(house.folder, port)
    except OSError as error:
        fail(f"Port {port} of this machine cannot be used: {error.strerror}.", "Choose another one with --port.")
    address = f"http://127.0.0.1:{port}/{page.relative_to(house.folder).as_posix()}"
    out.print(f"dbt's documentation: {address} (warehouse {escape(str(house.folder))}; Ctrl-C ends it)", soft_wrap=True)
    sys.stdout.flush()
    with server, when_stopped(f"the page stays in {page}"):
        server.serve_forever()
