"""What a person reads: the summary of a build, the state of a warehouse, its trends, one paper.

What belongs here: questions to the published database and the words around the answers. Set work is in the marts.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import duckdb
from rich.table import Table

from pipelines.build import BuildReport
from pipelines.parsing import REASONS
from pipelines.replay import Replay
from pipelines.resources import Warehouse
from pipelines.terminal import out, plain, print_rows, spreadsheet_safe

#: Characters of a reject's text shown in a table.
SHOWN_CHARACTERS = 120
#: Dumps shown one by one, of those that a replay would change and of those held back.
SHOWN_DUMPS = 50
SHOWN_HELD = 5
#: Checks that warned which a summary names.
SHOWN_WARNINGS = 3

QUESTIONS = (
    "select keyword, paper_count from marts.keywords order by paper_count desc, keyword limit 10",
    "select date_trunc('month', published_on)::date as month, count(*) as papers "
    "from marts.papers group by all order by month",
    "select title, code_url from marts.papers where has_code order by upvotes desc nulls last limit 10",
)


def print_report(warehouse: Warehouse, report: BuildReport) -> None:
    """How a build ended, what it read and made, how long each stage took, what to ask next."""
    for note in report.notes:
        out.print(f"[yellow]Note:[/] {plain(note)}", soft_wrap=True)
    if report.outcome == "failed":
        _print_failure(warehouse, report)
        return
    with warehouse.read() as connection:
        held, warnings = _held_dumps(connection), _warnings(connection)
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
    if held:
        _print_held(warehouse, held)
    if warnings:
        _print_warnings(warehouse, warnings)
    out.print("[bold]Ask it:[/]")
    out.print(f"  {_command(warehouse, 'trends')}", soft_wrap=True)
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
    if warnings := _warnings(connection):
        _print_warnings(warehouse, warnings)
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
        column = {"published": "published_on", "listed": "first_listed_on", "captured": "first_captured_on"}[basis]
        dated = _one(connection, f"select count({column}) from marts.papers")[0]
        if dated:
            out.print(f"{dated:,} papers have a {basis} date; no keyword has enough of them for a series.")
        else:
            out.print(f"No paper has a {basis} date, so nothing can be said about change on that basis.")
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
    told, known = _one(
        connection,
        "select count(distinct keyword_id), (select count(*) from marts.keywords) from marts.keyword_trends_by_month "
        f"where date_basis = '{basis}' and not starts_with(verdict, 'insufficient')",
    )
    out.print(
        f"{told:,} of {known:,} keywords are in enough papers and months to be judged; of the others nothing can be "
        "said yet. One keyword's series: paperhouse trends --keyword NAME",
        soft_wrap=True,
    )


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


def print_rejects(connection: duckdb.DuckDBPyConnection, ids: list[str] | None, reason: str | None, limit: int) -> None:
    """How many rejects each reason has and what it means, then the first ones with their lines and text."""
    where, values = _chosen_rejects(ids, reason)
    counts = connection.execute(
        "select reason, count(*), count(distinct dump_id) from raw.rejects "
        f"where {where} group by 1 order by 2 desc, 1",
        values,
    ).fetchall()
    if not counts:
        chosen = "" if ids is None and reason is None else " of this choice"
        out.print(f"Nothing{chosen} was rejected: every line became part of an entry, a date or known furniture.")
        return
    print_rows(
        ["reason", "rejects", "dumps", "meaning"],
        [(code, f"{count:,}", f"{dumps:,}", REASONS.get(code, "")) for code, count, dumps in counts],
    )
    rows = connection.execute(
        f"""
        select
            left(dump_id, 12), file_names[1], reason, first_line || '-' || last_line, detail,
            left(rejects.text, {SHOWN_CHARACTERS}) || if(length(rejects.text) > {SHOWN_CHARACTERS}, '…', '')
        from raw.rejects inner join raw.dumps using (dump_id)
        where {where}
        order by file_names[1], dump_id, reject_number
        limit {limit}
        """,
        values,
    ).fetchall()
    print_rows(["dump", "file", "reason", "lines", "detail", "text"], rows)
    total = sum(count for _, count, _ in counts)
    if total > len(rows):
        out.print(
            f"{len(rows):,} of {total:,} are shown; --limit shows more, --csv writes all with their text in full."
        )


def write_rejects(
    connection: duckdb.DuckDBPyConnection, ids: list[str] | None, reason: str | None, limit: int | None
) -> None:
    """Rejects as CSV on stdout, each with the meaning of its code; cells a spreadsheet would run are defused."""
    where, values = _chosen_rejects(ids, reason)
    result = connection.execute(
        f"""
        select dump_id, file_names[1], reject_number, reason, detail, first_line, last_line, rejects.text
        from raw.rejects inner join raw.dumps using (dump_id)
        where {where}
        order by file_names[1], dump_id, reject_number
        {"" if limit is None else f"limit {limit}"}
        """,
        values,
    )
    writer = csv.writer(sys.stdout)
    writer.writerow(
        ["dump_id", "file_name", "reject_number", "reason", "meaning", "detail", "first_line", "last_line", "text"]
    )
    while rows := result.fetchmany(10_000):
        meant = ([*row[:4], REASONS.get(row[3], ""), *row[4:]] for row in rows)
        writer.writerows([spreadsheet_safe(value) for value in row] for row in meant)


def _chosen_rejects(ids: list[str] | None, reason: str | None) -> tuple[str, dict[str, Any]]:
    """A condition on raw.rejects and the values in it."""
    parts = {"dump_id in $ids": ids, "reason = $reason": reason}
    chosen = {part: value for part, value in parts.items() if value is not None}
    return " and ".join(chosen) or "true", {part.split("$")[1]: value for part, value in chosen.items()}


def print_replay(warehouse: Warehouse, result: Replay) -> None:
    """What reading dumps again would change, dump by dump and in all, and what to do about it."""
    for problem in result.problems:
        out.print(f"[yellow]Not read again:[/] {plain(problem)}", soft_wrap=True)
    if not result.chosen_count:
        out.print("There is nothing to read again: no dump has rejects or was read by another version of the parser.")
        return
    differing = [change for change in result.changes if change.is_difference]
    if differing:
        print_rows(
            ["dump", "file", "entries", "added", "removed", "changed", "rejects gone", "rejects new", "other"],
            [
                (
                    change.dump_id[:12],
                    change.file_name,
                    f"{change.entries_before:,} -> {change.entries_after:,}",
                    *(f"{count:,}" for count in change.counts),
                    change.other,
                )
                for change in differing[:SHOWN_DUMPS]
            ],
        )
        if len(differing) > SHOWN_DUMPS:
            out.print(f"and {len(differing) - SHOWN_DUMPS:,} dumps more; the totals below count them.")
    total = [sum(change.counts[number] for change in result.changes) for number in range(5)]
    out.print(
        f"{len(result.changes):,} of {result.chosen_count:,} dumps were read again, {len(differing):,} differ: "
        f"{total[0]:,} entries added, {total[1]:,} removed, {total[2]:,} changed; "
        f"{total[3]:,} rejects gone, {total[4]:,} new."
    )
    if result.is_accepted:
        out.print(f"Accepted. Publish it: {_command(warehouse, 'build')}", soft_wrap=True)
    elif result.changes:
        out.print("Nothing is changed yet. The same command with --accept puts this reading in place of the old one.")


def _held_dumps(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str], str]]:
    return connection.execute(
        "select dump_id, file_names, held_reason from raw.dumps where status = 'held' order by file_names, dump_id"
    ).fetchall()


def _print_held(warehouse: Warehouse, held: list[tuple[str, list[str], str]]) -> None:
    """Dumps that were held back, and the ways out."""
    one = len(held) == 1
    out.print(f"[bold yellow]Held back:[/] {len(held):,} {'dump' if one else 'dumps'}, of which no entry counts.")
    for dump_id, names, reason in held[:SHOWN_HELD]:
        out.print(f"  {dump_id[:12]} {plain(names[0])}: {plain(reason)}", soft_wrap=True)
    if len(held) > SHOWN_HELD:
        out.print(f"  and {len(held) - SHOWN_HELD:,} more: select file_names, held_reason from raw.dumps")
    dump = held[0][0][:12]
    out.print(
        f"  See what was refused: {_command(warehouse, 'rejects')} --dump {dump}\n"
        f"  Let more through: {_command(warehouse, 'build')} --reject-budget SHARE\n"
        f"  Take it out: {_command(warehouse, 'forget')} {dump}",
        soft_wrap=True,
    )


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
            if check.failing not in ("", "[]"):
                out.print(f"  failing rows: {plain(check.failing)}")
        if any(check.stage == "gate_1" for check in report.failed_checks):
            out.print(f"What was refused, and why: {_command(warehouse, 'rejects')}", soft_wrap=True)
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
    met = counts["new dumps"] + counts["unchanged dumps"]
    return (
        f"{counts['files']:,} {'file holds' if counts['files'] == 1 else 'files hold'} "
        f"{met:,} {'dump' if met == 1 else 'dumps'}: "
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
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in rows)
    return f"{keywords:,}; verdicts on keyword months: {plain(verdicts or 'none, too few dated papers')}"


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


def _warnings(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str]]:
    """Checks of the latest run that warned: stage, table, rule, what was observed."""
    return connection.execute(
        "select stage, table_name, rule, observed from quality.check_results where status = 'warn' "
        "and run_id = (select arg_max(run_id, checked_at) from quality.check_results) "
        "order by stage, table_name, rule"
    ).fetchall()


def _print_warnings(warehouse: Warehouse, warnings: list[tuple[str, str, str, str]]) -> None:
    """The checks that warned, and where their rows are. A warning keeps nothing from being published."""
    count = f"{len(warnings):,} {'check' if len(warnings) == 1 else 'checks'}"
    out.print(f"[bold yellow]Warned:[/] {count}; what they warn of is published all the same.")
    for stage, table, rule, observed in warnings[:SHOWN_WARNINGS]:
        seen = f" (observed: {observed})" if observed else ""
        out.print(f"  {plain(stage)} {plain(table)}: {plain(rule)}{plain(seen)}", soft_wrap=True)
    if len(warnings) > SHOWN_WARNINGS:
        out.print(f"  and {len(warnings) - SHOWN_WARNINGS:,} more")
    query = "select table_name, rule, observed, failing from quality.check_results where status = 'warn'"
    out.print(f'  The rows they found: {_command(warehouse, "sql")} "{query}"', soft_wrap=True)


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
