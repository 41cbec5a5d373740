"""The runner: every outcome of a rule ends as its kind says, and a gate that cannot be evaluated stays shut."""

import subprocess
import sys
import types

import duckdb
import great_expectations.expectations as gxe
import pytest

from paperhouse.expectations.data_docs import write_documents
from paperhouse.expectations.rules import Kind, corpus, dump, expects, pipeline, record
from paperhouse.expectations.runner import check_tables, guarded_tables, load_suite

TABLES = [table for schema in ("raw", "extracted", "marts") for table in guarded_tables(schema)]


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema zoo")
        connection.execute("create table zoo.animals as select * from (values (1, 'vole'), (2, null)) as t(id, name)")
    return path


@pytest.fixture
def suite(monkeypatch):
    def install(table, *rules):
        module = types.ModuleType("suite")
        module.KEY, module.RULES = ["id"], list(rules)
        monkeypatch.setitem(sys.modules, f"paperhouse.expectations.{table.replace('.', '__')}", module)

    return install


VOLES = "select id, name || ' is one' as because from {batch} where name = 'vole'"


def test_a_broken_rule_ends_as_its_kind_says(database, suite):
    suite(
        "zoo.animals",
        expects(gxe.ExpectColumnValuesToNotBeNull(column="id", description="an animal has an id")),
        expects(gxe.ExpectColumnValuesToNotBeNull(column="name", description="an animal has a name")),
        expects(gxe.ExpectColumnValuesToNotBeNull(column="wings", description="an animal has wings")),
        pipeline("no voles", VOLES),
        record("voles stay out", VOLES, reason="odd_record"),
        dump("no cage has voles", VOLES),
        corpus("animals", "count(*)", highest=1),
        corpus("names", "count(name)", highest=1),
        corpus("median name", "median(length(name)) filter (where id > 2)", highest=1),
    )
    results = check_tables(database, ["zoo.animals"])
    assert [result.status for result in results] == [
        *("pass", "fail", "error", "fail"),
        *("warn", "warn", "warn", "pass", "pass"),
    ]
    assert [result.rule for result in results if result.is_blocking] == [
        *("an animal has a name", "an animal has wings", "no voles")
    ]
    assert results[1].failing == '[{"id": 2, "name": null}]'
    assert (results[1].observed, results[1].affected_rows) == ("1 of 2 rows", 1)
    assert results[4].rows == results[5].rows == [{"id": 1, "because": "vole is one"}]
    assert results[4].reason == "odd_record"
    assert (results[6].value, results[6].highest, results[6].observed, results[6].expected) == (2, 1, "2", "at most 1")
    assert (results[8].value, results[8].observed) == (None, "too few rows to say")


def test_every_row_of_an_odd_record_is_found_not_only_a_sample(database, suite):
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into zoo.animals select 10 + number, 'vole' from range(700) as t(number)")
    suite("zoo.animals", record("voles stay out", VOLES, reason="odd_record"))
    [result] = check_tables(database, ["zoo.animals"])
    assert (len(result.rows), result.affected_rows) == (701, 701)


def test_kinds_are_chosen(database, suite):
    suite("zoo.animals", pipeline("no voles", VOLES), corpus("animals", "count(*)", highest=1))
    assert [result.kind for result in check_tables(database, ["zoo.animals"], ("corpus",))] == ["corpus"]


@pytest.mark.parametrize(("before", "status"), [([2.0], "pass"), ([3, 2, 200], "warn"), ([1.0, 1.0], "warn")])
def test_a_figure_is_compared_with_the_median_of_the_last_releases(database, suite, before, status):
    suite("zoo.animals", corpus("animals", "count(*)", tolerance=0.2))
    results = check_tables(database, ["zoo.animals"], before={("zoo.animals", "animals"): before})
    assert [(result.rule, result.status) for result in results] == [
        ("animals", "pass"),
        ("animals, as in the last releases", status),
    ]
    assert f"the median of the last {len(before)} releases" in results[1].expected


def test_a_figure_without_a_past_is_compared_with_nothing(database, suite):
    suite("zoo.animals", corpus("animals", "count(*)", tolerance=0.2))
    assert len(check_tables(database, ["zoo.animals"])) == 1


def test_a_missing_table_keeps_the_gate_shut(database, suite):
    suite("zoo.plants", expects(gxe.ExpectColumnValuesToNotBeNull(column="id", description="a plant has an id")))
    assert [result.status for result in check_tables(database, ["zoo.plants"])] == ["error"]


def test_a_figure_that_cannot_be_computed_keeps_the_gate_shut(database, suite):
    suite("zoo.animals", corpus("wings", "sum(wings)", highest=1))
    assert [result.is_blocking for result in check_tables(database, ["zoo.animals"])] == [True]


def test_an_empty_suite_is_refused(database, suite):
    suite("zoo.animals")
    with pytest.raises(ValueError, match="checks nothing"):
        check_tables(database, ["zoo.animals"])


def test_the_file_is_free_afterwards(database, suite):
    suite("zoo.animals", corpus("animals", "count(*)", highest=1))
    check_tables(database, ["zoo.animals"])
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into zoo.animals values (3, 'shrew')")


def test_documents_are_great_expectations_own_and_ask_for_nothing_from_elsewhere(database, suite, tmp_path):
    suite("zoo.animals", pipeline("no voles", VOLES), corpus("animals", "count(*)", highest=1))
    place = write_documents(tmp_path / "checks", "run", check_tables(database, ["zoo.animals"]))
    page = (place / "zoo.animals.html").read_text(encoding="utf-8")
    assert "no voles" in page
    assert "<script" not in page
    assert "src=" not in page
    assert "<link" not in page
    assert 'href="zoo.animals.html"' in (place / "index.html").read_text(encoding="utf-8")


def test_documents_show_the_rows_that_break_a_rule_and_nothing_in_them_is_markup(database, suite, tmp_path):
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into zoo.animals values (4, '<b>vole</b>')")
    suite("zoo.animals", pipeline("no bold name", "select * from {batch} where contains(name, '<b>')"))
    place = write_documents(tmp_path / "checks", "run", check_tables(database, ["zoo.animals"]))
    page = (place / "zoo.animals.html").read_text(encoding="utf-8")
    assert "Seen: 1 row; allowed: no row." in page
    assert "<td>4</td><td>&lt;b&gt;vole&lt;/b&gt;</td>" in page


@pytest.mark.parametrize("table", TABLES)
def test_every_suite_has_rules_in_words_and_a_key(table):
    key, rules = load_suite(table)
    assert key
    assert len(rules) >= 2
    assert len({rule.words for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.words
        assert rule.kind in Kind
        assert (rule.expectation is None) == (rule.kind is Kind.corpus)
        assert rule.kind is not Kind.corpus or rule.lowest is not None or rule.highest is not None or rule.tolerance
        assert bool(rule.reason) == (rule.kind is Kind.record)
        assert rule.kind is not Kind.record or table in ("raw.entries", "extracted.texts")


def test_statistics_that_no_suite_asks_for_are_not_loaded():
    script = """
import sys
import paperhouse.expectations
from scipy import stats
assert "scipy.stats._stats_py" not in sys.modules
assert round(stats.norm.cdf(0), 3) == 0.5
"""
    subprocess.run([sys.executable, "-c", script], check=True)
