"""Runs the suites of this folder with Great Expectations inside DuckDB: the only module that knows Great Expectations.

What belongs here: finding suites, running one against an open warehouse file, turning its outcome into plain
`CheckResult` rows. What does not: rules (each table's module) and what a failed rule means for a run
(`orchestration.gates`).

Great Expectations takes seconds to import, so this module imports it only when a suite runs, and the suites, which
do import it, are found by file name: `raw__entries.py` guards `raw.entries`.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.expectations.expectation import Expectation

#: How many failing rows a result keeps as examples.
SAMPLE_ROWS = 5


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one rule on one table.

    status is `pass`, `warn` (failed, severity warning), `fail` (failed, severity critical) or `error` (the rule
    could not be evaluated; treated like fail, so that a broken gate stays shut).
    """

    table: str
    rule: str
    status: str
    observed: str
    expected: str
    failing: str

    @property
    def is_blocking(self) -> bool:
        """Whether this outcome keeps the gate shut."""
        return self.status in ("fail", "error")


def guarded_tables(schema: str) -> list[str]:
    """Names of the tables in a schema that have a suite, e.g. `raw.entries`; found without importing any."""
    return sorted(path.stem.replace("__", ".") for path in Path(__file__).parent.glob(f"{schema}__*.py"))


def load_query(table: str) -> str | None:
    """The query whose rows a suite judges, where it names one; else the suite judges the whole table."""
    return getattr(importlib.import_module(f"{__package__}.{table.replace('.', '__')}"), "QUERY", None)


def load_suite(table: str) -> tuple[list[str], list[Expectation]]:
    """The key columns of a table and the expectations on it.

    Raises ValueError where the suite is empty: it would pass for ever.
    """
    module = importlib.import_module(f"{__package__}.{table.replace('.', '__')}")
    expectations = list(module.EXPECTATIONS)
    if not expectations:
        raise ValueError(f"The suite on {table} has no expectation; a gate that checks nothing is not a gate.")
    return list(module.KEY), expectations


def check_tables(database: Path, tables: list[str]) -> list[CheckResult]:
    """Run the suites of the tables against a DuckDB file, in the database.

    Opens the file for the length of the call; no other process may be writing it. Each rule gives one result, in the
    order of the suite; a rule that raises gives one with status `error`.
    """
    with _open_source(database) as source:
        return [result for table in tables for result in _check_table(source, table)]


def _check_table(source: SQLDatasource, table: str) -> Iterator[CheckResult]:
    schema_name, table_name = table.split(".")
    key, expectations = load_suite(table)
    query = load_query(table)
    try:
        # A missing table is told here even where a query stands before it.
        asset: Any = source.add_table_asset(name=table, table_name=table_name, schema_name=schema_name)
        if query:
            asset = source.add_query_asset(name=f"{table} (query)", query=query)
    except Exception as error:  # the table is missing: every rule on it is unevaluable, which is an answer
        for expectation in expectations:
            yield CheckResult(table, _describe(expectation.configuration), "error", _first_line(error), "", "")
        return
    batch = asset.add_batch_definition_whole_table("whole").get_batch()
    for expectation in expectations:
        # Only COMPLETE shows rows of an UnexpectedRowsExpectation; for the others it would fetch every failing value.
        shows_rows = expectation.expectation_type == "unexpected_rows_expectation"
        outcome = batch.validate(
            expectation,
            result_format={
                "result_format": "COMPLETE" if shows_rows else "SUMMARY",
                "partial_unexpected_count": SAMPLE_ROWS,
                "unexpected_index_column_names": key,
            },
        )
        yield _to_check_result(table, outcome)


def _to_check_result(table: str, result: Any) -> CheckResult:
    config, details = result.expectation_config, result.result
    raised = (result.exception_info or {}).get("raised_exception")
    if raised is None:  # one entry per metric: any that raised counts
        raised = any(info.get("raised_exception") for info in result.exception_info.values())
    if raised:
        status = "error"
    elif result.success:
        status = "pass"
    else:
        status = "warn" if str(config.severity or "").lower().endswith("warning") else "fail"
    failing = (
        details.get("partial_unexpected_index_list")
        or (details.get("details") or {}).get("unexpected_rows")
        or details.get("partial_unexpected_list")
        or []
    )
    if "observed_value" in details:
        observed = str(details["observed_value"])
    elif "unexpected_count" in details:
        observed = f"{details['unexpected_count']} of {details.get('element_count')} rows"
    else:
        observed = _exception_message(result.exception_info)
    return CheckResult(
        table=table,
        rule=_describe(config),
        status=status,
        observed=observed,
        expected=_expected(config.kwargs),
        failing=json.dumps(failing[:SAMPLE_ROWS], default=str, ensure_ascii=False),
    )


def _describe(config: Any) -> str:
    """A rule in words: its own description where it has one, else its type and column."""
    if config.description:
        return str(config.description)
    column = config.kwargs.get("column")
    name = str(config.type).removeprefix("expect_").replace("_", " ")
    return f"{column}: {name}" if column else name


def _expected(kwargs: dict[str, Any]) -> str:
    names = ("min_value", "max_value", "mostly", "value_set")
    return ", ".join(f"{name} {kwargs[name]}" for name in names if kwargs.get(name) is not None)


def _exception_message(info: dict[str, Any]) -> str:
    if "exception_message" in info:
        return str(info["exception_message"]).split("\n")[0]
    return "; ".join(str(part.get("exception_message", "")).split("\n")[0] for part in info.values())


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0]


@contextmanager
def _open_source(database: Path) -> Iterator[SQLDatasource]:
    """A Great Expectations data source on a DuckDB file, closed afterwards so that the file is free again."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    source = _datasource_class()(name="warehouse", connection_string=f"duckdb:///{database}")
    source._data_context = context
    try:
        yield source
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


@functools.cache
def _datasource_class() -> type[SQLDatasource]:
    """The data source class for DuckDB, made once: Great Expectations registers every subclass by its type.

    Great Expectations closes a connection before it fetches from it, except for dialects it knows to need one that
    stays; DuckDB is not among those, so this source's engine keeps its connection itself.
    """
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine

    class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
        @contextmanager
        def get_connection(self) -> Iterator[Any]:
            if self._connection is None:
                self._connection = self.engine.connect()
            yield self._connection

        def close(self) -> None:
            if self._connection is not None:
                self._connection.close()
            self.engine.dispose()

    class DuckDBDatasource(SQLDatasource):
        type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
        execution_engine_override = DuckDBExecutionEngine

    return DuckDBDatasource
