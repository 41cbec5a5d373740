"""The commands that ask what is published: status, sql, ask, trends, paper, why, report.

What belongs here: arguments, exit codes, and which words answer: those of `summary`, `answers`, `keyword_series`,
`explanation` and `subject_pages`; the shapes of questions in words are `question_shapes`.
"""

from __future__ import annotations

import json
import sys
import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from ..showing.terminal import err, json_text, out, plain, print_rows, write_csv
from ..warehouse.errors import WarehouseUnavailableError
from ..warehouse.folder import LATEST
from .arguments import DEFAULT_FOLDER, Folder, Release, fail, open_house, reading, reading_release
from .question_shapes import QUESTION_HELP, suggest, understand

app = typer.Typer()
#: Rows that `sql` shows as a table: more is read by no one, and takes the terminal minutes.
SHOWN_ROWS = 10_000


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
    year = "year"


class Format(StrEnum):
    """How `sql` writes rows."""

    table = "table"
    csv = "csv"
    json = "json"


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Facts for monitoring, as one line of JSON.")] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show what is published: since when, from which dumps, how the last gates and the last build ended.

    Exit code 1 where the last build, whoever started it, ended in failure.
    """
    from ..orchestration.last_run import find_last_run
    from .summary import describe_status, print_status

    house = open_house(warehouse)
    with reading(house) as connection:
        if as_json:
            print(json.dumps(describe_status(house, connection), ensure_ascii=True))
        else:
            print_status(house, connection)
    if (last := find_last_run(house)) and last.status == "failure":
        raise typer.Exit(1)


@app.command()
def quality(
    words: Annotated[str, typer.Argument(help="Only rules and tables with these words.")] = "",
    docs: Annotated[bool, typer.Option("--docs", help="Open Great Expectations' pages on the latest build.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Rules that held, too.")] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show what the latest build's checks found, what was done about it, and how figures moved over the last builds.

    A build that stopped is shown, too; while one is running, what is published.
    """
    from ..warehouse.errors import WarehouseBusyError
    from .checks import print_quality

    house = open_house(warehouse)
    if docs:
        pages = sorted(house.check_documents.glob("*/index.html"), key=lambda page: page.stat().st_mtime)
        if not pages:
            fail(f"No gate has judged anything in {house.folder} yet.", "Build it first: paperhouse build")
        out.print(plain(pages[-1]), soft_wrap=True)
        webbrowser.open(pages[-1].as_uri())
        return
    if house.database.exists():
        try:
            with house.lock(), house.connect() as connection:
                print_quality(connection, words, every)
                return
        except WarehouseBusyError:
            pass
        except WarehouseUnavailableError as error:
            fail(str(error))
    with reading(house) as connection:
        print_quality(connection, words, every)


# A query may begin with a comment (`-- ...`), which is no option; a slip in an option is one argument too many then.
@app.command(context_settings={"ignore_unknown_options": True})
def sql(
    query: Annotated[
        str, typer.Argument(help="SQL, e.g. `from marts.papers limit 5`; several statements part by `;`.")
    ],
    format: Annotated[Format, typer.Option("--format", "-f", help="How rows are written.")] = Format.table,
    timeout: Annotated[
        float | None, typer.Option(min=0.001, help="Seconds after which the query is stopped (default: never).")
    ] = None,
    memory_limit: Annotated[
        str | None,
        typer.Option(help="Memory the query may take, e.g. `2GB` (default: PAPERHOUSE_MEMORY_LIMIT, else 1GB)."),
    ] = None,
    release: Release = LATEST,
    before: Annotated[
        str | None,
        typer.Option(
            help="Attach a kept release as `before`, by its id or `previous`, to compare: `before.marts.keywords`, "
            "`papers_with('RAG', db := 'before')`."
        ),
    ] = None,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Query the published database: read-only, with settings that cannot be changed, and no other file.

    Tables are in `marts`, `quality` and `raw`; `describe marts.papers` lists the columns of one.
    """
    from ..warehouse.questions import RefusedQueryError, asking, check_statements, has_answer

    with reading_release(warehouse, release, memory_limit, before) as connection:
        try:
            with asking(connection, timeout):
                statements = check_statements(query)
                if format is not Format.table and sum(map(has_answer, statements)) > 1:
                    raise RefusedQueryError(
                        f"A file of {format.value.upper()} holds one answer, and these are several: ask one at a time."
                    )
                for statement in statements:
                    result = connection.execute(statement)
                    if has_answer(statement):
                        _write_rows(result, format)
        except RefusedQueryError as error:
            fail(
                str(error),
                "`show tables from marts` lists the tables; `describe marts.papers` lists the columns of one.",
            )


def _write_rows(result: duckdb.DuckDBPyConnection, format: Format) -> None:
    """The rows of a result on stdout; a table has the first ones only, files have all."""
    names = [column[0] for column in result.description or []]
    if format is Format.table:
        rows = result.fetchmany(SHOWN_ROWS + 1)
        print_rows(names, rows[:SHOWN_ROWS])
        if len(rows) > SHOWN_ROWS:
            out.print("There are more; --format csv writes all.")
        return
    if format is Format.csv:
        write_csv([names])
        while rows := result.fetchmany(10_000):
            write_csv(rows)
        return
    comma = "[\n"
    while rows := result.fetchmany(10_000):
        for row in rows:
            record = dict(zip(names, row, strict=True))
            sys.stdout.write(comma + " " + json_text(record).replace("\n", "\n "))
            comma = ",\n"
    sys.stdout.write("[]\n" if comma == "[\n" else "\n]\n")


@app.command(help=QUESTION_HELP)
def ask(
    question: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="The question, with or without quotes around it.")
    ],
    format: Annotated[Format, typer.Option("--format", "-f", help="How rows are written.")] = Format.table,
    release: Release = LATEST,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Answer a question in words, with the SQL that answers it; the help is made of the shapes that are understood."""
    from ..warehouse.questions import RefusedQueryError, asking
    from .keyword_series import find_near

    asked = " ".join(question)
    with reading_release(warehouse, release) as connection:
        found = understand(asked)
        if found is None:
            near = "\n  ".join(suggest(asked))
            fail(f"This is no question of a shape that is known: {asked}", f"Near are:\n  {near}")
        try:
            with asking(connection):
                for topic in found.topics:
                    if not connection.execute("from find_keywords(?)", [topic]).fetchall():
                        near = ", ".join(find_near(connection, topic))
                        fail(f"No keyword is called {topic!r}.", f"Near are: {near}." if near else "")
                err.print(plain(found.query), style="dim", soft_wrap=True)
                if not connection.execute(f"select exists (from ({found.query}))").fetchall()[0][0]:
                    err.print(plain(found.shape.none))
                _write_rows(connection.execute(found.query), format)
        except RefusedQueryError as error:
            fail(str(error), "Where an earlier version published this, build it again: paperhouse build")


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
    over_releases: Annotated[
        bool, typer.Option("--over-releases", help="With --keyword: what each release that is kept said of it.")
    ] = False,
    release: Release = LATEST,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show which keywords rise, fall, peak for a month or drift, with their evidence, or why none can be called so.

    With --keyword: one keyword's series with its intervals, when it moved, its bursts, topic and neighbours.
    """
    from .answers import print_trends
    from .keyword_series import find_keywords, find_near, print_series

    if over_releases:
        from .keyword_releases import print_over_releases

        if not (keyword or "").strip():
            fail("--over-releases needs a keyword.", "paperhouse trends --keyword 'diffusion models' --over-releases")
        print_over_releases(open_house(warehouse), str(keyword).strip(), basis)
        return
    with reading_release(warehouse, release) as connection:
        if keyword is None:
            print_trends(connection, basis, top)
            return
        found = find_keywords(connection, keyword.strip()) if keyword.strip() else []
        if not found:
            near = ", ".join(find_near(connection, keyword))
            fail(
                f"No keyword is called {keyword!r} or contains it.",
                f"Near are: {near}." if near else "Try fewer words, or another form.",
            )
        if len(found) > 1 and found[0][1].lower() != keyword.lower():
            err.print(f"{len(found)} keywords match; this is the one of most papers. The others:")
            err.print(", ".join(plain(label) for _, label in found[1:]), style="dim")
        print_series(connection, found[0][0], basis, grain, last)


@app.command()
def paper(
    title_or_id: Annotated[str, typer.Argument(help="A paper id, an arXiv id, or (part of) a title.")],
    release: Release = LATEST,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Show one paper: where it was seen, its keywords and links."""
    from .answers import find_papers, print_paper

    with reading_release(warehouse, release) as connection:
        found = find_papers(connection, title_or_id.strip()) if title_or_id.strip() else []
        if not found:
            fail(f"No paper has the id or a title like {title_or_id!r}.", "Try fewer words of the title.")
        if len(found) > 1:
            err.print(f"{len(found)} papers match; one of these ids shows one:")
            print_rows(["paper_id", "title"], found[:20])
            raise typer.Exit(1)
        print_paper(connection, found[0][0])


@app.command()
def why(
    first: Annotated[str, typer.Argument(help="A paper id (also an old one), an arXiv id, or (part of) a title.")],
    second: Annotated[str | None, typer.Argument(help="Another one; without it: why the first is one paper.")] = None,
    release: Release = LATEST,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Explain why two are one paper or two, or what one paper was made of: the evidence behind each decision.

    What the rules get wrong is put right in `overrides/papers.csv` of the warehouse (verdict,first,second,reason).
    """
    from .explanation import find_named, print_one, print_two

    with reading_release(warehouse, release) as connection:
        chosen = []
        for name in (first,) if second is None else (first, second):
            found = find_named(connection, name.strip()) if name.strip() else []
            if not found:
                fail(f"No paper has the id or a title like {name!r}.", "Try fewer words of the title.")
            if len(found) > 1:
                err.print(f"{len(found)} papers match {plain(name)}; name one of them by its id:")
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
def report(
    keyword: Annotated[
        str | None, typer.Option(help="Make a page of this keyword: its label, abbreviation, any form, or its id.")
    ] = None,
    paper: Annotated[
        str | None, typer.Option(help="Make a page of this paper: its id, arXiv id, or (part of) its title.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Where that page is written (default: `pages/` of the warehouse).")
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in this machine's browser, too.")] = False,
    release: Annotated[str, typer.Option(help="The release's id.")] = "latest",
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Print where the report of the published release is: one HTML page that needs no network.

    It shows what is new, what rises and what to read, a map of keywords, topics, coverage, quality and changes; each
    number leads to the SQL it comes from. --keyword or --paper make a page of that one alone: a keyword's series,
    what it comes with and its papers; a paper's abstract, keywords, links and papers like it. The next build lets go of
    pages in `pages/`.
    """
    from ..report.page import REPORT_NAME
    from .subject_pages import write_page

    house = open_house(warehouse)
    if keyword is not None and paper is not None:
        fail("--keyword and --paper exclude each other.", "Make one page after the other.")
    if keyword is None and paper is None:
        if to is not None:
            fail("--to is for the page of one keyword or paper.", "Name it with --keyword or --paper.")
        page = (house.releases / release / REPORT_NAME).resolve()
        if not page.is_relative_to(house.releases.resolve()) or not page.exists():
            remedy = "`paperhouse build` makes one with each release." if release == "latest" else "Try `latest`."
            fail(f"There is no report of the release {release!r} in {house.releases}.", remedy)
    else:
        page = write_page(house, release, keyword, paper, to)
    typer.echo(page)  # never wrapped, so that it can be piped
    if open_it and not webbrowser.open(page.as_uri()):
        fail("No browser could be started here.", "Open the file above in one.")
