"""What two lakes say of growth, and that nothing is said where they cannot."""

from __future__ import annotations

import json

import duckdb
import pytest

from benchmarks.measure import CommandFailed
from benchmarks.scaling import compare_lakes, format_growth


@pytest.fixture
def write_lake(tmp_path):
    """`write_lake(name, tables)`: a warehouse with a lake of tables `schema.name` with so many rows each."""

    def write(name, tables):
        warehouse = tmp_path / name
        for table, rows in tables.items():
            place = warehouse / "lake" / table.replace(".", "/")
            place.mkdir(parents=True)
            if rows:
                duckdb.sql(f"copy (select range as x from range({rows})) to '{place}/part-0.parquet'")
        (warehouse / ".dbt").mkdir(parents=True, exist_ok=True)
        cost = {"seconds": 1.0, "cpu_seconds": 0.5, "peak_growth_bytes": 0}
        (warehouse / ".dbt" / "costs.json").write_text(json.dumps({"papers": cost}))
        return warehouse

    return write


def test_rows_grow_as_they_did_between_the_two(write_lake):
    small = write_lake(
        "small", {"raw.entries": 1_000, "marts.papers": 1_000, "marts.keyword_pairs": 400, "staging.kinds": 80}
    )
    large = write_lake(
        "large", {"raw.entries": 2_000, "marts.papers": 2_000, "marts.keyword_pairs": 1_600, "staging.kinds": 80}
    )
    growths = {growth.name: growth for growth in compare_lakes(small, large)}
    assert {name: round(growth.exponent, 6) for name, growth in growths.items()} == {
        "entries": 1.0,
        "kinds": 0.0,
        "keyword_pairs": 2.0,
        "papers": 1.0,
    }
    assert growths["keyword_pairs"].rows_at(20_000) == pytest.approx(160_000)
    assert growths["papers"].bytes_at(4_000) == pytest.approx(2 * growths["papers"].large.byte_count)
    assert growths["papers"].large.cpu_seconds == 0.5
    shown = format_growth(growths.values(), [4_000])
    assert "Measured at 1,000 and 2,000 papers" in shown
    assert "rows at 4,000" in shown
    assert "GB if linear" in shown


def test_few_rows_say_nothing_of_growth(write_lake):
    small, large = write_lake("small", {"marts.papers": 10}), write_lake("large", {"marts.papers": 50})
    [growth] = compare_lakes(small, large)
    assert growth.exponent == 1.0


def test_a_table_without_files_has_no_rows(write_lake):
    small, large = (
        write_lake(name, {"marts.papers": rows, "marts.links": 0}) for name, rows in (("small", 200), ("large", 400))
    )
    [links, _] = compare_lakes(small, large)
    assert (links.large.rows, links.large.byte_count, links.bytes_at(10**6)) == (0, 0, 0)


def test_what_is_no_lake_or_no_larger_one_is_said(write_lake, tmp_path):
    small, large = write_lake("small", {"marts.papers": 200}), write_lake("large", {"marts.papers": 400})
    with pytest.raises(CommandFailed, match="holds no tables"):
        compare_lakes(small, tmp_path / "nowhere")
    with pytest.raises(CommandFailed, match="name the smaller one first"):
        compare_lakes(large, small)
