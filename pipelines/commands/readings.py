"""What reading dumps gave, in the terminal: what was refused and why, what reading again would change.

What belongs here: questions to the pipeline's own file and the words around their answers.
"""

from __future__ import annotations

from typing import Any

import duckdb

from ..loading.replay import Replay
from ..parsing import REASONS
from ..showing.terminal import out, plain, print_rows, write_csv
from ..warehouse.folder import Warehouse
from .arguments import command_line

#: Characters of a reject's text shown in a table.
SHOWN_CHARACTERS = 120
#: Dumps shown one by one, of those that a replay would change.
SHOWN_DUMPS = 50


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
    write_csv(
        [["dump_id", "file_name", "reject_number", "reason", "meaning", "detail", "first_line", "last_line", "text"]]
    )
    while rows := result.fetchmany(10_000):
        write_csv([*row[:4], REASONS.get(row[3], ""), *row[4:]] for row in rows)


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
        out.print(f"Accepted. Publish it: {command_line(warehouse, 'build')}", soft_wrap=True)
    elif result.changes:
        out.print("Nothing is changed yet. The same command with --accept puts this reading in place of the old one.")
