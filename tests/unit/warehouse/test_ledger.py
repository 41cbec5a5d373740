"""The ledger of checks, whatever the machine's clock does."""

from datetime import UTC, datetime, timedelta

import pytest

from paperhouse.warehouse import quality
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.quality import CheckRow, find_unpassed, ledger_time, record_checks, record_pass

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """Stands in for the machine's clock: its hand is set."""

    def __init__(self):
        self.time = NOON

    def now(self, zone):
        return self.time.astimezone(zone)


@pytest.fixture
def clock(monkeypatch):
    set_clock = Clock()
    monkeypatch.setattr(quality, "datetime", type("Time", (datetime,), {"now": set_clock.now}))
    return set_clock


def check(status):
    return CheckRow("gate_1", "raw.entries", "has_title", "record", status, "", "", "")


def test_times_are_the_clock_s_and_go_on_where_it_goes_back(tmp_path, clock):
    house = Warehouse(tmp_path)
    with house.connect() as connection:
        assert ledger_time(connection) == NOON.replace(tzinfo=None)
        record_pass(connection, "gate_1", "print", "run")
        clock.time -= timedelta(hours=1)
        assert ledger_time(connection) == NOON.replace(tzinfo=None) + timedelta(microseconds=1)
        record_pass(connection, "dbt", "print", "run")
        assert find_unpassed(connection, ["gate_1", "dbt"], "print") == []
        clock.time += timedelta(hours=2)
        assert ledger_time(connection) == NOON.replace(tzinfo=None) + timedelta(hours=1)


def test_the_runs_after_a_clock_that_went_back_are_kept_and_come_last(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(quality, "KEPT_RUNS", 2)
    house = Warehouse(tmp_path)
    for run, status in (("one", "fail"), ("two", "fail"), ("three", "fail")):
        record_checks(house, run, [check(status)])
        clock.time -= timedelta(days=1)
    with house.connect() as connection:
        runs = connection.execute(
            "select run_id, failing_since from quality.check_results order by checked_at"
        ).fetchall()
    assert runs == [("two", NOON.replace(tzinfo=None)), ("three", NOON.replace(tzinfo=None))]
    record_checks(house, "four", [check("pass")])
    record_checks(house, "five", [check("fail")])
    with house.connect() as connection:
        (since,) = connection.execute(
            "select failing_since from quality.check_results where run_id = 'five'"
        ).fetchall()[0]
    assert since > NOON.replace(tzinfo=None)
