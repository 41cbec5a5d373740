"""The record of every check of every run: `quality.check_results`.

What belongs here: writing and reading that table. Running checks is `orchestration.gates` and dbt (tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import polars as pl

from .folder import Warehouse
from .tables import TABLES, append


@dataclass(frozen=True)
class CheckRow:
    """One check of one run, in the words a person reads.

    stage is `gate_1`, `dbt` or `gate_2`; status is `pass`, `warn`, `fail` or `error`; failing shows sample rows.
    """

    stage: str
    table: str
    rule: str
    status: str
    observed: str
    expected: str
    failing: str


def record_checks(warehouse: Warehouse, run_id: str, rows: Sequence[CheckRow]) -> None:
    """Add the outcome of a run's checks to quality.check_results."""
    columns = TABLES["quality.check_results"]
    frame = pl.DataFrame([asdict(row) for row in rows], schema=[*CheckRow.__dataclass_fields__]).rename(
        {"table": "table_name"}
    )
    frame = frame.with_columns(run_id=pl.lit(run_id), checked_at=pl.lit(datetime.now(UTC)))
    with warehouse.connect() as connection:
        append(
            connection,
            "quality.check_results",
            frame.select(pl.col(name).cast(t) for name, t in columns.items()),
        )


def failed_checks(warehouse: Warehouse, run_id: str) -> list[CheckRow]:
    """The checks of a run that kept something from being published, in the order they ran."""
    with warehouse.connect() as connection:
        rows = connection.execute(
            "select stage, table_name, rule, status, observed, expected, failing from quality.check_results "
            "where run_id = ? and status in ('fail', 'error') order by checked_at, rowid",
            [run_id],
        ).fetchall()
    return [CheckRow(*row) for row in rows]
