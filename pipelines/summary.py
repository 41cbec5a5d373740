"""What a person reads: the summary of a build, the state of a warehouse, its trends, one paper.

What belongs here: questions to the published database and the words around the answers. Set work is in the marts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
from rich.table import Table

from pipelines.build import BuildReport
from pipelines.resources import Warehouse
from pipelines.terminal import out, plain, print_rows

QUESTIONS = (
    "select keyword, paper_count from marts.keywords order by paper_count desc, keyword limit 10",
    "select date_trunc('month', published_on)::date as month, count(*) as papers "
    "from marts.papers group by all order by month",
    "select title, code_url from marts.papers where has_code order by upvotes desc nulls last limit 10",
)


def print_report(warehouse: Warehouse, report: BuildReport) -> None:
    """How a build ended, what it read and made, how long each stage took, what to ask next."""
    if report.outcome == "failed":
        _print_failure(warehouse, report)
        return
    with warehouse.read() as connection:
        facts = Table.grid(padding=(0, 2))
        facts.add_row("[bold]Dumps[/]", _dump_line(connection, report.counts))
        facts.add_row("[bold]Lines[/]", _line_line(connection))
        facts.add_row("[bold]Papers[/]", _paper_line(connection))
        facts.add_row("[bold]Keywords[/]", _keyword_line(connection))
        facts.add_row("[bold]Checks[/]", _check_line(connection))
        facts.add_row("[bold]Time[/]", _time_line(report))
        facts.add_row("[bold]Database[/]", plain(warehouse.published_database))
        facts.add_row("[bold]Release[/]", plain((warehouse.releases / "latest").resolve()))
    if report.outcome == "unchanged":
        out.print("[bold green]Nothing new.[/] No dump was parsed; the published release is current.")
    else:
        out.print("[bold green]Built and published.[/]")
    if "sample papers" in report.counts:
        out.print(
            f"The inbox is empty, so this is a generated sample of {report.counts['sample papers']:,} invented papers. "
            f"Put dumps into {plain(warehouse.inbox)} and build again: they replace it."
        )
    out.print(facts)
    out.print("[bold]Ask it:[/]")
    for question in QUESTIONS:
        out.print(f'  {_command(warehouse, "sql")} "{plain(question)}"', soft_wrap=True)


def print_status(warehouse: Warehouse, connection: duckdb.DuckDBPyConnection) -> None:
    """What is published, from which dumps, and how the last checks ended."""
    manifest = json.loads((warehouse.releases / "latest" / "manifest.json").read_text())
    facts = Table.grid(padding=(0, 2))
    facts.add_row("[bold]Release[/]", plain(f"{manifest['release_id']}, made {manifest['made_at']}"))
    facts.add_row("[bold]Database[/]", plain(warehouse.published_database))
    facts.add_row("[bold]Lines[/]", _line_line(connection))
    facts.add_row("[bold]Papers[/]", _paper_line(connection))
    facts.add_row("[bold]Keywords[/]", _keyword_line(connection))
    facts.add_row("[bold]Checks[/]", _check_line(connection))
    out.print(facts)
    _print_query(
        connection,
        """
        select
            layout, status, count(*) as dumps,
            sum(entry_count)::bigint as entries, sum(reject_count)::bigint as rejects,
            min(coalesce(captured_on, listed_on)) as first_day, max(coalesce(captured_on, listed_on)) as last_day,
            max(loaded_at) as last_loaded_at
        from raw.dumps group by layout, status order by layout, status
        """,
    )
    if warehouse.last_build.exists():
        report = json.loads(warehouse.last_build.read_text())
        out.print(f"The last build from the command line ended {plain(report['outcome'])} ({report['seconds']:.1f} s).")


def print_trends(connection: duckdb.DuckDBPyConnection, basis: str, top: int) -> None:
    """The keywords rising and falling most in the last complete month of a date basis, or why there are none."""
    verdicts = connection.execute(
        "select verdict, count(*) from marts.keyword_trends_by_month where date_basis = ? group by 1", [basis]
    ).fetchall()
    if not verdicts:
        out.print(f"No paper has a {plain(basis)} date, so nothing can be said about change on that basis.")
        return
    for verdict in ("rising", "falling"):
        rows = connection.execute(
            """
            select keywords.keyword, trends.period_start_on, trends.because
            from marts.keyword_trends_by_month as trends
            inner join marts.keywords as keywords on trends.keyword_id = keywords.keyword_id
            where trends.date_basis = $basis and trends.verdict = $verdict
            qualify row_number() over (
                partition by trends.keyword_id order by trends.q_value, trends.period_start_on
            ) = 1
            order by trends.q_value, trends.keyword_id
            limit $top
            """,
            {"basis": basis, "verdict": verdict, "top": top},
        ).fetchall()
        out.print(f"[bold]{verdict.capitalize()}[/] ({plain(basis)} month by month; strongest evidence first)")
        if rows:
            print_rows(["keyword", "month", "because"], rows)
        else:
            reasons = ", ".join(f"{count:,} {name}" for name, count in sorted(verdicts))
            out.print(f"  none. Verdicts on all keyword months: {plain(reasons)}")


def find_papers(connection: duckdb.DuckDBPyConnection, title_or_id: str) -> list[tuple[str, str]]:
    """Papers with that paper id (also an old one), arXiv id or title; else those whose title contains the words."""
    exact = connection.execute(
        "select paper_id, title from marts.papers where $1 in (paper_id, arxiv_id) or lower(title) = lower($1) "
        "or paper_id in (select paper_id from marts.paper_redirects where old_paper_id = $1)",
        [title_or_id],
    ).fetchall()
    return (
        exact
        or connection.execute(
            "select paper_id, title from marts.papers where contains(lower(title), lower($1)) order by title limit 100",
            [title_or_id],
        ).fetchall()
    )


def print_paper(connection: duckdb.DuckDBPyConnection, paper_id: str) -> None:
    """One paper: its facts, abstract, keywords, links, and where it was seen."""
    row = connection.execute("select * from marts.papers where paper_id = ?", [paper_id])
    names = [column[0] for column in row.description or []]
    facts: dict[str, Any] = dict(zip(names, row.fetchall()[0], strict=True))
    out.print(f"[bold]{plain(facts.pop('title'))}[/]")
    abstract = facts.pop("abstract")
    grid = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value not in (None, []):
            grid.add_row(name, plain(", ".join(value) if isinstance(value, list) else value))
    out.print(grid)
    out.print(plain(abstract or "(no abstract)"))
    for title, query in {
        "Keywords": """
            select k.keyword, p.keyword_rank, p.keyword_score
            from marts.paper_keywords as p inner join marts.keywords as k on p.keyword_id = k.keyword_id
            where p.paper_id = ? order by p.keyword_rank
        """,
        "Links": "select kind, url from marts.links where paper_id = ? order by kind, url",
        "Seen in": """
            select d.file_names, d.layout, a.position, a.listed_on, a.captured_on, a.upvotes
            from marts.appearances as a inner join marts.dumps as d on a.dump_id = d.dump_id
            where a.paper_id = ? order by a.listed_on, a.captured_on, a.dump_id
        """,
    }.items():
        out.print(f"[bold]{title}[/]")
        _print_query(connection, query, [paper_id])


def _print_query(connection: duckdb.DuckDBPyConnection, query: str, values: list[Any] | None = None) -> None:
    result = connection.execute(query, values or [])
    print_rows([column[0] for column in result.description or []], result.fetchall())


def _print_failure(warehouse: Warehouse, report: BuildReport) -> None:
    published = "what was published before is unchanged" if warehouse.published_database.exists() else "nothing is"
    out.print(f"[bold red]The build failed[/]; nothing new is published ({published}).")
    if report.failed_checks:
        for check in report.failed_checks:
            out.print(f"[bold]{plain(check.stage)}[/] {plain(check.table)}: [red]{plain(check.rule)}[/]")
            out.print(
                f"  observed {plain(check.observed)}"
                + (f", expected {plain(check.expected)}" if check.expected else "")
            )
            if check.failing:
                out.print(f"  failing rows: {plain(check.failing)}")
        out.print(
            "Where a dump is at fault, repair it or take it out, and build again: "
            f"{_command(warehouse, 'forget')} DUMP_ID",
            soft_wrap=True,
        )
    elif report.problem:
        out.print(plain(report.problem))
    out.print(f"The whole story: {_command(warehouse, 'ui')} (run {plain(report.run_id[:8])})", soft_wrap=True)


def _dump_line(connection: duckdb.DuckDBPyConnection, counts: dict[str, int]) -> str:
    rejected = _one(connection, "select count(*) from raw.dumps where status = 'rejected'")[0]
    total = _one(connection, "select count(*) from raw.dumps")[0]
    return (
        f"{counts['files']:,} files hold {counts['new dumps'] + counts['unchanged dumps']:,} dumps: "
        f"{counts['new dumps']:,} new, {counts['unchanged dumps']:,} unchanged; "
        f"{total:,} loaded in all, {rejected:,} of them rejected"
    )


def _line_line(connection: duckdb.DuckDBPyConnection) -> str:
    lines, entries, blank, boilerplate, dates, rejected, count = _one(
        connection,
        """
        select
            sum(line_count)::bigint, sum(entry_line_count)::bigint, sum(blank_line_count)::bigint,
            sum(boilerplate_line_count)::bigint, sum(date_line_count)::bigint, sum(rejected_line_count)::bigint,
            sum(entry_count)::bigint
        from raw.dumps
        """,
    )
    accounted = entries + blank + boilerplate + dates + rejected
    return (
        f"{accounted:,} of {lines:,} accounted for: {count:,} entries on {entries:,}, {blank:,} blank, "
        f"{boilerplate:,} boilerplate, {dates:,} dates, {rejected:,} rejected"
    )


def _paper_line(connection: duckdb.DuckDBPyConnection) -> str:
    papers, known, coded, first, last = _one(
        connection,
        "select count(*), count(arxiv_id), count(*) filter (where has_code), min(published_on), max(published_on) "
        "from marts.papers",
    )
    span = f", published {first} to {last}" if first else ""
    return f"{papers:,}; {known:,} with an arXiv id, {coded:,} with code{span}"


def _keyword_line(connection: duckdb.DuckDBPyConnection) -> str:
    keywords = _one(connection, "select count(*) from marts.keywords")[0]
    rows = connection.execute(
        "select verdict, count(*) from marts.keyword_trends_by_month group by 1 order by 1"
    ).fetchall()
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in rows) or "no dated paper, so no verdict"
    return f"{keywords:,}; verdicts on keyword months: {plain(verdicts)}"


def _check_line(connection: duckdb.DuckDBPyConnection) -> str:
    rows = connection.execute(
        """
        select stage, string_agg(checks || ' ' || status, ', ' order by status)
        from (
            select stage, status, count(*) as checks from quality.check_results
            where run_id = (select arg_max(run_id, checked_at) from quality.check_results)
            group by stage, status
        )
        group by stage order by stage
        """
    ).fetchall()
    return "; ".join(f"{plain(stage)}: {plain(text)}" for stage, text in rows)


def _time_line(report: BuildReport) -> str:
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.stages.items())
    return f"{report.seconds:.1f} s ({stages})"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchall()[0]


def _command(warehouse: Warehouse, name: str) -> str:
    """A command to copy: the executable beside this Python, and the warehouse where it is not the default one."""
    executable = Path(sys.executable).with_name("paperhouse")
    if executable.is_relative_to(Path.cwd()):
        executable = executable.relative_to(Path.cwd())
    option = "" if warehouse.folder == Path("warehouse").resolve() else f" -w {warehouse.folder}"
    return plain(f"{executable} {name}{option}")
