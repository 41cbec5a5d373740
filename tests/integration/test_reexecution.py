"""A build that breaks at every stage, and is executed again from each failure as the Dagster UI does it."""

from __future__ import annotations

import dagster as dg
import pytest
from published import parquet_digests

from paperhouse.orchestration.graph import defs
from paperhouse.showing import progress
from paperhouse.warehouse.folder import Warehouse
from paperhouse.warehouse.run_files import make_run_files

#: Where a build breaks, in this order: a stage that begins, or that has done some of its units.
BREAKS = [
    ("hash", "at the start"),
    ("hash", "in the middle"),
    ("parse", "at the start"),
    ("parse", "in the middle"),
    ("gate 1", "at the start"),
    ("text", "at the start"),
    ("text", "in the middle"),
    ("dbt", "at the start"),
    ("dbt", "in the middle"),
    ("dbt tests", "at the start"),
    ("gate 2", "at the start"),
    ("publish database", "at the start"),
    ("publish parquet", "at the start"),
    ("publish search", "at the start"),
    ("publish changes", "at the start"),
    ("publish report", "at the start"),
]


def define_build() -> dg.JobDefinition:
    """The job, found by name where a run is executed again."""
    return defs.resolve_job_def("build")


class Breaker:
    """Breaks a run at each place that no run has been broken at before."""

    def __init__(self) -> None:
        self.broken: list[tuple[str, str]] = []

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if done and done < (total or 0) // 2:
            return
        place = stage, "in the middle" if done else "at the start"
        if place not in self.broken:
            self.broken.append(place)
            raise RuntimeError(f"broken: {place}")


@pytest.mark.deep
def test_a_run_that_broke_at_every_stage_ends_in_the_same_bytes(built, tmp_path, monkeypatch):
    warehouse, breaker = Warehouse(tmp_path / "warehouse"), Breaker()
    for name in ("PAPERHOUSE_WAREHOUSE", "DAGSTER_HOME", "DO_NOT_TRACK"):
        monkeypatch.setenv(name, "")
    warehouse.prepare()
    warehouse.set_environment()
    make_run_files(warehouse)
    config = {
        "ops": {"raw_tables": {"config": {"paths": [str(built.dumps)]}}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    job, again = dg.reconstructable(define_build), None
    with dg.DagsterInstance.get() as instance, progress.listen(breaker):
        for _ in range(len(BREAKS) + 1):
            result = dg.execute_job(job, instance, run_config=config, reexecution_options=again, raise_on_error=False)
            if result.success:
                break
            assert not warehouse.published_database.exists(), breaker.broken
            again = dg.ReexecutionOptions.from_failure(result.run_id, instance)
        assert result.success
        assert len(instance.get_runs()) == len(BREAKS) + 1
    assert breaker.broken == BREAKS
    assert parquet_digests(warehouse) == parquet_digests(built.warehouse)
