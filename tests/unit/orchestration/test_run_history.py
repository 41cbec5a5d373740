"""A warehouse's run history is Dagster's own files: what one writes, the other reads and continues."""

import os
from pathlib import Path

import dagster as dg
import pytest

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


def test_another_process_reads_while_a_run_writes(house):
    with dg.DagsterInstance.get() as writer, dg.DagsterInstance.get() as reader:
        dg.materialize([counted], instance=writer)
        assert count_materializations(reader) == 1


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
    earlier = (
        "telemetry:\n  enabled: false\nnux:\n  enabled: false\n",
        renewed.replace(module, "pipelines.run_history"),
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
