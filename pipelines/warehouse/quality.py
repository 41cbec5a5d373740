"""The ledger of every check of every run, `quality.check_results`, and what is asked of it.

What belongs here: writing and reading that ledger, and which stages have passed for which fingerprint. Running checks
is `orchestration.gates` and dbt (tests); what a fingerprint is made of is `release.fingerprint`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from .folder import Warehouse

#: Runs whose checks are kept, the latest ones; older rows go. A build a day leaves more than three months.
KEPT_RUNS = 100
#: Releases whose figures a new one is compared with: the median of so many is not moved by one odd release.
COMPARED_RELEASES = 5

#: How each figure moved: every check of every kept run, beside the run before.
CHECK_HISTORY = """
    with runs as (
        select
            run_id,
            max(checked_at) as ended_at,
            row_number() over (order by max(checked_at) desc) as runs_ago
        from quality.check_results
        group by run_id
    )

    select
        checks.stage,
        checks.table_name,
        checks.rule,
        checks.kind,
        checks.run_id,
        cast(runs.runs_ago - 1 as integer) as runs_ago,
        checks.checked_at,
        checks.status,
        checks.value,
        lag(checks.value) over figure as value_before,
        checks.value - lag(checks.value) over figure as change,
        checks.lowest,
        checks.highest,
        checks.affected_rows,
        checks.failing_since
    from quality.check_results as checks
    inner join runs on checks.run_id = runs.run_id
    window figure as (
        partition by checks.stage, checks.table_name, checks.rule order by checks.checked_at
    )
"""


@dataclass(frozen=True)
class CheckRow:
    """One check of one run, in the words a person reads.

    stage is `gate_1`, `dbt` or `gate_2`; kind is `record`, `dump`, `pipeline` or `corpus`, which says what is done
    where the rule is broken; status is `pass`, `warn`, `fail` or `error`. value is what was observed as a number and
    lowest and highest are its bounds (null: none); affected_rows is the number of rows that break the rule; answer is
    what was done about it; failing shows sample rows as JSON.
    """

    stage: str
    table: str
    rule: str
    kind: str
    status: str
    observed: str
    expected: str
    failing: str
    value: float | None = None
    lowest: float | None = None
    highest: float | None = None
    affected_rows: int | None = None
    answer: str = ""


def record_checks(warehouse: Warehouse, run_id: str, rows: Sequence[CheckRow]) -> None:
    """Add the outcome of a run's checks to the ledger, each with since when it fails; forget the oldest runs."""
    # Not above: asking what was found needs neither Polars nor the tables of the parser and the text stage.
    import polars as pl

    from .tables import TABLES, append

    columns = TABLES["quality.check_results"]
    schema = {
        "table": pl.String(),
        **{name: columns[name] for name in CheckRow.__dataclass_fields__ if name in columns},
    }
    frame = pl.DataFrame([asdict(row) for row in rows], schema=schema).rename({"table": "table_name"})
    with warehouse.connect() as connection:
        frame = frame.with_columns(
            run_id=pl.lit(run_id),
            checked_at=pl.lit(ledger_time(connection)),
            failing_since=pl.lit(None, columns["failing_since"]),
        )
        before = _last_failures(connection)
        append(connection, "quality.check_results", frame.select(pl.col(name).cast(t) for name, t in columns.items()))
        connection.execute(
            "update quality.check_results set failing_since = checked_at where run_id = ? and status <> 'pass'",
            [run_id],
        )
        for (stage, table, rule), since in before.items():
            connection.execute(
                "update quality.check_results set failing_since = ? "
                "where run_id = ? and stage = ? and table_name = ? and rule = ? and status <> 'pass'",
                [since, run_id, stage, table, rule],
            )
        connection.execute(
            "delete from quality.check_results where run_id not in "
            "(select run_id from quality.check_results group by run_id order by max(checked_at) desc limit ?)",
            [KEPT_RUNS],
        )


def ledger_time(connection: duckdb.DuckDBPyConnection) -> datetime:
    """The time (UTC) to record something at: now, or just after the last record where the machine's clock went back.

    What is recorded later stands later, whatever clocks do: runs are told apart by it, and the oldest ones deleted.
    """
    (last,) = connection.execute(
        "select greatest((select max(checked_at) from quality.check_results), "
        "(select max(passed_at) from quality.passed_stages), (select max(published_at) from quality.published_runs))"
    ).fetchall()[0]
    now = datetime.now(UTC).replace(tzinfo=None)
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _last_failures(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], datetime]:
    """Since when each check that did not pass when it ran last has not: stage, table and rule to a time."""
    rows = connection.execute(
        """
        select stage, table_name, rule, arg_max(coalesce(failing_since, checked_at), checked_at)
        from quality.check_results
        group by stage, table_name, rule
        having arg_max(status, checked_at) <> 'pass'
        """
    ).fetchall()
    return {(stage, table, rule): since for stage, table, rule, since in rows}


def failed_checks(warehouse: Warehouse, run_id: str) -> list[CheckRow]:
    """The checks of a run that kept something from being published, in the order they ran."""
    names = ", ".join("table_name" if name == "table" else name for name in CheckRow.__dataclass_fields__)
    with warehouse.connect() as connection:
        rows = connection.execute(
            f"select {names} from quality.check_results "
            "where run_id = ? and status in ('fail', 'error') order by checked_at, rowid",
            [run_id],
        ).fetchall()
    return [CheckRow(*row) for row in rows]


def published_figures(connection: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, str], list[float]]:
    """What the warehouse's last releases had, by table and rule; releases of the sample are no history."""
    rows = connection.execute(
        """
        with releases as (
            select run_id from quality.published_runs where not is_sample
            qualify row_number() over (order by published_at desc) <= ?
        )

        select table_name, rule, list(value order by checked_at)
        from quality.check_results
        where kind = 'corpus' and value is not null and run_id in (select run_id from releases)
        group by table_name, rule
        """,
        [COMPARED_RELEASES],
    ).fetchall()
    return {(table, rule): values for table, rule, values in rows}


def record_pass(connection: duckdb.DuckDBPyConnection, stage: str, fingerprint: str, run_id: str) -> None:
    """Remember that a stage has passed for this fingerprint; what it passed before is of no use any more."""
    withdraw_pass(connection, stage)
    connection.execute(
        "insert into quality.passed_stages values (?, ?, ?, ?)",
        [stage, fingerprint, run_id, ledger_time(connection)],
    )


def withdraw_pass(connection: duckdb.DuckDBPyConnection, stage: str) -> None:
    """Forget that a stage has passed, before it is gone through again."""
    connection.execute("delete from quality.passed_stages where stage = ?", [stage])


def find_unpassed(connection: duckdb.DuckDBPyConnection, stages: Sequence[str], fingerprint: str) -> list[str]:
    """The stages that have not passed for this fingerprint, in the order given.

    One that passed before the stage in front of it did last judged something else, and counts as not passed.
    """
    passed = dict(
        connection.execute(
            "select stage, passed_at from quality.passed_stages where fingerprint = ?", [fingerprint]
        ).fetchall()
    )
    unpassed, latest = [], datetime.min
    for stage in stages:
        if stage not in passed or passed[stage] < latest:
            unpassed.append(stage)
        else:
            latest = passed[stage]
    return unpassed


def sample_rows(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as the ledger shows them."""
    return json.dumps(list(rows), default=str, ensure_ascii=False)


def list_taken_down(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """All ids of papers that were taken down; from a read-only file of an earlier version none."""
    try:
        rows = connection.execute("select distinct paper_id from quality.taken_down order by 1").fetchall()
    except duckdb.CatalogException:
        return []
    return [paper_id for (paper_id,) in rows]
