"""The reject budget: how much of a dump may be refused before all of it is held back.

What belongs here: the budget, its default and setting, and marking dumps held, also those that a rule of gate 1 holds
and not those that a person has accepted (`raw.dump_decisions`). Staging leaves the entries of held dumps out.

What is refused is measured in lines that carry content. Where a dump has fewer lines than items (JSON on one line),
items are counted instead: entries and rejects. Records that were understood, and are of something else than papers, are
no sign of a misread layout: a library of much software is read as it is.
"""

from __future__ import annotations

import os

import duckdb

from ..parsing.reasons import ENDED, UNDERSTOOD
from ..warehouse.settings import BUDGET_VARIABLE

#: Where more was refused than read, the layout was misread, and what was read is no better than chance. The real dumps
#: have at most 0.1 % refused, pages cut in the middle a few per cent; a tenth is reported (expectations/raw__dumps.py).
DEFAULT_REJECT_BUDGET = 0.5
#: What holds for a dump that was read to its end.
_IS_READ = f"dump_id not in (select dump_id from raw.rejects where reason in {ENDED!r})"
#: Fewer refused lines than this say nothing about a layout: a page of one paper in unknown furniture is no misreading.
REJECTS_TOLERATED = 10


class BadBudgetError(ValueError):
    """The reject budget is no share."""


def choose_budget(given: float | None = None) -> float:
    """The budget given, else that of PAPERHOUSE_REJECT_BUDGET, else the default; a share from 0 to 1.

    Raises BadBudgetError, naming the setting and the remedy.
    """
    text = os.environ.get(BUDGET_VARIABLE, "").strip() if given is None else str(given)
    if not text:
        return DEFAULT_REJECT_BUDGET
    try:
        budget = float(text)
    except ValueError:
        budget = -1.0
    if not 0 <= budget <= 1:
        raise BadBudgetError(
            f"The reject budget {text!r} is no share from 0 to 1. Give one such as 0.5 with --reject-budget or in "
            f"{BUDGET_VARIABLE}; 1 holds nothing back."
        )
    return budget


def hold_dumps(connection: duckdb.DuckDBPyConnection, budget: float) -> bool:
    """Give every dump that has entries the status `held` or `loaded`, as budget and decisions say.

    Returns whether a dump is held now that was let through before.
    """
    connection.execute(
        f"""
        create or replace temp table judged as
        with understood as (
            select dump_id, count(*) as record_count, sum(last_line - first_line + 1) as record_line_count
            from raw.rejects
            where reason = {UNDERSTOOD!r}
            group by dump_id
        ),

        measured as (
            select
                dump_id,
                line_count >= entry_count + reject_count as has_lines,
                if(
                    has_lines,
                    rejected_line_count - coalesce(record_line_count, 0), reject_count - coalesce(record_count, 0)
                )::bigint as refused,
                refused + if(has_lines, entry_line_count, entry_count) as total,
                if(has_lines, 'lines with content', 'items') as unit
            from raw.dumps
            left join understood using (dump_id)
            where entry_count > 0 and {_IS_READ}
        )

        select
            dump_id,
            if(
                refused > $tolerated and refused > $budget * total,
                format(
                    '{{:.1f}} % of its {{}} were refused ({{:d}} of {{:d}}); the budget is {{:.1f}} %',
                    100.0 * refused / total, unit, refused, total, 100.0 * $budget
                ),
                null
            ) as over_budget
        from measured
        """,
        {"budget": budget, "tolerated": REJECTS_TOLERATED},
    )
    newly_held = _hold(connection, "judged.over_budget")
    connection.execute("drop table judged")
    return newly_held


def apply_decisions(connection: duckdb.DuckDBPyConnection) -> bool:
    """Bring statuses in line with raw.dump_decisions; what is over the budget stays held. Whether any changed."""
    connection.execute(
        f"""
        create or replace temp table judged as
        select dump_id, if(contains(held_reason, '; the budget is '), held_reason, null) as over_budget
        from raw.dumps where entry_count > 0 and {_IS_READ}
        """
    )
    before = connection.execute("select dump_id, status from raw.dumps order by all").fetchall()
    _hold(connection, "judged.over_budget")
    connection.execute("drop table judged")
    return before != connection.execute("select dump_id, status from raw.dumps order by all").fetchall()


def _hold(connection: duckdb.DuckDBPyConnection, over_budget: str) -> bool:
    """Hold the dumps of the table `judged` that are over the budget or decided to be held, and are not accepted."""
    connection.execute(
        f"""
        create or replace temp table answered as
        select
            judged.dump_id,
            if(accepted.dump_id is null, coalesce({over_budget}, decided.because), null) as held_reason
        from judged
        left join raw.dump_decisions as decided on judged.dump_id = decided.dump_id and decided.decision = 'held'
        left join raw.dump_decisions as accepted on judged.dump_id = accepted.dump_id and accepted.decision = 'accepted'
        """
    )
    newly_held = connection.execute(
        "select count(*) from answered inner join raw.dumps using (dump_id) "
        "where answered.held_reason is not null and status = 'loaded'"
    ).fetchall()[0][0]
    connection.execute(
        """
        update raw.dumps set
            status = if(answered.held_reason is null, 'loaded', 'held'),
            held_reason = answered.held_reason
        from answered
        where
            dumps.dump_id = answered.dump_id
            and (
                dumps.status <> if(answered.held_reason is null, 'loaded', 'held')
                or dumps.held_reason is distinct from answered.held_reason
            )
        """
    )
    connection.execute("drop table answered")
    return bool(newly_held)
