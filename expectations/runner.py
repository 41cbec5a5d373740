"""Runs the suites of this folder with Great Expectations inside DuckDB: the only module that knows Great Expectations.

What belongs here: finding suites, running one against an open warehouse file, turning its outcome into plain
`CheckResult` rows. What does not: rules (each table's module) and what a broken rule means for a run
(`orchestration.gates`, which acts on the rule's kind).

Great Expectations takes seconds to import, so this module imports it only when a suite runs, and the suites, which
do import it, are found by file name: `raw__entries.py` guards `raw.entries`. A build begins with that while it waits
for the process that parses.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

    from .rules import Rule

#: How many failing rows a result keeps as examples.
SAMPLE_ROWS = 5
#: Figures of the last releases, by table and rule.
Figures = Mapping[tuple[str, str], Sequence[float]]


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one rule on one table.

    kind is that of the rule. status is `pass`, `warn` (a record, a dump or the corpus breaks it), `fail` (the pipeline
    does) or `error` (the rule could not be evaluated; treated like fail, so that a broken gate stays shut). value,
    lowest, highest: what was observed as a number and its bounds, null where there is none. rows are all rows that
    break a rule of kind record or dump, with `because`; reason is the code that a record's reject carries. outcome is
    what Great Expectations made of it, for its own documents.
    """

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
    reason: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list, repr=False)
    outcome: Any = field(default=None, compare=False, repr=False)

    @property
    def is_blocking(self) -> bool:
        """Whether this outcome keeps the gate shut."""
        return self.status in ("fail", "error")


def load_ahead() -> None:
    """Begin to import Great Expectations, in a thread: for whoever is about to wait for something else."""
    Thread(target=importlib.import_module, args=("great_expectations.expectations",), daemon=True).start()


def guarded_tables(schema: str) -> list[str]:
    """Names of the tables in a schema that have a suite, e.g. `raw.entries`; found without importing any."""
    return sorted(path.stem.replace("__", ".") for path in Path(__file__).parent.glob(f"{schema}__*.py"))


def load_query(table: str) -> str | None:
    """The query whose rows a suite judges, where it names one; else the suite judges the whole table."""
    return getattr(importlib.import_module(f"{__package__}.{table.replace('.', '__')}"), "QUERY", None)


def load_suite(table: str) -> tuple[list[str], list[Rule]]:
    """The key columns of a table and the rules on it.

    Raises ValueError where the suite is empty: it would pass for ever.
    """
    module = importlib.import_module(f"{__package__}.{table.replace('.', '__')}")
    rules = list(module.RULES)
    if not rules:
        raise ValueError(f"The suite on {table} has no rule; a gate that checks nothing is not a gate.")
    return list(module.KEY), rules


def check_tables(
    database: Path,
    tables: Sequence[str],
    kinds: Collection[str] = ("record", "dump", "corpus", "pipeline"),
    before: Figures | None = None,
) -> list[CheckResult]:
    """Run the rules of these kinds on the tables of a DuckDB file, in the database.

    Args: before has the figures of the warehouse's last releases; what is not in it is not compared.

    Opens the file for the length of the call; no other process may be writing it. Each rule gives one result, in the
    order of the suite, and a figure that has a past one more; a rule that raises gives one with status `error`.
    """
    with _open_source(database) as source:
        return [result for table in tables for result in _check_table(source, table, kinds, before or {})]


def _check_table(source: SQLDatasource, table: str, kinds: Collection[str], before: Figures) -> Iterator[CheckResult]:
    key, rules = load_suite(table)
    rules = [rule for rule in rules if rule.kind in kinds]
    rows = load_query(table) or f"select * from {table}"
    try:
        _fetch(source, f"select 1 from {table} limit 0")  # a missing table is told even where a query stands before it
        # Of a table, Great Expectations reads five catalogs of PostgreSQL, which DuckDB fills anew for each; of a
        # query, the columns of its first row.
        asset = source.add_query_asset(name=table, query=rows)
    except Exception as error:  # the table is missing: every rule on it is unevaluable, which is an answer
        for rule in rules:
            yield CheckResult(table, rule.words, rule.kind.value, "error", _first_line(error), "", "[]")
        return
    judged = [rule for rule in rules if rule.expectation is not None]
    if judged:
        yield from _check_rows(source, asset, judged, key, rows)
    figures = [rule for rule in rules if rule.expectation is None]
    if figures:
        yield from _check_figures(source, table, figures, rows, before)


def _check_rows(
    source: SQLDatasource, asset: Any, rules: Sequence[Rule], key: list[str], rows: str
) -> Iterator[CheckResult]:
    """Rules about rows; of records and dumps that break one every row is fetched, since each is acted on."""
    outcomes = _validate(asset, [rule.expectation for rule in rules], key)
    for rule in rules:
        outcome = outcomes[rule.words]
        result = _to_check_result(asset.name, rule, outcome)
        # The format in which Great Expectations shows rows of a query would fetch every failing value of the others.
        if _is_query(rule) and result.status == "warn":
            result = _replace_rows(result, _fetch(source, _rows_of(rule, rows)))
        elif _is_query(rule) and result.status == "fail":
            found = _fetch(source, f"select * from ({_rows_of(rule, rows)}) limit {SAMPLE_ROWS}")
            result = replace(result, failing=json.dumps(found, default=str, ensure_ascii=False))
        yield result


def _validate(asset: Any, expectations: Sequence[Any], key: Sequence[str] = ()) -> dict[str, Any]:
    """Outcomes by description; as one suite, since each validation begins with asking for all columns."""
    import great_expectations as gx

    suite = gx.ExpectationSuite(name=asset.name, expectations=list(expectations))
    batch = asset.get_batch(asset.build_batch_request())
    form = {
        "result_format": "SUMMARY",
        "partial_unexpected_count": SAMPLE_ROWS,
        "unexpected_index_column_names": list(key),
    }
    return {
        outcome.expectation_config.description: outcome for outcome in batch.validate(suite, result_format=form).results
    }


def _check_figures(
    source: SQLDatasource, table: str, rules: Sequence[Rule], rows: str, before: Figures
) -> Iterator[CheckResult]:
    """Every figure of a table in one row, then each against its limits and against the last releases."""
    # Named in words: Great Expectations heads its documents with the column.
    columns = ", ".join(f'cast({rule.figure} as double) as "{rule.words}"' for rule in rules)
    # The count makes it one row, also where every figure is a subquery.
    query = f"select {columns}, count(*) as row_count from ({rows})"
    try:
        [values] = _fetch(source, query)
        asset = source.add_query_asset(name=f"{table} (figures)", query=query)
    except Exception as error:
        for rule in rules:
            yield CheckResult(table, rule.words, rule.kind.value, "error", _first_line(error), "", "[]")
        return
    bounds = [
        bound
        for rule in rules
        for bound in _bound_figure(rule, values[rule.words], before.get((table, rule.words), ()))
    ]
    known = [bound for bound in bounds if values[bound.rule.words] is not None]
    outcomes = _validate(asset, [_to_expectation(bound) for bound in known])
    for bound in bounds:
        result = _to_figure_result(table, bound, values[bound.rule.words], outcomes.get(bound.words))
        if result.status == "warn" and bound.words == bound.rule.words and bound.rule.examples:
            found = _fetch(source, bound.rule.examples.format(batch=f"({rows})"))[:SAMPLE_ROWS]
            result = replace(result, failing=json.dumps(found, default=str, ensure_ascii=False))
        yield result


@dataclass(frozen=True)
class _Bound:
    """What a figure is held against, in words; where there is no figure, nothing is."""

    rule: Rule
    words: str
    lowest: float | None
    highest: float | None
    allowed: str


def _bound_figure(rule: Rule, value: float | None, past: Sequence[float]) -> Iterator[_Bound]:
    """The limits of a figure, and where it has a past, how far it may be from that."""
    yield _Bound(rule, rule.words, rule.lowest, rule.highest, _allowed(rule))
    if value is not None and past and rule.tolerance:
        usual = median(past)
        lowest, highest = (usual + sign * abs(usual) * rule.tolerance for sign in (-1, 1))
        allowed = (
            f"{_number(lowest)} to {_number(highest)}: within {100 * rule.tolerance:.0f} % of {_number(usual)}, the "
            f"median of the last {len(past)} releases"
        )
        yield _Bound(rule, f"{rule.words}, as in the last releases", lowest, highest, allowed)


def _to_expectation(bound: _Bound) -> Any:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.metadata_types import FailureSeverity

    return gxe.ExpectColumnMaxToBeBetween(
        column=bound.rule.words,
        min_value=bound.lowest,
        max_value=bound.highest,
        description=bound.words,
        severity=FailureSeverity.WARNING,
    )


def _to_figure_result(table: str, bound: _Bound, value: float | None, outcome: Any) -> CheckResult:
    kind = bound.rule.kind.value
    if value is None:
        return CheckResult(table, bound.words, kind, "pass", "too few rows to say", bound.allowed, "[]")
    return CheckResult(
        table=table,
        rule=bound.words,
        kind=kind,
        status="pass" if outcome.success else "warn",
        observed=_number(value),
        expected=bound.allowed,
        failing="[]",
        value=value,
        lowest=bound.lowest,
        highest=bound.highest,
        outcome=outcome,
    )


def _to_check_result(table: str, rule: Rule, result: Any) -> CheckResult:
    details = result.result
    raised = (result.exception_info or {}).get("raised_exception")
    if raised is None:  # one entry per metric: any that raised counts
        raised = any(info.get("raised_exception") for info in result.exception_info.values())
    if raised:
        status = "error"
    elif result.success:
        status = "pass"
    else:
        status = "fail" if rule.kind == "pipeline" else "warn"
    failing = details.get("partial_unexpected_index_list") or details.get("partial_unexpected_list") or []
    is_column = "element_count" in details  # none are counted in an empty table
    seen = details.get("unexpected_count", 0) or 0 if is_column else details.get("observed_value")
    if raised:
        observed = _exception_message(result.exception_info)
    elif is_column:
        observed = f"{seen:,} of {details['element_count'] or 0:,} rows"
    else:
        observed = f"{seen:,} {'row' if seen == 1 else 'rows'}"
    return CheckResult(
        table=table,
        rule=rule.words,
        kind=rule.kind.value,
        status=status,
        observed=observed,
        expected=_expected(result.expectation_config.kwargs) or "no row",
        failing=json.dumps(failing[:SAMPLE_ROWS], default=str, ensure_ascii=False),
        value=None if raised else float(seen),
        affected_rows=None if raised or _is_row_count(rule) else int(seen),
        reason=rule.reason,
        outcome=result,
    )


def _replace_rows(result: CheckResult, rows: list[dict[str, Any]]) -> CheckResult:
    sample = json.dumps(rows[:SAMPLE_ROWS], default=str, ensure_ascii=False)
    return replace(result, rows=rows, failing=sample, affected_rows=len(rows), value=float(len(rows)))


def _fetch(source: SQLDatasource, query: str) -> list[dict[str, Any]]:
    """Rows of a query on the connection that the suites run on."""
    with source.get_execution_engine().get_connection() as connection:
        return [dict(row) for row in connection.exec_driver_sql(query).mappings()]


def _allowed(rule: Rule) -> str:
    """The absolute limits of a figure in words."""
    if rule.lowest is not None and rule.highest is not None:
        return f"{_number(rule.lowest)} to {_number(rule.highest)}"
    if rule.highest is not None:
        return f"at most {_number(rule.highest)}"
    return (
        f"at least {_number(rule.lowest)}" if rule.lowest is not None else "anything; compared with the last releases"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"


def _rows_of(rule: Rule, rows: str) -> str:
    """The query for the rows that break a rule."""
    query: str = rule.expectation.unexpected_rows_query  # type: ignore[union-attr]
    return query.format(batch=f"({rows})")


def _is_query(rule: Rule) -> bool:
    return rule.expectation is not None and rule.expectation.expectation_type == "unexpected_rows_expectation"


def _is_row_count(rule: Rule) -> bool:
    return rule.expectation is not None and rule.expectation.expectation_type == "expect_table_row_count_to_be_between"


def _expected(kwargs: dict[str, Any]) -> str:
    words = {"min_value": "at least", "max_value": "at most", "mostly": "of all rows at least", "value_set": "one of"}
    return ", ".join(f"{said} {kwargs[name]}" for name, said in words.items() if kwargs.get(name) is not None)


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
