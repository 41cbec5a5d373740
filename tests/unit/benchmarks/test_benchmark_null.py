"""Dates that are shuffled make no trend, and those that are not do."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from benchmarks.trend_null import _count_calls, run_null


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty months of 300 papers; keyword 1 is in every third of them, keyword 2 in all of the last ten months."""
    folder = tmp_path_factory.mktemp("moving")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(
            """
            create schema intermediate; create schema marts;
            create table intermediate.int_papers__texts as
            select 'p' || number as paper_id, number::integer as paper_number from range(9000) as numbers(number);
            create table intermediate.int_papers__dated as
            select paper_number, 'published' as date_basis, 'day' as date_precision, 0::bigint as stretch_number,
                (date '2022-01-01' + to_months(paper_number // 300)
                + to_days(paper_number % 300 // 11))::date as dated_on
            from intermediate.int_papers__texts;
            create table intermediate.int_papers_keywords__mentioned as
            select 1::ubigint as term_hash, paper_number from intermediate.int_papers__texts where paper_number % 3 = 0
            union all
            select 2, paper_number from intermediate.int_papers__texts where paper_number >= 6000;
            create table intermediate.int_keywords__counted as
            select term_hash, 'k' || term_hash as keyword_id, count(*) as paper_count
            from intermediate.int_papers_keywords__mentioned group by all;
            create table marts.keywords as
            select keyword_id, keyword_id as keyword from intermediate.int_keywords__counted;
            """
        )
    return folder


def test_shuffled_dates_call_nothing(warehouse, tmp_path):
    said = []
    table = run_null(warehouse, 2, said.append, tmp_path)
    lines = [line for line in table.splitlines() if "all scales" in line]
    assert [line.split(":")[0] for line in lines] == ["fully", "within months of the year"]
    assert "0 of 2 (0.0%)" in lines[0]
    assert "2 shuffles: 0 with any call" in said


def test_dates_that_keep_their_place_call_what_moves(warehouse, tmp_path):
    calls = _count_calls(warehouse, 1, "dated_on", tmp_path, lambda _: None)
    assert calls["date_basis"].n_unique() == 1
    called = dict(calls.group_by("scale").agg(pl.col("called").sum()).rows())
    assert called["window of months"] > 0
    assert called["window of years"] > 0
    tested = calls.filter(pl.col("tests") > 0)["scale"]
    assert {scale.split()[-1] for scale in tested} == {"years", "months", "weeks", "days"}
