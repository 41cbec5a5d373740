"""How a build ended and what is published, in the terminal.

What belongs here: questions to the published database about the warehouse as a whole, and the words around the answers.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
from rich.table import Table

from ..orchestration.last_run import find_last_run
from ..parsing.reasons import ENDED
from ..showing.terminal import out, plain, print_query, print_rows
from ..warehouse.errors import DamagedReleaseError
from ..warehouse.folder import Warehouse, read_manifest
from .arguments import command_line
from .checks import print_stopped, print_warned
from .dating import print_dating_hint

if TYPE_CHECKING:
    from ..engines import Engine
    from ..orchestration.build import BuildReport

#: Dumps shown one by one, of those held back.
SHOWN_HELD = 5
#: Tables named of a part that was made.
SHOWN_TABLES = 6
#: How the reason begins for which a dump that was not read to its end is held.
_UNREAD = tuple(f"{code}:" for code in ENDED)

_COMMONEST = "select keyword, paper_count from marts.keywords order by paper_count desc, keyword limit 10"
_BY_MONTH = (
    "select date_trunc('month', published_on)::date as month, count(*) as papers "
    "from marts.papers group by all order by month"
)
_WITH_CODE = "select title, code_url from marts.papers where has_code order by upvotes desc nulls last limit 10"
_TITLES = "select title from marts.papers order by title limit 10"


def print_report(warehouse: Warehouse, report: BuildReport, engine: Engine | None = None) -> None:
    """How a build ended, what it read and made and by which engine, how long each stage took, what to ask next."""
    for note in report.notes:
        out.print(f"[yellow]Note:[/] {plain(note)}", soft_wrap=True)
    if report.outcome == "failed":
        _print_failure(warehouse, report)
        return
    if report.outcome == "made":
        _print_part(warehouse, report)
        return
    with warehouse.read() as connection:
        held = _held_dumps(connection)
        facts = Table.grid(padding=(0, 2))
        facts.add_row("[bold]Dumps[/]", _dump_line(connection, report.counts))
        facts.add_row("[bold]Lines[/]", _line_line(connection))
        facts.add_row("[bold]Papers[/]", _paper_line(connection))
        facts.add_row("[bold]Keywords[/]", _keyword_line(connection))
        facts.add_row("[bold]Checks[/]", _check_line(connection))
        if engine and report.outcome == "published":
            facts.add_row("[bold]Engine[/]", plain(f"{engine.address} made the tables, in {engine.lake}"))
        facts.add_row("[bold]Time[/]", _time_line(report))
        facts.add_row("[bold]Database[/]", plain(warehouse.published_database))
        facts.add_row("[bold]Release[/]", plain(warehouse.latest_release.resolve()))
    if report.outcome == "unchanged":
        out.print("[bold green]Nothing new.[/] No dump was parsed; the published release is current.")
    else:
        out.print(f"[bold green]Built and published[/]{_kept_back(held)}")
    if "sample papers" in report.counts:
        out.print(
            f"The inbox is empty, so this is a generated sample of {report.counts['sample papers']:,} invented papers. "
            f"Put dumps into {plain(warehouse.inbox)} and build again: they replace it."
        )
    out.print(facts)
    if held:
        _print_held(warehouse, held)
    with warehouse.read() as connection:
        if report.outcome == "published":
            print_warned(warehouse, connection, report.run_id)
        _print_suggestions(warehouse, connection)


def _print_suggestions(warehouse: Warehouse, connection: duckdb.DuckDBPyConnection) -> None:
    """What to ask next, of what there is; where no paper has a day, how dumps get theirs."""
    [(published, listed, captured, coded)] = connection.execute(
        "select count(published_on), count(first_listed_on), count(first_captured_on), count_if(has_code) "
        "from marts.papers"
    ).fetchall()
    questions = [_COMMONEST, *([_BY_MONTH] if published else []), _WITH_CODE if coded else _TITLES]
    out.print("[bold]Ask it:[/]")
    if published:
        out.print(f"  {command_line(warehouse, 'trends')}", soft_wrap=True)
    elif listed or captured:
        basis = "listed" if listed else "captured"
        out.print(f"  {command_line(warehouse, 'trends')} --basis {basis}", soft_wrap=True)
    for question in questions:
        out.print(f'  {command_line(warehouse, "sql")} "{plain(question)}"', soft_wrap=True)
    if not published and not listed and not captured:
        out.print("No paper has a date, so nothing can be said of change.")
        print_dating_hint(connection)


def print_status(warehouse: Warehouse, connection: duckdb.DuckDBPyConnection) -> None:
    """What is published, from which dumps, and how the last checks ended."""
    manifest = read_manifest(warehouse.latest_release)
    if manifest is None:
        raise DamagedReleaseError(
            f"The release that readers see has lost its manifest.json ({warehouse.latest_release}). `paperhouse "
            "releases` lists those one can go back to with `paperhouse rollback`; the next build makes a new one."
        )
    facts = Table.grid(padding=(0, 2))
    facts.add_row("[bold]Release[/]", plain(f"{manifest['release_id']}, made {manifest['made_at']}"))
    facts.add_row("[bold]Database[/]", plain(warehouse.published_database))
    facts.add_row("[bold]Lines[/]", _line_line(connection))
    facts.add_row("[bold]Papers[/]", _paper_line(connection))
    facts.add_row("[bold]Keywords[/]", _keyword_line(connection))
    facts.add_row("[bold]Checks[/]", _check_line(connection))
    out.print(facts)
    print_warned(warehouse, connection, manifest["run_id"])
    print_query(
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
    ignored = _ignored_fields(connection)
    if ignored:
        out.print("[bold]Fields that nothing takes[/]")
        print_rows(["field", "held a value", "dumps"], ignored)
    if last := find_last_run(warehouse):
        run = f"run {last.run_id[:8]}" if last.run_id else "nothing was new"
        ended = f"{last.ended_at:%Y-%m-%d %H:%M} UTC after {last.seconds:.0f} s ({run})"
        out.print(f"The last build ended in {last.status}, {ended}.")
        if last.status == "failure":
            out.print(f"What stopped it: {command_line(warehouse, 'quality')}")


def describe_status(warehouse: Warehouse, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What is published and how the last build ended, for monitoring: names and plain values, times in UTC."""
    manifest = read_manifest(warehouse.latest_release) or {}
    made_at = manifest.get("made_at")
    last = find_last_run(warehouse)
    papers = connection.execute("select count(*) from marts.papers").fetchall()[0][0]
    return {
        "warehouse": str(warehouse.folder),
        "release_id": manifest.get("release_id"),
        "made_at": made_at,
        "age_hours": round((datetime.now(UTC) - datetime.fromisoformat(made_at)).total_seconds() / 3600, 2)
        if made_at
        else None,
        "papers": papers,
        "held_dumps": len(_held_dumps(connection)),
        "free_bytes": shutil.disk_usage(warehouse.folder).free,
        "last_run": last and {**asdict(last), "ended_at": last.ended_at.isoformat(timespec="seconds")},
    }


def _ignored_fields(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int, int]]:
    """Fields that nothing takes: name, how often it held a value, in how many dumps; none in an older release."""
    is_kept = connection.execute(
        "select 1 from duckdb_columns() where schema_name = 'raw' and column_name = 'ignored_fields'"
    ).fetchall()
    if not is_kept:
        return []
    return connection.execute(
        """
        select field, sum("count")::bigint as held_a_value, count(*) as dumps
        from (select unnest(ignored_fields, recursive := true) from raw.dumps)
        group by field order by 2 desc, 1 limit 20
        """
    ).fetchall()


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
    ways = [f"See what was refused: {command_line(warehouse, 'rejects')} --dump {held[0][0][:12]}"]
    # What was not read to its end cannot be let through.
    read = [dump_id for dump_id, _, reason in held if not reason.startswith(_UNREAD)]
    if read:
        ways += [
            f"Let it through as it is: {command_line(warehouse, 'accept')} {read[0][:12]}",
            f"Allow more refused in all dumps: {command_line(warehouse, 'build')} --reject-budget SHARE",
        ]
    ways.append(f"Take it out: {command_line(warehouse, 'forget')} {held[0][0][:12]}")
    out.print("\n".join(f"  {way}" for way in ways), soft_wrap=True)


def _print_failure(warehouse: Warehouse, report: BuildReport) -> None:
    published = "what was published before is unchanged" if warehouse.published_database.exists() else "nothing is"
    out.print(f"[bold red]The build failed[/]; nothing new is published ({published}).")
    if report.failed_checks:
        print_stopped(warehouse, report.failed_checks)
    elif report.problem:
        out.print(plain(report.problem))
    out.print(f"The whole story: {command_line(warehouse, 'ui')} (run {plain(report.run_id[:8])})", soft_wrap=True)


def _print_part(warehouse: Warehouse, report: BuildReport) -> None:
    tables = report.tables
    more = f" and {len(tables) - SHOWN_TABLES:,} more" if tables[SHOWN_TABLES:] else ""
    shown = ", ".join(tables[:SHOWN_TABLES]) + more
    out.print(
        f"[bold green]Made[/] {len(tables):,} {'table' if len(tables) == 1 else 'tables'} in {report.seconds:.1f} s: "
        f"{plain(shown or 'nothing was new')}.",
        soft_wrap=True,
    )
    whole = command_line(warehouse, "build")
    out.print(f"Nothing of it is published; that is for a whole build: {whole}", soft_wrap=True)


def _kept_back(held: list[tuple[str, list[str], str]]) -> str:
    """What the first sentence adds where not all of the dumps went in."""
    return f", without {len(held):,} {'dump that is' if len(held) == 1 else 'dumps that are'} held." if held else "."


def count_held(warehouse: Warehouse) -> int:
    """The dumps that are held back from what is published."""
    with warehouse.read() as connection:
        return len(_held_dumps(connection))


def _dump_line(connection: duckdb.DuckDBPyConnection, counts: dict[str, int]) -> str:
    rows = connection.execute(
        "select status, count(*) from raw.dumps where status <> 'not_a_dump' "
        "group by status order by status = 'loaded' desc, status"
    ).fetchall()
    statuses = ", ".join(f"{count:,} {status}" for status, count in rows)
    others = _one(connection, "select count(*) from raw.dumps where status = 'not_a_dump'")[0]
    beside = f"; {others:,} {'file is' if others == 1 else 'files are'} no dump" if others else ""
    if "files" not in counts:  # a part that reads none
        return f"none was read; in all {plain(statuses)}{beside}"
    met = counts["new dumps"] + counts["unchanged dumps"]
    return (
        f"{counts['files']:,} {'file holds' if counts['files'] == 1 else 'files hold'} "
        f"{met:,} {'dump' if met == 1 else 'dumps'}: "
        f"{counts['new dumps']:,} new, {counts['unchanged dumps']:,} unchanged; in all {plain(statuses)}{beside}"
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
        f"{boilerplate:,} boilerplate, {dates:,} date{'' if dates == 1 else 's'}, {rejected:,} rejected"
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


def _time_line(report: BuildReport) -> str:
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.stages.items())
    return f"{report.seconds:.1f} s ({stages})"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchall()[0]
