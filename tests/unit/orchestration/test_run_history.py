"""A warehouse's run history is Dagster's own files: what one writes, the other reads and continues."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from pathlib import Path

import dagster as dg
import pytest
from dagster._check import CheckError

from paperhouse.orchestration.last_run import find_last_run
from paperhouse.orchestration.lost_runs import end_lost_runs, show_alive
from paperhouse.orchestration.old_runs import prune_runs
from paperhouse.warehouse.folder import Warehouse


@dg.asset
def counted():
    return dg.MaterializeResult(metadata={"dagster/row_count": 3})


@pytest.fixture
def house(tmp_path, monkeypatch):
    warehouse = Warehouse(tmp_path / "house")
    warehouse.prepare()
    for name in ("PAPERHOUSE_WAREHOUSE", "DAGSTER_HOME", "DO_NOT_TRACK"):
        monkeypatch.setenv(name, "")  # as set_environment sets them; put back afterwards
    warehouse.set_environment()
    return warehouse


def count_materializations(instance: dg.DagsterInstance) -> int:
    return len(instance.fetch_materializations(counted.key, limit=10).records)


def test_dagster_reads_and_continues_what_the_warehouse_wrote(house):
    with dg.DagsterInstance.get() as instance:
        assert type(instance.event_log_storage).__name__ == "RunHistory"
        assert dg.materialize([counted], instance=instance).success
        assert count_materializations(instance) == 1
    (house.dagster_home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with dg.DagsterInstance.get() as instance:
        assert type(instance.event_log_storage).__name__ != "RunHistory"
        [run] = instance.get_runs()
        assert [entry.dagster_event.event_type_value for entry in instance.all_logs(run.run_id)][
            -1
        ] == "PIPELINE_SUCCESS"
        assert dg.materialize([counted], instance=instance).success
        assert count_materializations(instance) == 2


def test_the_log_moves_with_the_warehouse(house, tmp_path):
    with dg.DagsterInstance.get() as instance:
        dg.materialize([counted], instance=instance)
    moved = Warehouse(house.folder.rename(tmp_path / "moved"))
    moved.set_environment()
    with dg.DagsterInstance.get() as instance:
        assert count_materializations(instance) == 1
        dg.materialize([counted], instance=instance)
    assert not house.folder.exists()


def test_events_of_one_moment_are_written_together_or_not_at_all(house):
    planned = dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED

    def count(instance: dg.DagsterInstance, run_id: str) -> tuple[int, int]:
        of_run = [entry for entry in instance.all_logs(run_id) if entry.dagster_event_type == planned]
        return len(of_run), len(instance.get_event_records(dg.EventRecordsFilter(planned)))

    with dg.DagsterInstance.get() as instance:
        run_id = dg.materialize([counted], instance=instance).dagster_run.run_id
        [entry] = [entry for entry in instance.all_logs(run_id) if entry.dagster_event_type == planned]
        instance.event_log_storage.store_event_batch([entry] * 3)
        assert count(instance, run_id) == (4, 4)
        with pytest.raises(CheckError):
            instance.event_log_storage.store_event_batch([entry, None])
        assert count(instance, run_id) == (4, 4)
        instance.event_log_storage.store_event(entry)
        assert count(instance, run_id) == (5, 5)


def test_another_process_reads_while_a_run_writes(house):
    with dg.DagsterInstance.get() as writer, dg.DagsterInstance.get() as reader:
        dg.materialize([counted], instance=writer)
        assert count_materializations(reader) == 1


def test_whoever_watches_a_run_sees_each_event_as_it_comes(house):
    """As the page of a run in the UI does, in another process than the run's."""
    job = dg.Definitions(assets=[counted]).resolve_implicit_global_asset_job_def()
    run_id, seen = str(uuid.uuid4()), []
    with dg.DagsterInstance.get() as writer, dg.DagsterInstance.get() as reader:
        reader.watch_event_logs(run_id, None, lambda entry, _: seen.append(entry.dagster_event.event_type_value))
        assert job.execute_in_process(instance=writer, run_id=run_id).success
        for _ in range(100):
            if "PIPELINE_SUCCESS" in seen:
                break
            time.sleep(0.1)
        assert "PIPELINE_SUCCESS" in seen
        assert seen == [entry.dagster_event.event_type_value for entry in reader.all_logs(run_id)]


def test_settings_that_a_kill_cut_off_are_written_again(house):
    settings = house.dagster_home / "dagster.yaml"
    whole = settings.read_text()
    for length in (0, 5, len(whole) // 2, len(whole) - 1):
        settings.write_text(whole[:length])
        house.prepare()
        assert settings.read_text() == whole


def test_settings_of_an_earlier_version_are_renewed_and_an_operators_own_are_kept(house):
    settings = house.dagster_home / "dagster.yaml"
    renewed = settings.read_text()
    module = "paperhouse.orchestration.run_history"
    assert module in renewed
    before_queues = renewed.partition("concurrency:")[0]
    one_line = "concurrency:\n  runs:\n    max_concurrent_runs: 1\n"
    earlier = (
        f"{before_queues}{one_line}retention:{renewed.partition('retention:')[2]}",
        "telemetry:\n  enabled: false\nnux:\n  enabled: false\n",
        before_queues,
        before_queues.replace(module, "pipelines.run_history"),
    )
    for written in earlier:
        settings.write_text(written)
        house.prepare()
        assert settings.read_text() == renewed
    settings.write_text(own := "telemetry:\n  enabled: false\nsensors:\n  use_threads: true\n")
    house.prepare()
    assert settings.read_text() == own


def test_a_process_that_sees_many_runs_keeps_few_files_open(house):
    with dg.DagsterInstance.get() as instance:
        for _ in range(4):
            dg.materialize([counted], instance=instance)
        runs = house.dagster_home / "history" / "runs"
        targets = [os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
        opened = {Path(target).name.split(".")[0] for target in targets if target.startswith(str(runs))}
        logs = [path for path in runs.glob("*.db-wal") if not path.name.startswith("index")]
    assert len(list(runs.glob("*.db"))) == 5  # the index and four runs
    assert "index" in opened
    assert len(opened) <= 2  # beside it at most one run's
    assert len(logs) <= 1
    assert list(runs.glob("*.db-wal")) == []


#: A run that its process does not survive.
_KILLED = """
import os, signal, sys
import dagster as dg
from paperhouse.orchestration.lost_runs import show_alive
from paperhouse.warehouse.folder import Warehouse

@dg.op
def die(context):
    os.kill(os.getpid(), signal.SIGKILL)

@dg.job
def build():
    die()

with dg.DagsterInstance.get() as instance, show_alive(Warehouse.from_environment().dagster_home, sys.argv[1]):
    build.execute_in_process(instance=instance, run_id=sys.argv[1])
"""


def test_a_run_whose_process_was_killed_has_failed_and_one_that_lives_has_not(house):
    dead, alive = (str(uuid.uuid4()) for _ in range(2))
    done = subprocess.run([sys.executable, "-c", _KILLED, dead], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with dg.DagsterInstance.get() as instance:
        assert instance.get_run_by_id(dead).status is dg.DagsterRunStatus.STARTED
        assert find_last_run(house) is None
        with show_alive(house.dagster_home, alive):
            assert end_lost_runs(instance, house.dagster_home) == [dead]
        assert end_lost_runs(instance, house.dagster_home) == []
        assert instance.get_run_by_id(dead).status is dg.DagsterRunStatus.FAILURE
    last = find_last_run(house)
    assert (last.run_id, last.status) == (dead, "failure")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.write_text("banana")])
def test_a_report_that_is_none_is_no_last_run(house, make):
    make(house.last_build)
    assert find_last_run(house) is None


def test_the_last_run_is_the_one_that_ended_last_whoever_started_it(house):
    assert find_last_run(house) is None
    with dg.DagsterInstance.get() as instance:
        dg.materialize([counted], instance=instance)
    assert find_last_run(house) is None  # no build: an asset of somebody else, in a job of another name
    with dg.DagsterInstance.get() as instance:
        job = dg.Definitions([counted], jobs=[dg.define_asset_job("build")]).resolve_job_def("build")
        done = job.execute_in_process(instance=instance)
    last = find_last_run(house)
    assert (last.run_id, last.status, last.seconds > 0) == (done.run_id, "success", True)
    (house.dagster_home / "history" / "runs.db").write_bytes(b"noise")
    assert find_last_run(house) is None


@dg.asset
def release():
    return dg.MaterializeResult()


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["2031-03-11"]))
def captured():
    return dg.MaterializeResult()


@dg.asset_check(asset=counted)
def judged():
    return dg.AssetCheckResult(passed=True)


def count_rows(house, table: str) -> int:
    with contextlib.closing(sqlite3.connect(house.dagster_home / "history" / "runs" / "index.db")) as connection:
        return connection.execute(f"select count(distinct run_id) from {table}").fetchall()[0][0]


def test_runs_beyond_the_newest_go_with_all_that_they_left_but_for_what_the_catalogue_needs(house):
    with dg.DagsterInstance.get() as instance:
        published = dg.materialize([release], instance=instance).run_id
        day = dg.materialize([captured], instance=instance, partition_key="2031-03-11").run_id
        others = [dg.materialize([counted, judged], instance=instance).run_id for _ in range(4)]
        assert count_rows(house, "asset_check_executions") == 4
        assert prune_runs(instance, house, keep=2) == others[1::-1]
        assert {run.run_id for run in instance.get_runs()} == {published, day, *others[2:]}
        assert instance.get_materialized_partitions(captured.key) == {"2031-03-11"}
        assert instance.get_latest_materialization_event(release.key).run_id == published
        assert count_materializations(instance) == 2
        assert prune_runs(instance, house, keep=2) == []
        dg.materialize([counted], instance=instance)  # and it goes on
    logs = {path.name.split(".")[0] for path in (house.dagster_home / "history" / "runs").glob("*.db*")}
    assert logs & set(others) == set(others[2:])
    assert count_rows(house, "asset_check_executions") == 2
    assert count_rows(house, "event_logs") == 5
    assert {path.name for path in (house.dagster_home / "storage").glob("*")} & set(others[:2]) == set()


def test_a_run_that_ends_in_the_future_ended_before_the_clock_went_back(house):
    job = dg.Definitions([counted], jobs=[dg.define_asset_job("build")]).resolve_job_def("build")
    with dg.DagsterInstance.get() as instance:
        before, after = (job.execute_in_process(instance=instance).run_id for _ in range(2))
    assert find_last_run(house).run_id == after
    with contextlib.closing(sqlite3.connect(house.dagster_home / "history" / "runs.db")) as runs, runs:
        runs.execute("update runs set end_time = end_time + 1e6 where run_id = ?", [before])
    assert find_last_run(house).run_id == after
