"""The runner: every outcome of a rule ends as the right status, and a gate that cannot be evaluated stays shut."""

import subprocess
import sys
import types

import duckdb
import great_expectations.expectations as gxe
import pytest

from paperhouse.expectations.runner import check_tables, guarded_tables, load_suite


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema zoo")
        connection.execute("create table zoo.animals as select * from (values (1, 'vole'), (2, null)) as t(id, name)")
    return path


@pytest.fixture
def suite(monkeypatch):
    def install(table, *expectations):
        module = types.ModuleType("suite")
        module.KEY, module.EXPECTATIONS = ["id"], list(expectations)
        monkeypatch.setitem(sys.modules, f"paperhouse.expectations.{table.replace('.', '__')}", module)

    return install


def test_statuses(database, suite):
    suite(
        "zoo.animals",
        gxe.ExpectColumnValuesToNotBeNull(column="id"),
        gxe.ExpectColumnValuesToNotBeNull(column="name"),
        gxe.ExpectColumnValuesToNotBeNull(column="name", severity="warning"),
        gxe.ExpectColumnValuesToNotBeNull(column="wings"),
        gxe.UnexpectedRowsExpectation(
            description="no voles", unexpected_rows_query="select name from {batch} where id = 1"
        ),
    )
    results = check_tables(database, ["zoo.animals"])
    assert [result.status for result in results] == ["pass", "fail", "warn", "error", "fail"]
    assert [result.is_blocking for result in results] == [False, True, False, True, True]
    assert results[1].failing == '[{"id": 2, "name": null}]'
    assert results[1].observed == "1 of 2 rows"
    assert results[4].rule == "no voles"
    assert results[4].failing == '[{"name": "vole"}]'


def test_a_missing_table_keeps_the_gate_shut(database, suite):
    suite("zoo.plants", gxe.ExpectColumnValuesToNotBeNull(column="id"))
    assert [result.status for result in check_tables(database, ["zoo.plants"])] == ["error"]


def test_an_empty_suite_is_refused(database, suite):
    suite("zoo.animals")
    with pytest.raises(ValueError, match="checks nothing"):
        check_tables(database, ["zoo.animals"])


def test_the_file_is_free_afterwards(database, suite):
    suite("zoo.animals", gxe.ExpectColumnValuesToNotBeNull(column="id"))
    check_tables(database, ["zoo.animals"])
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into zoo.animals values (3, 'shrew')")


@pytest.mark.parametrize("table", [t for schema in ("raw", "extracted", "marts") for t in guarded_tables(schema)])
def test_every_suite_has_rules_and_a_key(table):
    key, expectations = load_suite(table)
    assert key
    assert len(expectations) >= 2


def test_statistics_that_no_suite_asks_for_are_not_loaded():
    script = """
import sys
import paperhouse.expectations
from scipy import stats
assert "scipy.stats._stats_py" not in sys.modules
assert round(stats.norm.cdf(0), 3) == 0.5
"""
    subprocess.run([sys.executable, "-c", script], check=True)
