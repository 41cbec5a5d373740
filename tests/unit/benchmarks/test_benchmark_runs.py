from benchmarks.runs import Runs, Stand, format_runs, make_runs
from paperhouse.warehouse.folder import Warehouse


def test_handles_and_history_stay_as_runs_are_made(tmp_path, monkeypatch):
    house = Warehouse(tmp_path / "w")
    for name in ("PAPERHOUSE_WAREHOUSE", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # given back after the test
    house.prepare()
    house.set_environment()
    first, *_, last = make_runs(house, 10, lambda _: None)
    assert (first.made, last.made, last.kept) == (1, 10, 10)
    assert last.handles - first.handles <= 2
    assert last.bytes > first.bytes


def test_stands_are_printed():
    lines = format_runs(Runs([Stand(1, 30, 1, 500_000), Stand(200, 31, 100, 5_450_000)], 9.0, 9.5)).splitlines()
    assert ["200", "31", "100", "5.45"] in [line.split() for line in lines]
    assert "+1 handles; 50.0 KB a kept run" in lines[-2]
