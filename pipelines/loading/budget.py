"""The reject budget: how much of a dump may be refused before all of it is held back.

What belongs here: the budget, its default and setting, and marking dumps held. Gate 1 reports held dumps
(`expectations/raw__dumps.py`); staging leaves their entries out.

What is refused is measured in lines that carry content. Where a dump has fewer lines than items (JSON on one line),
items are counted instead: entries and rejects.
"""

from __future__ import annotations

import os

import duckdb

from ..warehouse.settings import BUDGET_VARIABLE

#: Where more was refused than read, the layout was misread, and what was read is no better than chance. The real dumps
#: have at most 0.1 % refused, pages cut in the middle a few per cent; a tenth is reported (expectations/raw__dumps.py).
DEFAULT_REJECT_BUDGET = 0.5
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
    """Give every dump that has entries the status `held` or `loaded`, as the budget decides.

    Returns whether a dump is held now that was let through before.
    """
    connection.execute(
        """
        create or replace temp table judged as
        with measured as (
            select
                dump_id,
                line_count >= entry_count + reject_count as has_lines,
                if(has_lines, rejected_line_count, reject_count) as refused,
                refused + if(has_lines, entry_line_count, entry_count) as total,
                if(has_lines, 'lines with content', 'items') as unit
            from raw.dumps
            where entry_count > 0
        )

        select
            dump_id,
            refused > $tolerated and refused > $budget * total as is_held,
            format(
                '{:.1f} % of its {} were refused ({:d} of {:d}); the budget is {:.1f} %',
                100.0 * refused / total, unit, refused, total, 100.0 * $budget
            ) as held_reason
        from measured
        """,
        {"budget": budget, "tolerated": REJECTS_TOLERATED},
    )
    newly_held = connection.execute(
        "select count(*) from judged inner join raw.dumps using (dump_id) where is_held and status = 'loaded'"
    ).fetchall()[0][0]
    connection.execute(
        """
        update raw.dumps set
            status = if(judged.is_held, 'held', 'loaded'),
            held_reason = if(judged.is_held, judged.held_reason, null)
        from judged
        where
            dumps.dump_id = judged.dump_id
            and (
                dumps.status <> if(judged.is_held, 'held', 'loaded')
                or dumps.held_reason is distinct from if(judged.is_held, judged.held_reason, null)
            )
        """
    )
    connection.execute("drop table judged")
    return bool(newly_held)
