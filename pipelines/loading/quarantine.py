"""What is done about a record or a dump that breaks a rule of gate 1: the record becomes a reject, the dump is held.

What belongs here: moving rows between the raw tables, and the sentence that says so with file and line. Which ones is
decided by rules (`expectations/`); the reject budget is `budget`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import polars as pl

from ..parsing.reasons import REJECT_TEXT_LIMIT
from .budget import apply_decisions
from .texts import forget_stale_texts, forget_texts


@dataclass(frozen=True)
class Odd:
    """A record or dump that breaks a rule: its key, the code for a reject, and what is wrong in words."""

    key: str
    reason: str
    because: str


def quarantine_records(connection: duckdb.DuckDBPyConnection, key: str, odd: Sequence[Odd]) -> list[str]:
    """Make rejects of the entries with these keys; returns a sentence for each, in the order of the page.

    Args: key is the column that the keys are of: entry_id, or text_id for all entries of a text. Of several findings on
    one entry the first counts.

    The lines of such an entry stay entry lines: they were read. Where texts have been worked on, all are forgotten,
    since their counts cannot be taken back one by one.
    """
    if not odd:
        return []
    _name_quarantined(connection, key, odd)
    make_rejects(connection)
    rows = connection.execute(
        """
        select dumps.file_names[1], found.first_line, found.detail, found.reason
        from quarantined as found
        inner join raw.dumps as dumps on found.dump_id = dumps.dump_id
        order by dumps.file_names, found.dump_id, found.position
        """
    ).fetchall()
    connection.execute("drop table quarantined")
    if key == "text_id":
        forget_texts(connection)
    return [
        f"{name}, line {line}: {detail}. The record is a reject now ({reason}); the rest of the file goes on."
        for name, line, detail, reason in rows
    ]


def _name_quarantined(connection: duckdb.DuckDBPyConnection, key: str, odd: Sequence[Odd]) -> None:
    """Make the table `quarantined`: the entries with these keys, each with the first finding on it."""
    frame = pl.DataFrame([(one.key, one.reason, one.because) for one in odd], ["key", "reason", "detail"], orient="row")
    connection.register("odd", frame.unique("key", keep="first", maintain_order=True).to_arrow())
    connection.execute(
        f"""
        create or replace temp table quarantined as
        select
            entries.entry_id, entries.dump_id, entries.position, odd.reason, odd.detail, entries.first_line,
            entries.last_line,
            left(concat_ws(chr(10), entries.title, entries.abstract), {REJECT_TEXT_LIMIT}) as reject_text
        from raw.entries as entries
        inner join odd on entries.{key} = odd.key
        """
    )
    connection.unregister("odd")


def make_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """Move what is quarantined from the entries to the rejects, behind those there are, and count it so."""
    connection.execute(
        """
        insert into raw.rejects (dump_id, reject_number, reason, detail, first_line, last_line, text)
        select
            found.dump_id,
            coalesce(there.highest, 0) + row_number() over (partition by found.dump_id order by found.position),
            found.reason, found.detail, found.first_line, found.last_line, found.reject_text
        from quarantined as found
        left join (
            select dump_id, max(reject_number) as highest from raw.rejects group by dump_id
        ) as there on found.dump_id = there.dump_id
        """
    )
    connection.execute("delete from raw.entries where entry_id in (select entry_id from quarantined)")
    connection.execute(
        """
        update raw.dumps set
            entry_count = entry_count - gone.entries,
            reject_count = reject_count + gone.entries,
            status = if(entry_count = gone.entries, 'rejected', status)
        from (select dump_id, count(*) as entries from quarantined group by dump_id) as gone
        where dumps.dump_id = gone.dump_id
        """
    )


def hold_odd_dumps(connection: duckdb.DuckDBPyConnection, odd: Sequence[Odd]) -> bool:
    """Hold these dumps, and let go those that an earlier gate held and that are none of them; whether any changed.

    Dumps that a person has accepted stay as they are.
    """
    connection.execute("delete from raw.dump_decisions where decision = 'held'")
    now = datetime.now(UTC).replace(tzinfo=None)
    for one in odd:
        connection.execute("insert into raw.dump_decisions values (?, 'held', ?, ?)", [one.key, one.because, now])
    is_changed = apply_decisions(connection)
    if is_changed:
        forget_stale_texts(connection)
    return is_changed


def accept_dumps(connection: duckdb.DuckDBPyConnection, dump_ids: Sequence[str]) -> None:
    """Let dumps through whatever rules say of them, from now on; a person has looked at them."""
    connection.execute(
        "delete from raw.dump_decisions where decision = 'accepted' and dump_id in $ids", {"ids": list(dump_ids)}
    )
    now = datetime.now(UTC).replace(tzinfo=None)
    for dump_id in dump_ids:
        connection.execute("insert into raw.dump_decisions values (?, 'accepted', null, ?)", [dump_id, now])
    apply_decisions(connection)
