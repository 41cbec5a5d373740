"""dbt's data tests: each passes on a built warehouse, and is seen to fail on one that breaks its rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from paperhouse.orchestration.build import run_build
from paperhouse.orchestration.dbt_project import prepare_project
from paperhouse.orchestration.dbt_tests import run_data_tests, stream_data_tests

TESTS = {
    node["name"]: node
    for node in json.loads(prepare_project().manifest_path.read_text())["nodes"].values()
    if node["resource_type"] == "test"
}
#: What breaks a rule that no key, relationship or list of values states.
BREAKING = {
    "assert_appearances_keep_every_entry": "update marts.appearances set entry_count = entry_count + 1",
    "assert_authors_are_listed_once": "delete from marts.paper_authors where position = 1",
    "assert_code_is_a_link": "update marts.links set kind = 'other'",
    "assert_keyword_forms_add_up": "update marts.keyword_forms set occurrence_count = occurrence_count + 1",
    "assert_keyword_mentions_add_up": "delete from intermediate.int_mentions__placed where start_offset > 20",
    "assert_months_and_weeks_agree": "update marts.keyword_trends_by_week set keyword_paper_count = 99",
    "assert_no_paper_has_two_arxiv_ids": "update intermediate.int_records__clustered set paper_id = 'p0'",
    "assert_pairs_are_measured_once": "delete from intermediate.int_record_pairs__measured",
    "assert_papers_support_themselves": "update intermediate.int_groups__clustered set centre_number = 1",
    "assert_published_ids_are_answered": "delete from marts.papers",
    "assert_trends_and_pairs_count_mentions": "update marts.topics set paper_count = paper_count + 1",
    "assert_trends_count_each_paper_once": (
        "insert into intermediate.int_papers__dated from intermediate.int_papers__dated"
    ),
    "assert_values_name_their_dump": "delete from marts.paper_provenance",
}
VALUES = {"VARCHAR": "'nobody''s'", "DATE": "date '2025-01-02'", "TIMESTAMP": "timestamp '2025-01-02'"}


@pytest.fixture(scope="module")
def file(built, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("data_tests") / "warehouse.duckdb"
    path.write_bytes(built.warehouse.database.read_bytes())
    with duckdb.connect(str(path), config={"threads": 1}) as connection:
        yield connection


@pytest.fixture
def changed(file) -> Iterator[duckdb.DuckDBPyConnection]:
    """The pipeline's own file, to be changed at will: whatever is done is undone."""
    file.begin()
    yield file
    file.rollback()


def loosen(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """The table without its constraints, a view as a table: a test must not lean on what else would refuse the row."""
    schema, name = table.split(".")
    kinds = "select table_type from information_schema.tables where table_schema = ? and table_name = ?"
    kind = connection.execute(kinds, [schema, name]).fetchall()[0][0]
    connection.execute(f"create temp table loosened as from {table}")
    connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {table}")
    connection.execute(f"create table {table} as from loosened; drop table loosened")


def break_rule(connection: duckdb.DuckDBPyConnection, test: dict[str, Any], table: str) -> None:
    rule = test.get("test_metadata")
    if rule is None:
        connection.execute(BREAKING[test["name"]])
        return
    loosen(connection, table)
    columns = rule["kwargs"].get("columns") or [rule["kwargs"]["column_name"]]
    types = dict(connection.execute(f"select column_name, column_type from (describe {table})").fetchall())
    values = ["null" if rule["name"] == "not_null" else VALUES.get(types[column], "1") for column in columns]
    row = f"insert into {table} ({', '.join(columns)}) values ({', '.join(values)})"
    connection.execute(row)
    if rule["name"] in ("unique", "unique_key"):
        connection.execute(row)


def test_every_data_test_passes_on_what_was_built(file):
    outcomes = run_data_tests(file)
    assert {outcome.name for outcome in outcomes} == TESTS.keys()
    assert {(outcome.status, outcome.failures, outcome.sample, outcome.problem) for outcome in outcomes} == {
        ("pass", 0, "", "")
    }
    assert all(outcome.table.count(".") == 1 for outcome in outcomes)


def test_what_is_run_is_all_that_dbt_would_judge_by():
    """Outcomes are made as dbt makes them by default: a test that asks for another way needs code for it."""
    asked = {(t["config"]["error_if"], t["config"]["warn_if"], t["config"]["fail_calc"], t["config"]["limit"])
             for t in TESTS.values()}  # fmt: skip
    assert asked == {("!= 0", "!= 0", "count(*)", None)}
    assert all(test["config"]["enabled"] and not test["config"]["where"] for test in TESTS.values())


@pytest.mark.parametrize("name", sorted(TESTS))
def test_every_data_test_fails_where_its_rule_is_broken(changed, name):
    (before,) = run_data_tests(changed, chosen=[name])
    break_rule(changed, TESTS[name], before.table)
    (outcome,) = run_data_tests(changed, chosen=[name])
    assert outcome.status == "fail"
    assert outcome.failures > 0
    assert 0 < len(json.loads(outcome.sample)) <= 5


def test_a_test_that_cannot_run_is_an_error_and_that_of_a_table_not_made_is_left_out(changed):
    name = "assert_keyword_forms_add_up"
    changed.execute("drop table marts.keyword_forms")
    (outcome,) = run_data_tests(changed, chosen=[name])
    assert (outcome.status, outcome.failures) == ("error", None)
    assert "keyword_forms" in outcome.problem
    assert run_data_tests(changed, unmade=["model.paperhouse.keyword_forms"], chosen=[name]) == []


def test_one_that_cannot_run_does_not_end_the_others(copy_of_built, monkeypatch):
    """What goes wrong while rows are read ends DuckDB's transaction, as running out of memory does."""
    good = "assert_keyword_forms_add_up"
    tests = [
        TESTS[good] | {"name": "broken", "compiled_code": "select error(title) from marts.papers", "table": "marts.x"},
        TESTS[good] | {"table": "marts.x"},
    ]
    monkeypatch.setattr("paperhouse.orchestration.dbt_tests._data_tests", lambda target: tests)
    outcomes = list(stream_data_tests(copy_of_built, (), None))
    assert [(outcome.name, outcome.status) for outcome in outcomes] == [("broken", "error"), (good, "pass")]


def test_a_warning_blocks_nothing(changed, monkeypatch):
    name = "assert_keyword_forms_add_up"
    monkeypatch.setitem(TESTS[name]["config"], "severity", "WARN")
    monkeypatch.setattr(
        "paperhouse.orchestration.dbt_tests._data_tests", lambda target: [TESTS[name] | {"table": "marts.x"}]
    )
    changed.execute(BREAKING[name])
    (outcome,) = run_data_tests(changed)
    assert outcome.status == "warn"
    assert outcome.failures > 0


def test_a_build_whose_tables_break_a_rule_fails_and_says_which(copy_of_built, monkeypatch):
    """A rule that no table can keep stands for a mistake in a model."""
    name = "unique_key_keywords_keyword_id"
    broken = TESTS[name] | {"table": "marts.keywords", "compiled_code": 'select * from "warehouse"."marts"."keywords"'}
    monkeypatch.setattr("paperhouse.orchestration.dbt_tests._data_tests", lambda target: [broken])
    # What is changed in this process is not changed in another.
    monkeypatch.setattr("paperhouse.orchestration.assets.dbt.work_beside", lambda work, *arguments: work(*arguments))
    before = copy_of_built.latest_release.resolve()
    report = run_build(copy_of_built, [], lambda stage, done, total: None, select="keywords")
    assert report.outcome == "failed"
    assert name in report.problem
    (row,) = [row for row in report.failed_checks if row.stage == "dbt"]
    assert (row.rule, row.table, row.status) == (name, "marts.keywords", "fail")
    assert row.answer == "the build stopped; nothing was published"
    assert copy_of_built.latest_release.resolve() == before
