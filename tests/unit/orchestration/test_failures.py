"""A run that fails is told of, with the reason that its step gives."""

from __future__ import annotations

import json

import dagster as dg
import pytest

from paperhouse.orchestration.failures import tell_failure
from paperhouse.orchestration.graph import defs
from paperhouse.orchestration.jobs import digest
from tests.serving import serving


@dg.op
def says_why():
    raise dg.Failure(description="gate_1: 3 titles are empty.")


@dg.op
def has_a_cause():
    try:
        raise OSError("No space left")
    except OSError as error:
        raise RuntimeError("the step did not end") from error


@pytest.mark.parametrize(
    ("op", "reason"), [(says_why, "gate_1: 3 titles are empty."), (has_a_cause, "OSError: No space left")]
)
def test_the_reason_is_told_and_the_run_fails_as_before(monkeypatch, tmp_path, op, reason):
    @dg.job(hooks={tell_failure})
    def job():
        op()

    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(tmp_path))
    with serving() as server:
        server.answer("/hook", 200)
        monkeypatch.setenv("PAPERHOUSE_ALERT_URL", f"{server.base}/hook")
        result = job.execute_in_process(raise_on_error=False)
    assert not result.success
    [told] = map(json.loads, server.posted)
    assert (told["stage"], told["reason"]) == (op.name, reason)
    assert (told["run_id"], told["warehouse"]) == (result.run_id, str(tmp_path))


def test_builds_and_digests_tell():
    for job in (defs.get_job_def("build"), digest):
        assert tell_failure in job.hook_defs
