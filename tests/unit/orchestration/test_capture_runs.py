"""Captures as Dagster sees them: a partition per day, one run each, failures with their reason."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import dagster as dg
import pytest
import stamina
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.loading.sources import CapturePlan, Source
from paperhouse.orchestration.assets.captures import capture_key, load_captures, make_captures
from paperhouse.orchestration.capture import run_captures
from paperhouse.orchestration.resources import locked_warehouse
from paperhouse.warehouse.folder import Warehouse
from tests.serving import serving

DAYS = [date(2026, 1, day) for day in (1, 2, 3)]


@pytest.fixture
def house(tmp_path, monkeypatch):
    for name in ("PAPERHOUSE_WAREHOUSE", "DAGSTER_HOME", "DO_NOT_TRACK"):
        monkeypatch.setenv(name, "")
    stamina.set_testing(True, attempts=2)
    yield Warehouse(tmp_path / "house")
    stamina.set_testing(False)


@pytest.fixture
def server():
    with serving() as one:
        for day in DAYS:
            one.answer(f"/{day}", f'[{{"title": "Lanterns of {day}"}}]'.encode())
        yield one


@contextmanager
def in_time(seconds: int) -> Iterator[None]:
    """A block that has failed where it takes longer."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"not done in {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_a_day_that_fails_is_a_failed_partition_and_the_others_are_there(house, server):
    server.answer("/2026-01-02", 500, 500, b"[]")
    plan = CapturePlan(sources=(Source("lanterns", server.base + "/{day}", pause=0),))
    outcomes = list(run_captures(house, plan, ["lanterns"], DAYS))
    assert [outcome.new_files for outcome in outcomes] == [1, 0, 1]
    assert "/2026-01-02 answered 500" in outcomes[1].problem
    with dg.DagsterInstance.get() as instance:
        key = capture_key("lanterns")
        assert instance.get_materialized_partitions(key) == {"2026-01-01", "2026-01-03"}
        failed = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
        assert [run.tags["dagster/partition"] for run in failed] == ["2026-01-02"]
        [once_more] = run_captures(house, plan, ["lanterns"], DAYS[1:2])
        assert (once_more.problem, once_more.new_files) == ("", 0)  # a day without papers
        assert instance.get_materialized_partitions(key) == {day.isoformat() for day in DAYS}
    assert not house.database.exists()


def test_days_of_one_run_fail_one_by_one_and_can_be_repaired_one_by_one(house, server):
    server.answer("/2026-01-02", 500, 500, b'[{"title": "Late lanterns"}]')
    plan = CapturePlan(sources=(Source("lanterns", server.base + "/{day}", pause=0),))
    house.prepare()
    house.set_environment()
    [asset] = make_captures(plan).assets
    days = {"dagster/asset_partition_range_start": "2026-01-01", "dagster/asset_partition_range_end": "2026-01-03"}
    with dg.DagsterInstance.get() as instance:

        def count_days(*counts):
            status = get_and_update_asset_status_cache_value(instance, asset.key, asset.partitions_def)
            subsets = [
                status.deserialize_materialized_partition_subsets(asset.partitions_def),
                status.deserialize_failed_partition_subsets(asset.partitions_def),
            ]
            assert [sorted(subset.get_partition_keys()) for subset in subsets] == list(counts)

        result = dg.materialize([asset], instance=instance, tags=days, raise_on_error=False)
        [failure] = [event.step_failure_data for event in result.all_events if event.is_step_failure]
        words = failure.user_failure_data.description
        assert words.startswith("1 of 3 days could not be fetched; the others are there.\n2026-01-02: http://127.0.0.1")
        assert "answered 500" in words
        count_days(["2026-01-01", "2026-01-03"], ["2026-01-02"])
        assert dg.materialize([asset], instance=instance, partition_key="2026-01-02").success
        count_days([day.isoformat() for day in DAYS], [])
    assert asset.backfill_policy.max_partitions_per_run == 30


def test_a_capture_that_is_killed_is_seen_to_be_lost(house, server):
    """Else it would stand in the line for ever."""
    plan = CapturePlan(sources=(Source("lanterns", server.base + "/{day}", pause=0),))
    seen = []
    server.on_get = lambda: seen.extend(path.name for path in (house.dagster_home / "alive").iterdir())
    list(run_captures(house, plan, ["lanterns"], DAYS[:1]))
    with dg.DagsterInstance.get() as instance:
        [run] = instance.get_runs()
    assert seen == [run.run_id]
    assert run.tags["paperhouse/source"] == "lanterns"
    assert list((house.dagster_home / "alive").iterdir()) == []


def test_a_capture_in_a_run_that_holds_the_warehouse_does_not_wait_for_itself(house, server):
    """`Materialize all` makes one run of both: it stood still for ever."""
    plan = CapturePlan(sources=(Source("lanterns", server.base + "/{day}", pause=0),))
    house.prepare()
    house.set_environment()

    @dg.asset
    def table(warehouse: dg.ResourceParam[object]) -> None:
        assert len(list((house.dagster_home / "alive").iterdir())) == 1

    with dg.DagsterInstance.get() as instance, in_time(30):
        result = dg.materialize(
            [*make_captures(plan).assets, table],
            instance=instance,
            partition_key="2026-01-01",
            resources={"warehouse": locked_warehouse},
        )
    assert result.success
    assert list((house.dagster_home / "alive").iterdir()) == []


def test_nothing_is_asked_of_dagster_where_no_source_is_named_or_none_can_be_followed(house):
    assert make_captures(CapturePlan()) == dg.Definitions()
    house.prepare()
    house.settings_file.write_text("[capture]\nstart = 1\n")
    assert load_captures(house) == dg.Definitions()
    house.settings_file.write_text('[capture.a]\naddress = "https://a.example/{day}"\n')
    loaded = load_captures(house)
    assert loaded.get_schedule_def("daily_capture").default_status is dg.DefaultScheduleStatus.STOPPED
    assert {key.to_user_string() for key in loaded.resolve_all_asset_keys()} == {"captures/a"}


def test_the_commands_say_what_came_and_how_to_go_on(house, server):
    def run(*arguments):
        return CliRunner().invoke(app, [*arguments, "-w", str(house.folder)], env={"COLUMNS": "200"})

    none = run("capture")
    assert (none.exit_code, "sources" in none.output) == (1, True)
    assert run("sources", "--init").exit_code == 0
    assert run("sources", "--init").exit_code == 1  # there is one
    with house.settings_file.open("a") as file:
        file.write(f'[capture.lanterns]\naddress = "{server.base}/{{day}}"\npause = 0\n')
    assert "lanterns" in run("sources").output
    for wrong in (["--from", "2025-12-31"], ["--from", "2100-01-01"], ["--from", "2026-01-03", "--to", "2026-01-01"]):
        assert run("capture", *wrong).exit_code == 1
    assert "no source 'lantern'" in run("capture", "--source", "lantern").output
    server.answer("/2026-01-02", 404)
    some = run("capture", "--from", "2026-01-01", "--to", "2026-01-03")
    assert some.exit_code == 1
    assert "1 of 3 could not be fetched" in some.output
    assert "--from 2026-01-02 --to 2026-01-02" in some.output
    assert run("capture", "--from", "2026-01-01").exit_code == 0
    assert sorted(file.name for file in house.inbox.rglob("*.json")) == ["2026-01-01.json", "2026-01-03.json"]
