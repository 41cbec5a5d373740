import duckdb
import pytest

from benchmarks.engine_digests import differing
from benchmarks.engines import ModelRun, are_equal, format_engines

OURS = "values ('a', 0.1::double, null, ['x']), ('b', 2.0, 'n', [])"


@pytest.fixture
def compare(tmp_path):
    """What differs between OURS and other rows that lie in a lake."""
    database = duckdb.connect()
    database.execute("create schema marts")
    database.execute(f"create table marts.papers as from ({OURS}) as rows(id, share, note, names)")
    place = tmp_path / "marts" / "papers"
    place.mkdir(parents=True)

    def run(rows, columns="id, share, note, names"):
        database.execute(f"copy (from ({rows}) as rows({columns})) to '{place}/part.parquet'")
        return differing(database, "marts", "papers", tmp_path)

    yield run
    database.close()


def test_rows_in_another_order_and_doubles_in_the_last_bit_are_equal(compare):
    assert compare("values ('b', 2.0::double, 'n', []), ('a', 0.10000000000000002, null, ['x'])") == []


def test_a_double_that_differs_in_ten_digits_is_named(compare):
    assert compare("values ('a', 0.100000001::double, null, ['x']), ('b', 2.0, 'n', [])") == ["share"]


def test_null_is_no_empty_text(compare):
    assert compare("values ('a', 0.1::double, '', ['x']), ('b', 2.0, 'n', [])") == ["note"]


def test_equal_columns_of_other_rows_are_a_difference(compare):
    assert compare("values ('b', 0.1::double, null, ['x']), ('a', 2.0, 'n', [])") == ["pairing of values"]


def test_missing_rows_and_columns_are_named(compare):
    assert compare("values ('a', 0.1::double, null, ['x'])") == ["rows 1 instead of 2"]
    assert compare("values ('a', 0.1::double, null)", "id, share, note") == ["columns names"]


def test_no_file_is_no_row(tmp_path):
    with duckdb.connect() as database:
        database.execute("create schema marts; create table marts.links (url varchar)")
        assert differing(database, "marts", "links", tmp_path) == []
        database.execute("insert into marts.links values ('u')")
        assert differing(database, "marts", "links", tmp_path) == ["rows 0 instead of 1"]


def test_models_that_ran_and_marts_that_are_equal_are_counted():
    runs = [
        ModelRun("staging", "stg_texts", "", False, 0.1),
        ModelRun("marts", "papers", "", True, 0.2, []),
        ModelRun("marts", "links", "", True, 0.2, ["url"], 1_500_000),
        ModelRun("marts", "topics", "unknown function: to_days", True, 0.0),
    ]
    shown = format_engines(runs)
    assert "3 of 4 models ran, 1 of 3 marts are equal; 0.5 CPU seconds." in shown
    assert [line.split()[-2:] for line in shown.splitlines() if "differs: url" in line] == [["1.500", "yes"]]
    assert "unknown function: to_days" in shown
    assert not are_equal(runs)
    assert not are_equal(runs[:3])
    assert are_equal(runs[:2])
