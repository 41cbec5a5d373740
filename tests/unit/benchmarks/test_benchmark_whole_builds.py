"""A build by the whole command on Spark, as it is told: beside DuckDB's, with what differs."""

from __future__ import annotations

from benchmarks.cluster import Spent
from benchmarks.whole_builds import Published, WholeBuild, format_whole
from paperhouse.orchestration.table_costs import TableCost

RELEASES = (
    Published(30 * 2**20, {"papers.parquet": ("0a", 2**20), "links.parquet": ("0b", 2**20)}),
    Published(2 * 2**20, {"papers.parquet": ("0a", 2**20), "links.parquet": ("0c", 2**20)}),
)
STAGES = ({"dbt": 3.0, "release": 1.0}, {"dbt": 60.0, "release": 1.5})


def build(**differs):
    spent = {"stg": Spent(2.0, 1.5, 2**30, 1_000_000), "papers": Spent(4.0, 3.5, 2**31, 500_000)}
    costs = {"papers": TableCost(0.5, 0.4, 0), "left_out": TableCost(9.0, 9.0, 0)}
    return WholeBuild(costs, spent, differs, STAGES, RELEASES, Spent(70.0, 80.0, 2**32, 2_000_000))


def test_each_table_stands_beside_duckdbs_and_the_sums_are_of_both():
    lines = [line.split() for line in format_whole(build(papers=[])).splitlines()]
    assert ["stg", "2.0", "1.5", "1.00", "GiB", "1.000"] in lines
    assert ["papers", "equal", "0.50", "0.40", "4.0", "3.5", "2.00", "GiB", "0.500"] in lines
    assert ["all", "of", "these", "0.50", "0.40", "6.0", "5.0", "2.00", "GiB", "1.500"] in lines
    assert ["the", "whole", "command", "70.0", "80.0", "4.00", "GiB", "2.000"] in lines
    assert ["dbt", "3.0", "60.0"] in lines
    assert ["by", "DuckDB", "30", "MiB", "2", "MiB"] in lines
    assert ["by", "Spark", "2", "MiB", "2", "MiB"] in lines
    assert "1 of 2 Parquet files are the same bytes." in format_whole(build(papers=[]))
    assert "1 of 1 marts are equal." in format_whole(build(papers=[]))


def test_what_differs_is_named_and_no_mart_is_no_success():
    built = build(papers=["title"], links=[])
    assert "differs: title" in format_whole(built)
    assert "1 of 2 marts are equal." in format_whole(built)
    assert [built.is_equal, build(papers=[], links=[]).is_equal, build().is_equal] == [False, True, False]
