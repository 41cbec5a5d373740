import gzip
import json

import pytest

from benchmarks.costs import (
    FIRST,
    NEW_DAY,
    NOTHING,
    Run,
    compute_exponent,
    format_runs,
    format_tables,
    take_part,
)
from benchmarks.measure import Usage
from paperhouse.orchestration.table_costs import TableCost

MEBIBYTE = 2**20


def run(cpu: float, **tables: float) -> Run:
    costs = {name: TableCost(seconds, seconds, MEBIBYTE if seconds > 1 else 0) for name, seconds in tables.items()}
    return Run(Usage(cpu / 2, cpu, 500 * MEBIBYTE), {"dbt": cpu / 3}, costs)


RUNS = {
    10_000: {FIRST: run(50, papers=1.0, pairs=0.5, notes=0.01), NEW_DAY: run(25), NOTHING: run(5)},
    100_000: {FIRST: run(200, papers=10.0, pairs=50.0, notes=0.1), NEW_DAY: run(120), NOTHING: run(6)},
}


def test_an_exponent_is_the_power_of_the_papers():
    assert compute_exponent(1, 10, 10_000, 100_000) == pytest.approx(1)
    assert compute_exponent(0.5, 50, 10_000, 100_000) == pytest.approx(2)
    assert compute_exponent(0, 50, 10_000, 100_000) is None


def test_tables_are_printed_by_cost_with_slope_and_exponent_and_small_ones_as_a_sum():
    lines = format_tables(RUNS).splitlines()
    assert lines[2].split() == ["pairs", "0.500", "s", "50.0", "s", "1", "MiB", "550.0", "2.00"]
    assert lines[3].split() == ["papers", "1.00", "s", "10.0", "s", "1", "MiB", "100.0", "1.00"]
    assert lines[4] == "1 other tables: 0.100 s at 100,000 papers"


def test_one_size_has_a_cost_per_paper_and_no_exponent():
    lines = format_tables({100_000: RUNS[100_000]}).splitlines()
    assert lines[2].split() == ["pairs", "50.0", "s", "1", "MiB", "500.0"]


def test_runs_are_printed_beside_the_first_build_of_their_size():
    lines = format_runs(RUNS).splitlines()
    assert lines[3].split()[:7] == ["one", "new", "day", "of", "50", "10,000", "12.5"]
    assert lines[3].endswith("0.50x")
    assert lines[-1].endswith("0.03x")


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.gz"])
def test_a_part_is_every_so_many_th_line(tmp_path, name):
    text = "".join(json.dumps({"title": str(number)}) + "\n" for number in range(25))
    data = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    count, part = take_part(tmp_path / name, tmp_path / "part" / "part.jsonl", 10)
    assert count == 3
    assert [json.loads(line)["title"] for line in part.read_text().splitlines()] == ["0", "10", "20"]
