"""The `paperhouse` command: a thin layer over the functions the assets use.

What belongs here: arguments, printing, exit codes. Text from dumps is data: it is escaped before rich shows it, and
control characters never reach the terminal.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import duckdb
import typer
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from pipelines.digest.commands import app as digest_commands
from pipelines.options import DEFAULT_FOLDER, Folder, fail, reading
from pipelines.progress import Listener
from pipelines.resources import (
    BUDGET_VARIABLE,
    KEYWORDS_VARIABLE,
    Warehouse,
    WarehouseUnavailableError,
)
from pipelines.terminal import err, out, plain, print_rows, spreadsheet_safe

if TYPE_CHECKING:
    from pipelines.release.history import Kept

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(digest_commands)


def print_version(is_asked: bool) -> None:
    """Print the version and end, where it is asked for."""
    if is_asked:
        typer.echo(f"paperhouse {version('paperhouse')}")
        raise typer.Exit


@app.callback()
def main(
    is_version_asked: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Paperhouse: raw dumps of Daily Papers pages in; a warehouse of papers, keywords and trends out."""


class Basis(StrEnum):
    """Which date of a paper a trend counts by."""

    published = "published"
    listed = "listed"
    captured = "captured"


class Grain(StrEnum):
    """Length of a series' periods."""

    day = "day"
    week = "week"
    month = "month"


class KeywordSetting(StrEnum):
    """Which keywords come first; the dbt macro keyword_score holds the weights."""

    balanced = "balanced"
    exhaustive = "exhaustive"
    author = "author"


class Format(StrEnum):
    """How `sql` writes rows."""

    table = "table"
    csv = "csv"
    json = "json"


@app.command()
def build(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Dumps: files and folders, read where they lie. Without any: the warehouse's inbox."),
    ] = None,
    reject_budget: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            envvar=BUDGET_VARIABLE,
            help="Share of a dump's content that may be refused before all of it is held back (default: 0.5).",
        ),
    ] = None,
    warehouse: Folder = DEFAULT_FOLDER,
    keywords: Annotated[
        KeywordSetting | None,
        typer.Option(
            envvar=KEYWORDS_VARIABLE,
            show_envvar=True,
            help="Which keywords of a paper come first: `exhaustive` every real term, as an indexer would; `author` "
            "the few an author would choose; `balanced` (the default) both. Another one than last time builds anew.",
        ),
    ] = None,
) -> None:
    """Build the warehouse: parse new dumps, judge them, build papers, keywords and trends, publish.

    Dumps that are loaded already are skipped. A `dumps.csv` beside dumps (columns `file_name`, `captured_on`, `source`,
    `note`) says when and where they were captured. Files that are still being written wait for the next build. With an
    empty inbox and nothing loaded, a generated sample is built.
    """
    from pipelines.build import run_build
    from pipelines.parsing import find_files
    from pipelines.summary import print_report

    if keywords:
        os.environ[KEYWORDS_VARIABLE] = keywords.value
    house = Warehouse(warehouse.resolve())
    for path in paths or []:
        try:
            is_there = path.exists()
        except OSError as error:
            fail(f"{path} cannot be read: {error.strerror}.", "Give yourself the right to read it.")
        if not is_there:
            fail(f"There is no file or folder {path}.", "Give the path of a dump, or of a folder of dumps.")
    if paths and not find_files(paths):
        fail(f"There is no file in {', '.join(map(str, paths))}.", "Give the path of a dump, or of a folder of dumps.")
    try:
        with showing_progress() as show:
            report = run_build(house, paths or [], show, reject_budget)
    except WarehouseUnavailableError as error:
        fail(str(error))
    print_report(house, report)
    raise typer.Exit(0 if report.outcome != "failed" else 1)


@app.command()
def status(warehouse: Folder = DEFAULT_FOLDER) -> None:
    """Show what is published: since when, from which dumps, how the last gates ended."""
    from pipelines.summary import print_status

    house = Warehouse(warehouse.resolve())
    with reading(house) as connection:
        print_status(house, connection)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One SQL statement, e.g. `from marts.papers limit 5`.")],
    format: Annotated[Format, typer.Option("--format", "-f", help="How rows are written.")] = Format.table,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Query the published database, read-only.

    Tables are in `marts`, `quality` and `raw`; `describe marts.papers` lists the columns of one.
    """
    with reading(Warehouse(warehouse.resolve())) as connection:
        try:
            if not duckdb.extract_statements(query):
                fail("There is no statement.", "Try one: `from marts.papers limit 5`.")
            result = connection.execute(query)
            names = [column[0] for column in result.description or []]
            if format is Format.table:
                print_rows(names, result.fetchall())
            elif format is Format.csv:
                writer = csv.writer(sys.stdout)
                writer.writerow(names)
                while rows := result.fetchmany(10_000):
                    writer.writerows([spreadsheet_safe(value) for value in row] for row in rows)
            else:
                records = (dict(zip(names, row, strict=True)) for row in result.fetchall())
                json.dump(list(records), sys.stdout, default=str, ensure_ascii=False, indent=1)
                sys.stdout.write("\n")
        except duckdb.Error as error:
            fail(str(error), "`describe` lists the tables; `describe marts.papers` lists the columns of one.")


@app.command()
def releases(
    keep: Annotated[
        int | None, typer.Option(min=1, help="Delete all but so many, the newest; what readers use stays.")
    ] = None,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """List the releases that are kept, newest first; `latest` is the one that readers see.

    Every build keeps the newest five, or as many as PAPERHOUSE_KEEP_RELEASES says (0: all of them). The latest one, and
    any that somebody has a file of open, are never deleted.
    """
    from pipelines.release.display import print_releases
    from pipelines.release.history import list_releases, prune

    house = Warehouse(warehouse.resolve())
    if not house.releases.exists():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    if keep is not None:
        with holding(house):
            for release_id in prune(house, keep):
                out.print(f"Deleted {plain(release_id)}")
    found = list_releases(house)
    if not found:
        fail(f"Nothing is published in {house.folder} yet.", "Build it first: paperhouse build")
    print_releases(found)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A release's id, a part of it that only it has, or `latest`.")],
    new: Annotated[str, typer.Argument(help="The release to compare it with.")] = "latest",
    table: Annotated[str | None, typer.Option(help="Show the rows of this table, e.g. `papers`.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows to show at most, with --table.")] = 20,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show what is different between two releases: rows added, changed, merged and removed, and why.

    `data` means new inputs, `method` new rules. `paperhouse releases` lists the ids.
    """
    from pipelines.release.display import print_diff

    house = Warehouse(warehouse.resolve())
    first, second = (find_kept(house, name) for name in (old, new))
    tables = sorted(first.manifest.get("tables", {}).keys() | second.manifest.get("tables", {}).keys())
    if table is not None and table.removeprefix("marts.") not in tables:
        fail(f"There is no table {table!r} in these releases.", f"There are: {', '.join(tables)}.")
    print_diff(first, second, table.removeprefix("marts.") if table else None, limit)


@app.command()
def rollback(
    release: Annotated[str, typer.Argument(help="The release's id, or a part of it that only it has.")],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show readers an earlier release again: database and Parquet move back together, in one step.

    Nothing is deleted or forgotten. The next build publishes what is loaded then; take dumps out with `paperhouse
    forget` first if they are the reason.
    """
    from pipelines.release.database import DATABASE_NAME
    from pipelines.release.history import find_damage
    from pipelines.release.publication import point_latest

    house = Warehouse(warehouse.resolve())
    with holding(house):
        kept = find_kept(house, release)
        problems = find_damage(kept)
        if not (kept.folder / DATABASE_NAME).exists():
            problems.insert(
                0, "It holds no database: an earlier version of Paperhouse made it, or somebody deleted it."
            )
        if problems:
            fail(f"{kept.release_id} is not whole, so nothing was changed. {' '.join(problems[:5])}")
        point_latest(house, kept.release_id)
    out.print(f"Readers see {plain(kept.release_id)} now ({plain(house.published_database)}).")
    out.print("The next build publishes what is loaded then; `paperhouse forget` takes dumps out.")


@app.command()
def verify(
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Compare the files with their digests; build nothing.")
    ] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Prove the latest release: every file is what was published, and the same dumps give the same bytes again.

    The dumps are read from where they were read before, and built in a folder of their own, which takes as long as a
    first build. Nothing that is published changes. Consumers can check a copy without Paperhouse: `verify.sql` in it.
    """
    from pipelines.release.display import print_rebuilt
    from pipelines.release.history import find_damage
    from pipelines.release.verification import CannotRebuildError, rebuild

    house = Warehouse(warehouse.resolve())
    kept = find_kept(house, "latest")
    problems = find_damage(kept)
    if problems:
        fail(f"{kept.release_id} is not what was published. {' '.join(problems)}", "Build again, or roll back.")
    count = len(kept.manifest["files"]) + len(kept.manifest.get("documents", []))
    out.print(f"{count:,} files of {plain(kept.release_id)} are as published.")
    if files_only:
        return
    try:
        with showing_progress() as show:
            result = rebuild(house, kept, show)
    except (CannotRebuildError, WarehouseUnavailableError) as error:
        fail(str(error))
    print_rebuilt(kept, result)
    raise typer.Exit(1 if result.differing else 0)


@app.command()
def trends(
    basis: Annotated[
        Basis, typer.Option(help="Count papers by when they were published, listed, or captured.")
    ] = Basis.published,
    keyword: Annotated[
        str | None, typer.Option(help="Draw the series of this keyword: its label, abbreviation, any form, or its id.")
    ] = None,
    grain: Annotated[Grain, typer.Option(help="Periods of the drawn series.")] = Grain.month,
    last: Annotated[int, typer.Option(min=1, help="Periods drawn, the latest ones.")] = 24,
    top: Annotated[int, typer.Option(help="How many keywords of each kind.")] = 10,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show which keywords are rising and falling, with their evidence, or why none can be called so.

    With --keyword: one keyword's series with its intervals, when it moved, its bursts, topic and neighbours.
    """
    from pipelines.keyword_series import find_keywords, print_series
    from pipelines.summary import print_trends

    with reading(Warehouse(warehouse.resolve())) as connection:
        if keyword is None:
            print_trends(connection, basis, top)
            return
        found = find_keywords(connection, keyword.strip()) if keyword.strip() else []
        if not found:
            fail(f"No keyword is called {keyword!r} or contains it.", "Try fewer words, or another form.")
        if len(found) > 1 and found[0][1].lower() != keyword.lower():
            err.print(f"{len(found)} keywords match; this is the one of most papers. The others:")
            err.print(", ".join(plain(label) for _, label in found[1:]), style="dim")
        print_series(connection, found[0][0], basis, grain, last)


@app.command()
def paper(
    title_or_id: Annotated[str, typer.Argument(help="A paper id, an arXiv id, or (part of) a title.")],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show one paper: where it was seen, its keywords and links."""
    from pipelines.summary import find_papers, print_paper

    with reading(Warehouse(warehouse.resolve())) as connection:
        found = find_papers(connection, title_or_id.strip()) if title_or_id.strip() else []
        if not found:
            fail(f"No paper has the id or a title like {title_or_id!r}.", "Try fewer words of the title.")
        if len(found) > 1:
            err.print(f"{len(found)} papers match; one of these ids shows one:")
            print_rows(["paper_id", "title"], found[:20])
            raise typer.Exit(1)
        print_paper(connection, found[0][0])


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
    from pipelines.parsing import REASONS
    from pipelines.summary import print_rejects, write_rejects

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

    Without a choice: dumps with rejects, and dumps that another version of the parser read. What is accepted replaces
    the old reading in one step, and the next build publishes it.
    """
    from pipelines.parsing import REASONS
    from pipelines.replay import replay_dumps
    from pipelines.summary import print_replay

    if reason is not None and reason not in REASONS:
        fail(f"There is no reason {reason!r}.", f"The codes are: {', '.join(sorted(REASONS))}.")
    house = Warehouse(warehouse.resolve())
    if not house.database.exists():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    try:
        with house.lock(), showing_progress() as show:
            with house.connect() as connection:
                ids = find_dumps(connection, dump) if dump else None
            result = replay_dumps(house, ids, reason, every, accept, show)
    except WarehouseUnavailableError as error:
        fail(str(error))
    print_replay(house, result)


@app.command()
def why(
    first: Annotated[str, typer.Argument(help="A paper id (also an old one), an arXiv id, or (part of) a title.")],
    second: Annotated[str | None, typer.Argument(help="Another one; without it: why the first is one paper.")] = None,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Explain why two are one paper or two, or what one paper was made of: the evidence behind each decision.

    What the rules get wrong is put right in `overrides/papers.csv` of the warehouse (verdict,first,second,reason).
    """
    from pipelines.explanation import find_named, print_one, print_two

    with reading(Warehouse(warehouse.resolve())) as connection:
        chosen = []
        for name in (first,) if second is None else (first, second):
            found = find_named(connection, name.strip()) if name.strip() else []
            if not found:
                fail(f"No paper has the id or a title like {name!r}.", "Try fewer words of the title.")
            if len(found) > 1:
                err.print(f"{len(found)} papers match {escape(plain(name))}; name one of them by its id:")
                print_rows(["paper_id", "title"], [(paper.paper_id, paper.title) for paper in found])
                raise typer.Exit(1)
            chosen.append(found[0])
        try:
            if len(chosen) == 1:
                print_one(connection, chosen[0])
            else:
                print_two(connection, *chosen)
        except duckdb.CatalogException:
            fail("An earlier version of Paperhouse published this warehouse.", "Build it again: paperhouse build")


@app.command()
def forget(
    dumps: Annotated[list[str], typer.Argument(help="Dump ids (or the start of one), or file names.")],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Take dumps out of the warehouse; the next build publishes without them. Files are left alone."""
    from pipelines.assets.raw import forget_dumps

    house = Warehouse(warehouse.resolve())
    if not house.database.exists():
        fail(f"There is no warehouse in {house.folder}.")
    try:
        with house.lock():
            with house.connect() as connection:
                ids = find_dumps(connection, dumps)
                named = connection.execute(
                    "select dump_id, file_names from raw.dumps where dump_id in $1 order by 1", [ids]
                ).fetchall()
            forget_dumps(house, ids)
    except WarehouseUnavailableError as error:
        fail(str(error))
    for dump_id, names in named:
        out.print(f"Forgot {dump_id[:16]} ({plain(', '.join(names))})")
    out.print("Build again to publish without them. If their files are still in the inbox, move them out first.")


@app.command()
def report(
    open_it: Annotated[bool, typer.Option("--open", help="Open it in this machine's browser, too.")] = False,
    release: Annotated[str, typer.Option(help="The release's id.")] = "latest",
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Print where the report of the published release is: one HTML page that needs no network.

    It shows rising and falling keywords, a map of keywords, trending papers, coverage, data quality and changes; each
    number names the SQL it comes from.
    """
    from pipelines.report.page import REPORT_NAME

    house = Warehouse(warehouse.resolve())
    page = (house.releases / release / REPORT_NAME).resolve()
    if not page.is_relative_to(house.releases.resolve()) or not page.exists():
        remedy = "`paperhouse build` makes one with each release." if release == "latest" else "Try `latest`."
        fail(f"There is no report of the release {release!r} in {house.releases}.", remedy)
    typer.echo(page)  # never wrapped, so that it can be piped
    if open_it and not webbrowser.open(page.as_uri()):
        fail("No browser could be started here.", "Open the file above in one.")


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write the dumps to; must be new or empty.")],
    papers: Annotated[int, typer.Option(min=1, help="How many papers to invent.")] = 600,
    days: Annotated[int, typer.Option(min=1, help="On how many days they are listed; each gives a dump.")] = 60,
    days_apart: Annotated[int, typer.Option(min=1, help="Weekdays from one of these days to the next.")] = 7,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
) -> None:
    """Write sample dumps of invented papers, with the truth about them beside.

    Some keywords are planted: the defaults make nineteen months in which one rises, one falls and one is too rare to
    say. `planted.json` in the truth's folder names them.
    """
    from pipelines.sample import write_sample

    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            fail(f"{folder} is not an empty folder.", "Choose a new one; nothing was written.")
        write_sample(folder, papers=papers, days=days, seed=seed, days_apart=days_apart)
    except ValueError as error:
        fail(f"No such sample can be made: {error}.")
    except OSError as error:
        fail(f"{folder} cannot be written: {error.strerror}.", "Choose another folder.")
    out.print(f"Wrote {papers:,} invented papers to {escape(str(folder))}. Build them: paperhouse build {folder}")


@app.command()
def ui(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port on this machine's loopback address.")] = 3000,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Start the Dagster UI on loopback with this warehouse: assets, runs, checks, the inbox sensor."""
    house = Warehouse(warehouse.resolve())
    try:
        house.prepare()
    except WarehouseUnavailableError as error:
        fail(str(error))
    house.set_environment()
    dagster = Path(sys.executable).with_name("dagster")
    out.print(f"Dagster UI: http://127.0.0.1:{port} (warehouse {escape(str(house.folder))}; Ctrl-C ends it)")
    sys.stdout.flush()
    command = [str(dagster), "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1", "-p", str(port)]
    os.execv(command[0], command)


@contextmanager
def showing_progress() -> Iterator[Listener]:
    """Bars on stderr for the stages of a long command; yields the listener that moves them."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as bars:
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                if not err.is_terminal:  # bars move only in a terminal; a log gets a line a stage
                    err.print(f"{name} ...")
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield show


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


def find_kept(house: Warehouse, name: str) -> Kept:
    """The release of that name, or a clear end where there is none."""
    from pipelines.release.history import NoSuchReleaseError, find_release, list_releases

    try:
        return find_release(house, name)
    except NoSuchReleaseError as error:
        if not list_releases(house):
            fail(f"Nothing is published in {house.folder} yet.", "Build it first: paperhouse build")
        fail(str(error), "`paperhouse releases` lists them.")


@contextmanager
def holding(house: Warehouse) -> Iterator[None]:
    """The warehouse, kept from builds; or a clear end where there is none, or a build runs."""
    if not house.database.exists():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    try:
        with house.lock():
            yield
    except WarehouseUnavailableError as error:
        fail(str(error))


@contextmanager
def reading_own(house: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The pipeline's own file, which holds what failed a gate, too; or a clear end where there is none to be had."""
    if not house.database.exists():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    try:
        with house.lock(), house.connect() as connection:
            yield connection
    except WarehouseUnavailableError as error:
        fail(str(error))
