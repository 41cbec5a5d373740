"""What checks found, in the terminal: what stopped a build, what warned, how figures moved.

What belongs here: questions to the ledger (`quality.check_results`) and the words around the answers.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ..showing.terminal import out, plain, print_rows
from ..warehouse.folder import Warehouse
from ..warehouse.places import tell_rows
from ..warehouse.quality import CHECK_HISTORY, CheckRow
from .arguments import command_line

#: Checks that warned which a summary names.
SHOWN_WARNINGS = 5
#: Values of a figure that are shown, of the latest builds.
SHOWN_BUILDS = 6


def print_stopped(warehouse: Warehouse, checks: Sequence[CheckRow]) -> None:
    """The rules that stopped a build: in words, where, what was seen and what is allowed, and the command to go on."""
    with warehouse.connect() as connection:
        for check in checks:
            where = f"{check.stage.replace('_', ' ')}, {check.table}"
            out.print(f"[bold red]Broken:[/] {plain(check.rule)} ({plain(where)})", soft_wrap=True)
            out.print(f"  seen: {plain(check.observed)}; allowed: {plain(check.expected)}", soft_wrap=True)
            for told in tell_rows(connection, check.failing):
                out.print(f"  {plain(told)}", soft_wrap=True)
            out.print(f"  done: {plain(check.answer)}", soft_wrap=True)
    out.print(f"To go on: {_remedy(warehouse, checks)}", soft_wrap=True)


def _remedy(warehouse: Warehouse, checks: Sequence[CheckRow]) -> str:
    """The one command that goes on from what stopped a build."""
    if any(check.table in ("raw.dumps", "raw.entries") for check in checks):
        if any(check.rule == "at least one entry was read" for check in checks):
            return (
                f"{command_line(warehouse, 'rejects')} (why nothing could be read; {command_line(warehouse, 'accept')} "
                "NAME lets a held dump through)"
            )
        return f"{command_line(warehouse, 'replay')} --all --accept (reads every dump anew), and build again"
    return (
        f"{command_line(warehouse, 'build')}; if it stops again, it is a fault of ours that no file of yours can mend"
    )


def print_warned(warehouse: Warehouse, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """What this run found unusual, and where its rows are. Such a thing keeps nothing from being published."""
    rows = connection.execute(
        """
        select table_name, rule, observed, expected, answer from quality.check_results
        where status = 'warn' and run_id = ? and kind not in ('record', 'dump')
        order by stage, table_name, rule
        """,
        [run_id],
    ).fetchall()
    if not rows:
        return
    count = f"{len(rows):,} {'thing' if len(rows) == 1 else 'things'}"
    out.print(f"[bold yellow]Unusual:[/] {count}; published all the same.")
    for table, rule, observed, expected, _ in rows[:SHOWN_WARNINGS]:
        told = f"{plain(table)}: {plain(rule)} is {plain(observed)}; allowed: {plain(expected)}"
        out.print(f"  {told}", soft_wrap=True)
    if len(rows) > SHOWN_WARNINGS:
        out.print(f"  and {len(rows) - SHOWN_WARNINGS:,} more")
    out.print(f"  How these moved: {command_line(warehouse, 'quality')}", soft_wrap=True)


def print_quality(connection: duckdb.DuckDBPyConnection, words: str, shows_all: bool) -> None:
    """The ledger's latest run: what did not hold, then every figure with its values of the last builds."""
    runs = connection.execute(
        "select run_id, max(checked_at) from quality.check_results group by 1 order by 2 desc limit 1"
    ).fetchall()
    if not runs:
        out.print("No check has run yet.")
        return
    run_id, ended = runs[0]
    out.print(f"Checks of run {plain(run_id[:8])}, {ended:%Y-%m-%d %H:%M} UTC")
    counts = connection.execute(
        "select stage, status, count(*) from quality.check_results where run_id = ? group by 1, 2 order by 1, 2",
        [run_id],
    ).fetchall()
    out.print("; ".join(f"{plain(stage)}: {count:,} {plain(status)}" for stage, status, count in counts))
    rows = connection.execute(
        f"""
        with history as ({CHECK_HISTORY})

        select
            checks.status, checks.kind, checks.table_name, checks.rule, checks.observed, checks.expected, checks.answer,
            checks.failing_since,
            (
                select list(history.value order by history.checked_at) from history
                where
                    history.stage = checks.stage and history.table_name = checks.table_name
                    and history.rule = checks.rule and history.runs_ago < {SHOWN_BUILDS}
            )
        from quality.check_results as checks
        where
            checks.run_id = $run and contains(lower(checks.table_name || ' ' || checks.rule), lower($words))
            and ($all or checks.status <> 'pass' or (checks.kind = 'corpus' and checks.value is not null))
        order by checks.status = 'pass', checks.kind, checks.stage, checks.table_name, checks.rule
        """,
        {"run": run_id, "words": words, "all": shows_all or bool(words)},
    ).fetchall()
    print_rows(
        ["status", "kind", "table", "rule", "seen", "allowed", f"last {SHOWN_BUILDS} builds", "answer"],
        [
            (
                f"{status} since {since:%Y-%m-%d}" if since else status,
                kind,
                table,
                rule,
                observed,
                expected,
                " ".join("-" if value is None else f"{value:.4g}" for value in values or []),
                answer,
            )
            for status, kind, table, rule, observed, expected, answer, since, values in rows
        ],
    )
    if not shows_all and not words:
        out.print("Rules that held and count rows are left out; --all shows them, a word chooses some.")
