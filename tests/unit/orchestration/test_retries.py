"""What a step is tried again after, and what ends it at once."""

import errno
import sqlite3

import dagster as dg
import pytest
from sqlalchemy.exc import OperationalError

from paperhouse.orchestration import retries
from paperhouse.orchestration.retries import passes_by_itself, retried
from paperhouse.warehouse.errors import WarehouseBusyError, WarehouseInUseError, WarehouseNotWritableError


def _caused_by(error):
    outer = RuntimeError("a step failed")
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize(
    ("error", "is_tried_again"),
    [
        (WarehouseInUseError("somebody has it open"), True),
        (OSError(errno.EBUSY, "Device or resource busy"), True),
        (_caused_by(OSError(errno.ESTALE, "Stale file handle")), True),
        (sqlite3.OperationalError("database is locked"), True),
        (OperationalError("insert", {}, sqlite3.OperationalError("database is locked")), True),
        (sqlite3.OperationalError("no such table: runs"), False),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (OSError(errno.EACCES, "Permission denied"), False),
        (WarehouseNotWritableError("the disk is full"), False),
        (WarehouseBusyError("another build"), False),
        (dg.Failure(description="a rule is broken"), False),
        (ValueError("odd data"), False),
    ],
)
def test_what_passes_by_itself(error, is_tried_again):
    assert passes_by_itself(error) is is_tried_again


def _run(monkeypatch, *errors):
    """How a job of one step ends whose attempts raise these errors in turn: success, attempts, pauses asked for."""
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0.001)
    left, attempts = list(errors), []

    @dg.multi_asset(specs=[dg.AssetSpec("table")])
    @retried
    def step(context):
        attempts.append(context.retry_number)
        if left:
            raise left.pop(0)
        yield dg.MaterializeResult(asset_key="table")

    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([step], instance=instance, raise_on_error=False)
    waits = [event.event_specific_data.seconds_to_wait for event in done.all_events if event.is_step_up_for_retry]
    return done.success, attempts, waits


def test_a_lock_is_waited_for_longer_each_time(monkeypatch):
    busy = WarehouseInUseError("somebody has it open")
    assert _run(monkeypatch, busy, busy) == (True, [0, 1, 2], [0.001, 0.002])


def test_a_lock_that_stays_ends_the_step_in_the_end(monkeypatch):
    success, attempts, _ = _run(monkeypatch, *[WarehouseInUseError("somebody has it open")] * 9)
    assert (success, attempts) == (False, [0, 1, 2, 3])


def test_odd_data_end_the_step_at_once(monkeypatch):
    assert _run(monkeypatch, dg.Failure(description="a rule is broken")) == (False, [0], [])
