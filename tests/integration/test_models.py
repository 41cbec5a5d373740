"""dbt: each model's rule on a few rows, and how a build runs it."""

from __future__ import annotations

import json
import threading
from datetime import datetime

import dagster as dg
import duckdb
import pytest
from dbt.adapters.factory import get_adapter_by_type

from paperhouse.orchestration.dbt_project import prepare_project
from paperhouse.orchestration.dbt_run import run_dbt
from paperhouse.orchestration.dbt_stream import stream_tables


@pytest.mark.deep
def test_every_unit_test_of_the_models_passes(copy_of_built):
    """On a built warehouse: dbt asks it for the types of the columns it makes up rows of.

    Builds leave them out, since they say nothing about the data.
    """
    outcome = run_dbt(copy_of_built, ["test", "--select", "test_type:unit"])
    assert outcome.problem == ""
    written = json.loads(prepare_project().manifest_path.read_text())["unit_tests"]
    assert {result.unique_id for result in outcome.results} == written.keys()
    assert {result.status for result in outcome.results} == {"pass"}


def test_each_table_is_handed_on_before_dbt_begins_the_next(copy_of_built):
    """dbt waits here, so that what came at the end would not come at all."""
    is_taken, waits = threading.Event(), []

    def listen(event):
        if event.info.name == "NodeStart" and event.data.node_info.node_name == "stg_links":
            waits.append(is_taken.wait(timeout=60))

    *tables, outcome = _take(copy_of_built, "stg_dumps stg_links", listen, lambda table: is_taken.set())
    assert waits == [True]
    assert [table.name for table in tables] == ["stg_dumps", "stg_links"]
    assert outcome.problem == ""


def test_the_history_has_tables_from_before_dbt_had_made_all(built):
    """Of a whole build, by the clock of each."""
    made = json.loads((built.warehouse.dbt_target / "run_results.json").read_text())["results"]
    last = max(timing["started_at"] for result in made for timing in result["timing"])
    with dg.DagsterInstance.get() as instance:
        told = [
            instance.get_latest_materialization_event(dg.AssetKey(["staging", name])).timestamp
            for name in ("stg_dumps", "stg_texts")
        ]
    assert max(told) < datetime.fromisoformat(last).timestamp() - 0.5


def test_rows_are_told_of_tables_and_not_of_views(copy_of_built):
    *tables, _ = _take(copy_of_built, "stg_links links match_weights", lambda event: None, lambda table: None)
    with copy_of_built.connect() as connection:
        links = connection.execute("select count(*) from marts.links").fetchall()[0][0]
        weights = connection.execute("select count(*) from staging.match_weights").fetchall()[0][0]
    rows = {table.name: table.row_count for table in tables}
    assert rows == {"stg_links": None, "links": links, "match_weights": weights}
    assert links > 0


def test_whoever_stops_taking_tables_ends_dbt_and_frees_the_file(copy_of_built):
    """Its queries, each of which would take an hour, are canceled, and no further table is made."""
    begun, is_busy = [], threading.Event()

    def listen(event):
        if event.info.name == "NodeCompiling":
            begun.append(event.data.node_info.node_name)
            if len(begun) > 1:
                is_busy.set()
                adapter = get_adapter_by_type("duckdb")
                with adapter.connection_named("long"):
                    adapter.execute("select sum(range % 7) from range(1_000_000_000_000)")

    tables = stream_tables(copy_of_built, ["build", "--select", "staging", "--exclude-resource-type", "test"], listen)
    next(tables)
    assert is_busy.wait(timeout=60)
    tables.close()
    assert 2 <= len(begun) <= 3  # one in each of dbt's threads, after the first
    with duckdb.connect(str(copy_of_built.database), config={"threads": 1}) as connection:
        assert connection.execute("select count(*) > 0 from marts.papers").fetchall() == [(True,)]


def test_a_model_that_fails_is_named(copy_of_built):
    with copy_of_built.connect() as connection:
        connection.execute("alter table extracted.links rename column url to address")
    outcome = run_dbt(copy_of_built, ["build", "--select", "stg_links"])
    assert outcome.problem.startswith("stg_links: ")
    assert "url" in outcome.problem


def test_a_model_that_fails_is_told_at_once(copy_of_built):
    with copy_of_built.connect() as connection:
        connection.execute("alter table extracted.links rename column url to address")
    [table, outcome] = _take(copy_of_built, "stg_links", lambda event: None, lambda table: None)
    assert (table.name, table.row_count) == ("stg_links", None)
    assert "url" in table.problem
    assert outcome.problem.startswith("stg_links: ")


def _take(warehouse, names, listen, act):
    """The tables of these names as they come, and the outcome; act is called with each of them."""
    found = []
    command = ["build", "--select", *names.split(), "--exclude-resource-type", "test"]
    for each in stream_tables(warehouse, command, listen):
        act(each)
        found.append(each)
    return found
